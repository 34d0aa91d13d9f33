import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { skewOf } from '../../../servers/state/clock-skew.ts'
import { openState, type State } from '../../../servers/state/state.ts'
import { needs } from '../../helpers/needs.ts'
import { type Postgres, startPostgres } from '../../helpers/postgres.ts'
import { stateFolder } from '../../helpers/state/databases.ts'
import { DONE, payment, WEDNESDAY } from './fixtures.ts'

// That a replica whose clock is another than the database's begins nothing and lets nothing expire, ends what has begun,
// and goes on by itself once the clock is right.

test.each([
  ['the same', 0, null],
  ['half a minute, and the time the answer took', 30_400, null],
  [
    'more',
    31_001,
    'the clock here is 31 s ahead of that of the database: set both by NTP, this goes on by itself then',
  ],
  [
    'an hour less',
    -3_600_500,
    'the clock here is 3600 s behind that of the database: set both by NTP, this goes on by itself then',
  ],
])('%s', (_, aheadMs, said) => {
  const databaseMs = WEDNESDAY
  expect(skewOf({ fromMs: WEDNESDAY + aheadMs - 400, untilMs: WEDNESDAY + aheadMs + 500 }, databaseMs)).toBe(said)
})

test('a clock that cannot be read is a wrong one', () => {
  expect(skewOf({ fromMs: WEDNESDAY, untilMs: WEDNESDAY }, Number.NaN)).not.toBeNull()
})

describe.skipIf(needs('postgres').missing !== null)('a replica', () => {
  let postgres: Postgres
  let state: State
  let aheadMs = 0
  const health: string[] = []
  const until = async (ready: boolean): Promise<void> => {
    while (state.ready() !== ready) await new Promise((resolve) => setTimeout(resolve, 20))
  }
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(async () => {
    await state?.stop()
    await postgres?.stop()
  })

  test('that is ahead begins nothing and lets nothing expire, and what it has begun is written down', async () => {
    const place = { erp: 'omie', now: () => WEDNESDAY, databaseUrl: await postgres.database(), leaseMs: 400 }
    const clock = (): number => Date.now() + aheadMs
    const onHealth = (ready: boolean, message: string): void => void health.push(ready ? 'ready' : message)
    state = await openState({ ...place, path: stateFolder(), clock, onHealth })
    const opened = await state.open(payment({ reference: 'A' }))
    if (opened.kind !== 'opened') throw new Error('expected a new payment')
    aheadMs = 3_600_000
    await until(false)
    const said = 'the clock here is 3600 s ahead of that of the database'
    expect(health.at(-1)).toContain(said)
    await expect(state.open(payment({ reference: 'B' }))).rejects.toThrow(said)
    await expect(state.approvals.expire()).rejects.toThrow(said)
    await state.close(opened.entry, DONE)
    aheadMs = 0
    await until(true)
    expect(health.at(-1)).toBe('ready')
    expect((await state.open(payment({ reference: 'B' }))).kind).toBe('opened')
    aheadMs = -60_000
    await expect(openState({ ...place, path: stateFolder(), clock, replica: 'b' })).rejects.toThrow(
      'the database cannot be used: the clock here is 60 s behind',
    )
    aheadMs = 0
  })
})
