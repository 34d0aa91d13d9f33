import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Alcada, startAlcada } from '../../helpers/alcada/start.ts'
import { type Answer, modern, post } from '../../helpers/mcp/post.ts'

interface LogLine {
  level: number
  time: string
  erp: string
  msg: string
  entry?: string
  status?: number
  path?: string
  code?: string
  outcome?: string
  count?: number
}

const folder = mkdtempSync(join(tmpdir(), 'alcada-logs-'))
const at = (name: string): string => join(folder, 'omie', name)
const DAY_S = 86_400
let alcada: Alcada
beforeAll(async () => {
  alcada = await startAlcada({ erp: 'omie', env: { ALCADA_LOG_DIR: folder, LOG_LEVEL: 'ERROR' } })
})
afterAll(() => alcada.stop())

function lines(name: 'app' | 'security' | 'access'): LogLine[] {
  const text = readFileSync(at(`${name}.log`), 'utf8')
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

async function call(role: string, tool: string, args: object, more: Record<string, string> = {}): Promise<Answer> {
  const { body = '', headers = {} } = modern('tools/call', { name: tool, arguments: args })
  const authorization = `Bearer ${alcada.token(role)}`
  return post(alcada.mcp, { body, headers: { authorization, ...headers, ...more } })
}

const entryIn = ({ text }: Answer): string => /omie-\d{9}/.exec(text)?.[0] ?? `no entry in ${text}`

async function until(met: () => boolean): Promise<void> {
  while (!met()) await new Promise((resolve) => setTimeout(resolve, 50))
}

test('the entry of every reply is found in access.log, whatever LOG_LEVEL says', async () => {
  const done = await call('viewer', 'get_vendors_list', {})
  const invalid = await call('viewer', 'get_vendor_by_id', {})
  await call('viewer', 'create_payment', {})
  await call('viewer', 'get_nothing_at_all', {})
  const calls = lines('access').filter(({ msg }) => msg === 'call')
  expect(calls).toMatchObject([
    { erp: 'omie', outcome: 'done', entry: entryIn(done) },
    { erp: 'omie', outcome: 'refused', entry: entryIn(invalid) },
    { erp: 'omie', outcome: 'refused', code: 'unknown_tool' },
    { erp: 'omie', outcome: 'refused', code: 'unknown_tool' },
  ])
  // Those two replies say no more than that there is no such tool; their entries are known here alone.
  const recorded = alcada.ledger().flatMap(({ event }) => (event.kind === 'recorded' ? [event] : []))
  const unknown = recorded.filter(({ code }) => code === 'unknown_tool').map(({ entry }) => entry)
  expect(calls.slice(2).map(({ entry }) => entry)).toEqual(unknown)
})

test('a request without a good token is one line in access.log, and in security.log with the reason', async () => {
  const answer = await call('viewer', 'get_vendors_list', {}, { authorization: 'Bearer x.y.z' })
  expect(answer.status).toBe(401)
  await until(() =>
    lines('access').some(({ msg, status, path }) => msg === 'request' && status === 401 && path === '/mcp'),
  )
  expect(lines('security').filter(({ msg }) => msg === 'authentication.failed')).toHaveLength(1)
  expect(readFileSync(at('access.log'), 'utf8')).not.toContain('x.y.z')
})

test('LOG_LEVEL rules what the program says of itself', () => {
  expect(readdirSync(join(folder, 'omie')).sort()).toEqual(['access.log', 'security.log'])
})

test('each file is for its owner alone, and nothing is said twice', () => {
  for (const name of readdirSync(join(folder, 'omie'))) expect(statSync(at(name)).mode & 0o777).toBe(0o600)
  expect(alcada.log()).toBe('')
})

test('files are kept for `retention_days` of the policy in force', async () => {
  const day = (ago: number): string => new Date(Date.now() - ago * DAY_S * 1_000).toISOString().slice(0, 10)
  for (const ago of [100, 80, 20]) writeFileSync(at(`access-${day(ago)}.1.log`), '{}\n')
  const aside = (): string[] => readdirSync(join(folder, 'omie')).filter((name) => /-\d{4}-/.test(name))
  await alcada.publish()
  await until(() => aside().length === 2)
  const file = 'policies/omie/security.yaml'
  alcada.project.write(file, alcada.project.read(file).replace(/^( +retention_days:) 90/m, '$1 30'))
  await alcada.publish()
  await until(() => aside().length === 1)
  expect(aside()).toEqual([`access-${day(20)}.1.log`])
}, 180_000)

test('failed attempts are told by the entry that counts them', async () => {
  await alcada.restart()
  const recorded = lines('security').filter(({ msg }) => msg === 'authentication.recorded')
  const entries = alcada.ledger().flatMap(({ event }) => (event.kind === 'recorded' ? [event] : []))
  const failed = entries.filter(({ what }) => what === 'authentication_failed').map(({ entry }) => entry)
  expect(recorded.map(({ entry }) => entry)).toEqual(failed)
  expect(failed).toHaveLength(1)
}, 180_000)

test('a disk without room for logs stops nobody: health tells, lines go to stderr, the ledger is whole', async () => {
  await alcada.restart()
  rmSync(at('access.log'))
  symlinkSync('/dev/full', at('access.log'))
  await alcada.restart()
  const answer = await call('viewer', 'get_vendors_list', {})
  expect(answer.status).toBe(200)
  const entry = entryIn(answer)
  await until(() => alcada.log().includes(entry))
  const health: unknown = await (await fetch(`${alcada.ops}/health`)).json()
  expect(health).toMatchObject({
    ...{ status: 'enforcing', logs: { to: 'files', status: 'failing', error: expect.stringContaining('ENOSPC') } },
  })
  expect(
    alcada
      .ledger()
      .filter(({ event }) => event.entry === entry)
      .map(({ event }) => event.kind),
  ).toEqual(['opened', 'closed'])
  rmSync(at('access.log'))
  let size = 0
  while (size === 0) {
    await call('viewer', 'get_vendors_list', {})
    size = statSync(at('access.log'), { throwIfNoEntry: false })?.size ?? 0
  }
  const well: unknown = await (await fetch(`${alcada.ops}/health`)).json()
  expect(well).toMatchObject({ logs: { to: 'files', status: 'written', error: null } })
}, 180_000)
