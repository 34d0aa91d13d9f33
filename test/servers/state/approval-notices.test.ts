import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openState, type State } from '../../../servers/state/state.ts'
import { needs } from '../../helpers/needs.ts'
import { type Postgres, startPostgres } from '../../helpers/postgres.ts'
import { stateFolder } from '../../helpers/state/databases.ts'
import { WEDNESDAY } from './fixtures.ts'

const LEASE_MS = 60_000
const notice = (
  id: string,
): { id: string; approval: string; kind: 'ended'; channel: { type: 'slack'; webhook: string } } => ({
  id,
  approval: 'r-1',
  kind: 'ended',
  channel: { type: 'slack', webhook: 'secret:SLACK' },
})

let nowMs = WEDNESDAY
const opened: State[] = []
afterEach(async () => {
  nowMs = WEDNESDAY
  for (const state of opened.splice(0)) await state.stop()
})

async function start(
  options: { path?: string; databaseUrl?: string; replica?: string; maskKeyFile?: string } = {},
): Promise<State> {
  const state = await openState({ path: stateFolder(), erp: 'omie', now: () => nowMs, ...options })
  opened.push(state)
  return state
}

test('a notice that was taken is nobody else’s until the lease is over, and then it is', async () => {
  const { approvals } = await start()
  await approvals.plan([notice('n-1')])
  expect(await approvals.claim(LEASE_MS)).toMatchObject({ id: 'n-1', kind: 'ended', attempts: 0 })
  nowMs += LEASE_MS - 1
  expect(await approvals.claim(LEASE_MS)).toBe(null)
  nowMs += 1
  expect(await approvals.claim(LEASE_MS)).toMatchObject({ id: 'n-1' })
})

test('what a process had taken when it died is due at once where it had the state to itself, and told once', async () => {
  const path = stateFolder()
  const first = await start({ path })
  await first.approvals.plan([notice('n-1'), notice('n-2')])
  await first.approvals.claim(LEASE_MS)
  await first.approvals.told('n-1', { at: nowMs })
  await first.approvals.claim(LEASE_MS)
  await first.stop()
  const { approvals } = await start({ path })
  expect(await approvals.claim(LEASE_MS)).toMatchObject({ id: 'n-2', attempts: 0 })
  expect(await approvals.claim(LEASE_MS)).toBe(null)
})

test('what was told is not told again, whoever plans it anew', async () => {
  const { approvals } = await start()
  await approvals.plan([notice('n-1')])
  await approvals.claim(LEASE_MS)
  await approvals.told('n-1', { at: nowMs })
  await approvals.plan([notice('n-1')])
  nowMs += 86_400_000
  expect(await approvals.claim(LEASE_MS)).toBe(null)
})

test('what may be used once is known to have been used', async () => {
  const { approvals } = await start()
  expect(await approvals.used('signed out s-1')).toBe(false)
  expect([
    await approvals.once('signed out s-1', nowMs + 1),
    await approvals.once('signed out s-1', nowMs + 1),
  ]).toEqual([true, false])
  expect(await approvals.used('signed out s-1')).toBe(true)
})

describe.skipIf(needs('postgres').missing !== null)('two replicas on one PostgreSQL', () => {
  let postgres: Postgres
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres.stop())

  test('take each notice once, though both look at the same time; who signed out at one is out at the other', async () => {
    const databaseUrl = await postgres.database()
    const path = stateFolder()
    const a = await start({ path, databaseUrl, replica: 'a' })
    const b = await start({ databaseUrl, replica: 'b', maskKeyFile: join(path, 'mask.key') })
    const ids = Array.from({ length: 10 }, (_, index) => `n-${index}`)
    await a.approvals.plan(ids.map(notice))
    const claims = await Promise.all(
      Array.from({ length: 24 }, (_, index) => (index % 2 === 0 ? a : b).approvals.claim(LEASE_MS)),
    )
    expect(claims.flatMap((one) => (one === null ? [] : [one.id])).sort()).toEqual(ids)
    await a.approvals.once('signed out s-1', nowMs + 1)
    expect(await b.approvals.used('signed out s-1')).toBe(true)
  })
})
