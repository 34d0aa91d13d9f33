import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openState, type State } from '../../../servers/state/state.ts'
import { needs } from '../../helpers/needs.ts'
import { type Postgres, startPostgres } from '../../helpers/postgres.ts'
import { stateFolder } from '../../helpers/state/databases.ts'
import { WEDNESDAY } from './fixtures.ts'

const KEY = { source: '203.0.113.9', subject: 'agent-1' }
const HOUR_MS = 3_600_000

const opened: State[] = []
afterEach(async () => {
  for (const state of opened.splice(0)) await state.stop()
})

async function start(options: {
  path?: string
  databaseUrl?: string
  replica?: string
  maskKeyFile?: string
}): Promise<State> {
  const { path = stateFolder(), ...rest } = options
  const state = await openState({ path, erp: 'omie', now: () => WEDNESDAY, ...rest })
  opened.push(state)
  return state
}

const fail = (state: State, key = KEY, forgetMs = HOUR_MS): Promise<number> => state.countFailure({ ...key, forgetMs })

test('failures in a row are counted by source and subject, over a restart, until one succeeds', async () => {
  const path = stateFolder()
  const before = await start({ path })
  expect([await fail(before), await fail(before)]).toEqual([1, 2])
  await before.stop()
  const after = await start({ path })
  expect(await fail(after)).toBe(3)
  expect((await after.failures(KEY)).failures).toBe(3)
  expect((await after.failures({ ...KEY, source: '203.0.113.10' })).failures).toBe(0)
  expect((await after.failures({ ...KEY, subject: 'agent-2' })).failures).toBe(0)
  await after.clearFailures(KEY)
  expect((await after.failures(KEY)).failures).toBe(0)
})

test('after a time without failures the count begins anew', async () => {
  const state = await start({})
  await fail(state)
  await fail(state)
  expect((await state.failures(KEY)).ago_ms).toBeGreaterThanOrEqual(0)
  await sleep(30)
  expect(await fail(state, KEY, 10)).toBe(1)
})

test('a source that tries many names pushes out its own, never those of another', async () => {
  const state = await start({})
  await fail(state, { source: '198.51.100.4', subject: 'agent-1' })
  await fail(state, { source: '203.0.113.9', subject: 'first' })
  await Promise.all(
    Array.from({ length: 200 }, (_, index) => fail(state, { source: '203.0.113.9', subject: `name-${index}` })),
  )
  expect((await state.failures({ source: '198.51.100.4', subject: 'agent-1' })).failures).toBe(1)
  const kept = await Promise.all(
    Array.from({ length: 200 }, (_, index) => state.failures({ source: '203.0.113.9', subject: `name-${index}` })),
  )
  expect(kept.filter(({ failures }) => failures > 0).length).toBeLessThanOrEqual(64)
})

describe.skipIf(needs('postgres').missing !== null)('replicas on one PostgreSQL', () => {
  let postgres: Postgres
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres.stop())

  test('count the failures of one attacker together', async () => {
    const databaseUrl = await postgres.database()
    const path = stateFolder()
    const one = await start({ path, databaseUrl, replica: 'a' })
    const two = await start({ databaseUrl, replica: 'b', maskKeyFile: join(path, 'mask.key') })
    expect([await fail(one), await fail(two), await fail(one)]).toEqual([1, 2, 3])
    expect((await two.failures(KEY)).failures).toBe(3)
    await two.clearFailures(KEY)
    expect((await one.failures(KEY)).failures).toBe(0)
  })
})
