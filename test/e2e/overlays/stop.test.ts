import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { asOperator, health, publishStop, until } from '../../helpers/alcada/revoke.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'

const SMALL = { payable_id: '2701001', account_id: '2243121', amount: 89.9, date: '2026-11-25', reference: 'PG-1' }

let line: Line
afterEach(() => line.stop())

const code = async (role: string, tool: string, args: object = {}, sub = 'agent-1'): Promise<string> => {
  const { result, refusal, code: protocol } = await line.call(role, tool, args, { sub })
  return result !== null ? 'done' : (refusal?.error.code ?? String(protocol))
}
const inForce = (count: number): Promise<void> =>
  until(async () => JSON.stringify((await health(line.alcada)).body['overlays']).includes(`"active":${count},`))

test('alcada revoke stops an agent at once, says why and until when, and prepares what would make it permanent', async () => {
  line = await openLine({ erp: 'omie' })
  expect(await code('operator', 'get_vendors_list')).toBe('done')
  const { out, code: ended } = await asOperator(line.alcada, [
    ...['revoke', 'omie', '--caller', 'agent-1', '--until', '2h', '--reason', 'chave vazada', '--format', 'json'],
  ])
  expect(ended).toBe(0)
  await inForce(1)

  const { refusal } = await line.call('operator', 'create_payment', SMALL)
  const [told] = JSON.parse(out).overlays
  expect(refusal?.error).toEqual({ code: 'revoked', message: `stopped until ${told.until}: chave vazada` })
  expect(refusal?.alcada.retry).toBe('never')
  expect(line.received('LancarPagamento')).toBe(0)
  expect(await code('operator', 'get_vendors_list', {}, 'agent-2')).toBe('done')
  const taken = line.alcada.ledger().find(({ event }) => event.kind === 'recorded' && event.what === 'overlay_taken')
  expect(taken?.event).toMatchObject({ overlay: { id: String(told.sequence), reason: 'chave vazada' } })
})

test('a tool that is stopped is neither listed nor callable, and comes back when the stop is over', async () => {
  line = await openLine({ erp: 'omie' })
  await publishStop(line.alcada, { tools: ['get_vendors*'] }, { lastsMs: 6_000 })
  await inForce(1)
  const names = (await line.tools('viewer')).map(({ name }) => name)
  expect(names).not.toContain('get_vendors_list')
  expect(names).toContain('get_customers_list')
  expect(await code('viewer', 'get_vendors_list')).toBe('revoked')
  await inForce(0)
  expect(await code('viewer', 'get_vendors_list')).toBe('done')
})

test('what was taken once holds without the channel and over a restart', async () => {
  line = await openLine({ erp: 'omie' })
  await publishStop(line.alcada, { all: true })
  await inForce(1)
  rmSync(join(line.alcada.env['ALCADA_CHANNEL'] ?? '', 'omie', 'overlays.json'))
  await line.alcada.restart({ hard: true })
  expect(await code('admin', 'get_vendors_list')).toBe('revoked')
})

test('an overlay of another key, another ERP or an old sequence is refused and shown, and those in force stay', async () => {
  line = await openLine({ erp: 'omie' })
  const file = join(line.alcada.env['ALCADA_CHANNEL'] ?? '', 'omie', 'overlays.json')
  const nowMs = Date.now()
  await publishStop(line.alcada, { tools: ['get_vendors_list'] }, { nowMs })
  await inForce(1)
  rmSync(file)
  await publishStop(line.alcada, { tools: ['get_customers_list'] }, { nowMs: nowMs - 60_000 })
  const refusedBy = (wanted: string): Promise<void> =>
    until(async () => JSON.stringify((await health(line.alcada)).body['overlays']).includes(wanted))
  await refusedBy('OVERLAY_REPLAYED')
  expect((await health(line.alcada)).body['status']).toBe('degraded')
  writeFileSync(file, '{"overlays":["a.b.c"],"more":1}')
  await refusedBy('OVERLAY_MALFORMED')
  expect(await code('viewer', 'get_vendors_list')).toBe('revoked')
  expect(await code('viewer', 'get_customers_list')).toBe('done')
})
