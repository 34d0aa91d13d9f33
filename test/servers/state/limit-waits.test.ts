import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LimitEnding, LimitTaking } from '../../../engine/contract/erp-limit.ts'
import { endLimit } from '../../../servers/state/limit-end.ts'
import { LIMIT_TABLES } from '../../../servers/state/limit-schema.ts'
import { takeLimit } from '../../../servers/state/limit-take.ts'
import type { Here, Query, SqlRow, Steps } from '../../../servers/state/sql.ts'
import { SQLITE_NOW_MS, walk } from '../../../servers/state/sqlite-driver.ts'
import { openState } from '../../../servers/state/state.ts'
import { databases } from '../../helpers/state/databases.ts'
import { payment, WEDNESDAY } from './fixtures.ts'

// Every call to an ERP waits for its turn: how often that waits for a database elsewhere is counted here, as nothing
// else says it alike on every machine. The transaction's own beginning goes out with the first question.

let database: DatabaseSync
beforeEach(() => {
  database = new DatabaseSync(':memory:')
  database.exec(LIMIT_TABLES)
})
afterEach(() => database.close())

const HERE: Here = { erp: 'omie', replica: '', instance: 'i', leaseMs: 1_000, nowMs: SQLITE_NOW_MS, head: null }
const USES = [
  { scope: 'ip', max: 960, per_ms: 60_000, concurrency: null },
  { scope: 'method', max: 240, per_ms: 60_000, concurrency: 4 },
  { scope: 'writes', max: null, per_ms: 0, concurrency: 1 },
]
const TAKING: LimitTaking = { id: 'a', uses: USES, circuits: ['method', 'company'], read: true, hold_ms: 60_000 }
const ENDING: LimitEnding = {
  ...{ id: 'a', company: '1', operation: 'C', read: true, uses: USES, answer: 'done', asked: null },
  circuits: [{ scope: 'method', errors: 6, per_ms: 1_800_000 }],
}

/** What it comes to, and how many answers of the database it waited for. */
function counted<Answer>(steps: Steps<Answer>): { answer: Answer; waits: number } {
  let waits = 0
  const answer = walk(steps, ({ text, values, blind = false }: Query): SqlRow[] => {
    if (!blind) waits += 1
    const rows = database.prepare(text).all(...values)
    return blind ? [] : rows
  })
  return { answer, waits }
}

test('a turn waits twice for the database, and its end once', () => {
  expect(counted(takeLimit(HERE, TAKING))).toEqual({ answer: { kind: 'taken' }, waits: 2 })
  expect(counted(endLimit(HERE, ENDING))).toEqual({ answer: null, waits: 1 })
  const left = database.prepare('SELECT scope, running FROM limit_uses ORDER BY scope').all()
  expect(left.map(({ scope, running }) => [scope, running])).toEqual([
    ['ip', 0],
    ['method', 0],
  ])
})

test('the last place is given once, and is free again when the window has passed since the end', () => {
  const one = { ...TAKING, uses: [{ scope: 'ip', max: 1, per_ms: 60_000, concurrency: null }] }
  expect(counted(takeLimit(HERE, one)).answer).toEqual({ kind: 'taken' })
  expect(counted(takeLimit(HERE, { ...one, id: 'b' })).answer).toMatchObject({ kind: 'wait', slots: true })
  counted(endLimit(HERE, { ...ENDING, uses: one.uses }))
  expect(counted(takeLimit(HERE, { ...one, id: 'b' })).answer).toMatchObject({ kind: 'wait', slots: false })
  database.exec('UPDATE limit_uses SET until_ms = until_ms - 60002')
  expect(counted(takeLimit(HERE, { ...one, id: 'b' })).answer).toEqual({ kind: 'taken' })
})

describe.each(databases.filter(({ missing }) => missing === null))('in $name', ({ start }) => {
  test('what goes wrong unseen undoes its own turn and nothing beside it, and the next one is as if it had not been', async () => {
    const postgresOrFile = await start()
    const state = await openState({ erp: 'omie', now: () => WEDNESDAY, ...(await postgresOrFile.fresh()) })
    const free = { ...TAKING, uses: [{ scope: 'ip', max: 3, per_ms: 60_000, concurrency: null }] }
    expect(await state.limits.take(free)).toEqual({ kind: 'taken' })
    // The same turn again breaks the table's key in a query that nobody waits for; the ledger's entry shares its batch.
    const [again, opened] = await Promise.allSettled([state.limits.take(free), state.open(payment({ reference: 'A' }))])
    expect(again.status).toBe('rejected')
    expect(opened).toMatchObject({ status: 'fulfilled', value: { kind: 'opened' } })
    expect(await state.limits.take({ ...free, id: 'b' })).toEqual({ kind: 'taken' })
    expect(await state.limits.take({ ...free, id: 'c' })).toEqual({ kind: 'taken' })
    expect(await state.limits.take({ ...free, id: 'd' })).toMatchObject({ kind: 'wait' })
    expect(await state.verify()).toMatchObject({ ok: true, rows: 1 })
    await state.stop()
    await postgresOrFile.stop()
  })
})
