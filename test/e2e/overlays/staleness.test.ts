import { renameSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { health, until } from '../../helpers/alcada/revoke.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'

const SMALL = { payable_id: '2701001', account_id: '2243121', amount: 89.9, date: '2026-11-25', reference: 'PG-1' }

let line: Line
afterEach(() => line.stop())

async function start(deny: 'writes' | 'all'): Promise<{ away: () => void; back: () => void }> {
  const staleness = `security:\n  staleness: { budget: "8s", deny: ${deny} }\n`
  line = await openLine({ erp: 'omie', edits: [['policies/omie/security.yaml', 'security:\n', staleness]] })
  const channel = line.alcada.env['ALCADA_CHANNEL'] ?? ''
  return { away: () => renameSync(channel, `${channel}-away`), back: () => renameSync(`${channel}-away`, channel) }
}

const standsAt = (state: string, code: string | null): Promise<void> =>
  until(async () => {
    const { body } = await health(line.alcada)
    const error = JSON.stringify(body['last_error'] ?? null)
    return body['status'] === state && (code === null ? error === 'null' : error.includes(code))
  })
const metric = async (name: string): Promise<string> => {
  const text = await (await fetch(new URL('/metrics', line.alcada.ops))).text()
  return new RegExp(`^${name}{[^}]*} (.*)$`, 'm').exec(text)?.[1] ?? ''
}
const code = async (tool: string, args: object = {}, sub = 'agent-1'): Promise<string> => {
  const { result, refusal } = await line.call('operator', tool, args, { sub })
  return result !== null ? 'done' : (refusal?.error.code ?? '')
}

test('while nobody knows whether a newer policy exists for longer than the budget, nothing is written', async () => {
  const { away, back } = await start('writes')
  away()
  await standsAt('degraded', 'POLICY_STALE')
  expect(await code('create_payment', SMALL)).toBe('policy_stale')
  expect(await code('get_vendors_list')).toBe('done')
  expect(
    (await line.connect('operator').then((client) => client.listTools())).tools.map(({ name }) => name),
  ).not.toContain('create_payment')
  expect(await metric('alcada_policy_stale')).toBe('1')
  expect(line.received('LancarPagamento')).toBe(0)
  // A restart buys no time.
  await line.alcada.restart()
  await standsAt('degraded', 'POLICY_STALE')
  back()
  await standsAt('enforcing', null)
  expect(await metric('alcada_policy_stale')).toBe('0')
  expect(await code('create_payment', SMALL, 'agent-2')).toBe('done')
})

test('where the policy says so, everything is denied, and the server is not ready', async () => {
  const { away, back } = await start('all')
  away()
  await standsAt('denying', 'POLICY_STALE')
  expect((await health(line.alcada)).status).toBe(503)
  expect(await code('get_vendors_list')).toBe('policy_stale')
  back()
  await standsAt('enforcing', null)
  expect(await code('get_vendors_list')).toBe('done')
})
