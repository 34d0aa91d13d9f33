import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test } from 'vitest'
import { openAudit } from '../../../servers/state/audit.ts'
import { needs } from '../../helpers/needs.ts'
import { query, startPostgres } from '../../helpers/postgres.ts'
import { type Place, stateFolder } from '../../helpers/state/databases.ts'
import { type Aged, aged, pay, RULES } from './aged.ts'
import { DONE, payment, WEDNESDAY } from './fixtures.ts'

const started: Aged[] = []
afterEach(async () => {
  for (const { state } of started.splice(0)) await state.stop()
})

async function start(place: Place): Promise<Aged> {
  const one = await aged(place)
  started.push(one)
  return one
}

/** A ledger with a payment and another whose outcome is not known. */
async function written(place: Place): Promise<void> {
  const { state } = await aged(place)
  await pay(state, 'A')
  await state.open(payment({ reference: 'B' }))
  await state.close('omie-000000003', { ...DONE, outcome: { kind: 'unknown', code: 'timeout' } })
  await state.stop()
}

/** What needs every column and table of this version. */
async function worksAsNow(place: Place): Promise<void> {
  const world = await start(place)
  expect(await world.state.verify()).toMatchObject({ ok: true, rows: 4 })
  expect(await world.state.open(payment({ reference: 'A' }))).toMatchObject({ repeat: { state: 'done' } })
  const audit = openAudit({ ...place, erp: 'omie' }, 'write')
  const word = { at_ms: WEDNESDAY, verdict: 'done' as const, reason: 'seen', by: 'u42' }
  expect(await audit.resolve({ ...word, resolves: 'omie-000000003' })).toEqual({ entry: 'omie-000000005' })
  await audit.close()
  expect(await world.state.open(payment({ reference: 'B' }))).toMatchObject({ repeat: { state: 'done' } })
  world.day = 100
  expect(await world.state.archive(RULES)).toMatchObject({ segments: 1 })
}

test('a ledger of before the first release is refused with words, and left as it is', async () => {
  const path = stateFolder()
  mkdirSync(path, { recursive: true })
  const file = join(path, 'ledger.sqlite')
  const old = new DatabaseSync(file)
  old.exec('CREATE TABLE ledger (seq INTEGER PRIMARY KEY, event TEXT NOT NULL) STRICT')
  old.exec("INSERT INTO ledger VALUES (1, '{}')")
  await expect(start({ path, databaseUrl: null })).rejects.toThrow(
    `\`${file}\` is of a version before the first release: keep it elsewhere and start with a new one`,
  )
  expect(old.prepare('SELECT * FROM ledger').all()).toEqual([{ seq: 1, event: '{}' }])
  old.close()
})

test('a SQLite ledger of an earlier version gets the columns, tables and guards it lacks, and keeps its entries', async () => {
  const place = { path: stateFolder(), databaseUrl: null }
  await written(place)
  const database = new DatabaseSync(join(place.path, 'ledger.sqlite'))
  for (const sql of [
    'DROP INDEX ledger_resolved',
    'ALTER TABLE ledger DROP COLUMN verdict',
    'ALTER TABLE ledger DROP COLUMN resolves',
    'ALTER TABLE ledger DROP COLUMN effect',
    'DROP TRIGGER ledger_no_delete',
    "CREATE TRIGGER ledger_no_delete BEFORE DELETE ON ledger BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END",
    'DROP TABLE segments',
    'DROP TABLE repeats',
  ]) {
    database.exec(sql)
  }
  database.close()
  await worksAsNow(place)
})

describe.skipIf(needs('postgres').missing !== null)('in PostgreSQL', () => {
  test('a ledger of an earlier version gets the same, and what its entries say stands in the new columns', async () => {
    const postgres = await startPostgres()
    try {
      const place = { path: stateFolder(), databaseUrl: await postgres.database() }
      await written(place)
      for (const sql of [
        'ALTER TABLE erp_omie.ledger DROP COLUMN verdict, DROP COLUMN resolves, DROP COLUMN effect, DROP COLUMN outcome',
        'DROP TABLE erp_omie.segments, erp_omie.repeats',
        "UPDATE erp_omie.settings SET value = 'earlier' WHERE name = 'schema'",
      ]) {
        await query(place.databaseUrl, sql)
      }
      await worksAsNow(place)
      for (const { state } of started.splice(0)) await state.stop()
      const tried = query(place.databaseUrl, 'UPDATE erp_omie.ledger SET at_ms = 0')
      await expect(tried).rejects.toThrow('the ledger is append-only')
    } finally {
      for (const { state } of started.splice(0)) await state.stop()
      await postgres.stop()
    }
  })
})
