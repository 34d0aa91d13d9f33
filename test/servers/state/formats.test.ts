import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openAudit } from '../../../servers/state/audit.ts'
import { needs } from '../../helpers/needs.ts'
import { type Postgres, query, startPostgres } from '../../helpers/postgres.ts'
import type { Place } from '../../helpers/state/databases.ts'
import { laidOut, loaded, olderStates } from '../../helpers/state/older.ts'
import { type Aged, aged, RULES } from './aged.ts'
import { asked, DONE, payment, WEDNESDAY } from './fixtures.ts'

// That image and state move independently: a server works on every state that this repository's history has written and
// forgets nothing in it; and one that is too old for a state says so and leaves it as it is.

const started: Aged[] = []
afterEach(async () => {
  for (const { state } of started.splice(0)) await state.stop()
})

async function start(place: Place, replica = ''): Promise<Aged> {
  const one = await aged({ ...place, replica })
  started.push(one)
  return one
}

/** What must not be forgotten. */
async function isWhole(place: Place, chain: string): Promise<void> {
  const { state } = await start(place, chain)
  const [b, c] = [3, 5].map((seq) => `omie-${chain === '' ? '' : `${chain}-`}00000000${seq}`)
  expect(await state.verify()).toMatchObject({ ok: true })
  expect(await state.open(payment({ reference: 'A' }))).toMatchObject({ repeat: { state: 'done' } })
  expect(await state.open(payment({ reference: 'B', amount: 50_000 }))).toMatchObject({ repeat: { state: 'unknown' } })
  expect((await state.unknownOutcomes()).map(({ entry }) => entry)).toEqual([b, c])
  // What is not known to have failed counts against limits.
  expect((await state.history(asked({ reference: 'X' }))).history.settled_today).toBe(150_000)
  const audit = openAudit({ ...place, erp: 'omie' }, 'write')
  expect(await audit.checkHistory(WEDNESDAY)).toMatchObject({ differing: 0, first: null })
  for (const resolves of [b, c]) {
    await audit.resolve({ at_ms: WEDNESDAY, verdict: 'not_done', reason: 'seen', by: 'u42', resolves: resolves ?? '' })
  }
  await audit.close()
  expect((await state.history(asked({ reference: 'X' }))).history.settled_today).toBe(90_000)
}

/** That its guards hold, and that its rows still leave it, in archives. */
async function isGuarded(place: Place, chain: string): Promise<void> {
  const world = await start(place, chain)
  const change = 'UPDATE ledger SET at_ms = 0'
  if (place.databaseUrl === null) {
    const database = new DatabaseSync(join(place.path, 'ledger.sqlite'), { timeout: 2_000 })
    expect(() => database.exec(change)).toThrow('the ledger is append-only')
    database.close()
  } else {
    await expect(query(place.databaseUrl, `SET search_path TO erp_omie; ${change}`)).rejects.toThrow(
      'the ledger is append-only',
    )
  }
  const opened = await world.state.open(payment({ reference: 'D' }))
  if (opened.kind !== 'opened') throw new Error('expected a new payment to be new')
  await world.state.close(opened.entry, DONE)
  world.day = 100
  expect(await world.state.archive(RULES)).toMatchObject({ segments: 1 })
  expect(await world.state.verify()).toMatchObject({ ok: true })
  expect(await world.state.open(payment({ reference: 'A' }))).toMatchObject({ repeat: { state: 'done' } })
}

test('there is one of each', () => {
  expect([olderStates('sqlite').length, olderStates('sql').length]).toEqual([15, 14])
})

describe('in SQLite, of every version before', () => {
  test.each(olderStates('sqlite').slice(1))('%s', (name) => isWhole(laidOut(name), ''))

  test('the first gets guards and archives, and keeps what was written', async () => {
    const place = laidOut('01-first')
    await isWhole(place, '')
    for (const { state } of started.splice(0)) await state.stop()
    await isGuarded(place, '')
  })

  test('a file that is no ledger of ours is refused with words, and left as it is', async () => {
    const place = laidOut('15-overlays')
    const file = join(place.path, 'ledger.sqlite')
    const other = new DatabaseSync(file)
    other.exec('DROP TABLE ledger; CREATE TABLE ledger (seq INTEGER PRIMARY KEY, event TEXT NOT NULL) STRICT')
    other.exec("INSERT INTO ledger VALUES (1, '{}')")
    await expect(start(place)).rejects.toThrow(
      `\`${file}\` is no ledger of ours: keep it elsewhere and start with a new one`,
    )
    expect(other.prepare('SELECT * FROM ledger').all()).toEqual([{ seq: 1, event: '{}' }])
    other.close()
  })

  test('of a version to come that only newer servers may write, it is refused and left as it is', async () => {
    const place = laidOut('15-overlays')
    await (await start(place)).state.stop()
    started.pop()
    const file = join(place.path, 'ledger.sqlite')
    const other = new DatabaseSync(file)
    other.exec("UPDATE settings SET value = '9' WHERE name IN ('state_format', 'state_needs')")
    other.exec('CREATE TABLE of_tomorrow (a TEXT) STRICT; DROP INDEX overlay_until')
    const before = other.prepare('SELECT * FROM sqlite_schema').all()
    const said = `\`${file}\` was written by a newer server (format 9, for servers of format 9 on; this one is of 1): start that one again, nothing was changed`
    await expect(start(place)).rejects.toThrow(said)
    expect(() => openAudit({ ...place, erp: 'omie' })).toThrow(said)
    expect(other.prepare('SELECT * FROM sqlite_schema').all()).toEqual(before)
    other.exec("UPDATE settings SET value = '1' WHERE name = 'state_needs'")
    other.close()
    // A newer one that older servers may write beside is worked on, and not set back.
    expect(await (await start(place)).state.verify()).toMatchObject({ ok: true })
    const after = new DatabaseSync(file)
    expect(after.prepare('SELECT * FROM sqlite_schema').all()).toEqual(before)
    expect(after.prepare("SELECT value FROM settings WHERE name = 'state_format'").get()).toEqual({ value: '9' })
    after.close()
  })
})

describe.skipIf(needs('postgres').missing !== null)('in PostgreSQL, of every version before', () => {
  let postgres: Postgres
  beforeAll(async () => {
    postgres = await startPostgres()
  })
  afterAll(() => postgres?.stop())

  test.each(olderStates('sql').slice(1))('%s', async (name) => isWhole(await loaded(name, postgres), 'a'))

  test('the first gets guards and archives, and keeps what was written', async () => {
    const place = await loaded('02-replicas', postgres)
    await isWhole(place, 'a')
    for (const { state } of started.splice(0)) await state.stop()
    await isGuarded(place, 'a')
  })

  test('of a version to come that only newer servers may write, it is refused and left as it is', async () => {
    const place = await loaded('15-overlays', postgres)
    await (await start(place)).state.stop()
    started.pop()
    const tomorrow = (needed: number): Promise<unknown> =>
      query(
        place.databaseUrl ?? '',
        `UPDATE erp_omie.settings SET value = CASE name WHEN 'state_format' THEN '9' WHEN 'schema' THEN 'of tomorrow' ELSE '${needed}' END
         WHERE name IN ('state_format', 'state_needs', 'schema')`,
      )
    const functions = "SELECT prosrc FROM pg_proc WHERE proname = 'ledger_read_out'"
    await tomorrow(9)
    // What newer code would have: a column more that the trigger fills.
    await query(
      place.databaseUrl ?? '',
      `DO $$ BEGIN EXECUTE (SELECT replace(pg_get_functiondef(oid), 'RETURN NEW;', '-- of tomorrow' || chr(10) || 'RETURN NEW;')
         FROM pg_proc WHERE proname = 'ledger_read_out'); END $$`,
    )
    const before = await query(place.databaseUrl ?? '', functions)
    expect(JSON.stringify(before)).toContain('of tomorrow')
    await expect(start(place)).rejects.toThrow(
      'the database cannot be used: the schema `erp_omie` was written by a newer server (format 9, for servers of format 9 on; this one is of 1): start that one again, nothing was changed',
    )
    expect(await query(place.databaseUrl ?? '', functions)).toEqual(before)
    await tomorrow(1)
    const { state } = await start(place, 'b')
    expect((await state.open(payment({ reference: 'E' }))).kind).toBe('opened')
    expect(await query(place.databaseUrl ?? '', functions)).toEqual(before)
  })
})
