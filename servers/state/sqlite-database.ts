import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { FIRST_COLUMNS, takeOverFirstLedger } from './first-ledger.ts'
import { SQLITE_COLUMNS, SQLITE_LEDGER } from './ledger-schema.ts'
import { SQLITE_SCHEMA } from './schema.ts'
import {
  type FoundFormat,
  formatIn,
  formatStatements,
  isOurs,
  lacksHistory,
  NO_FORMAT,
  refuseNewer,
} from './state-format.ts'

const FILE = 'ledger.sqlite'
/** How long a reader waits where a server opens or closes the database at this moment, in milliseconds. */
const READ_BUSY_MS = 2_000

/**
 * Opens the database of a state folder for writing, and makes it where it is not there: readable by its owner only. One of
 * an older server gets what it lacks; one that only newer servers may write is refused.
 */
export function openDatabase(path: string, busyTimeoutMs: number): DatabaseSync {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const file = join(path, FILE)
  // SQLite gives its -wal and -shm files the mode of the database.
  closeSync(openSync(file, 'a', 0o600))
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs })
  try {
    refuseNewer(formatOf(database), `\`${file}\``)
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;')
    database.exec('BEGIN IMMEDIATE')
    const found = formatOf(database)
    refuseNewer(found, `\`${file}\``)
    if (isOurs(found)) layTables(database, file)
    database.exec('COMMIT')
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

function layTables(database: DatabaseSync, file: string): void {
  const tables = namesOf(database, "SELECT name FROM sqlite_schema WHERE type = 'table'")
  prepareLedger(database, file)
  database.exec(SQLITE_SCHEMA)
  const written = database.prepare('SELECT 1 AS one FROM ledger LIMIT 1').get() !== undefined
  database.exec(formatStatements(lacksHistory(tables, written)))
}

// Columns that a later version reads out of the event are added to the table of an earlier one.
function prepareLedger(database: DatabaseSync, file: string): void {
  database.exec(SQLITE_LEDGER)
  const there = namesOf(database, "SELECT name FROM pragma_table_xinfo('ledger')")
  if (!there.has('replica')) {
    if (!FIRST_COLUMNS.every((name) => there.has(name))) {
      throw new Error(`\`${file}\` is no ledger of ours: keep it elsewhere and start with a new one`)
    }
    takeOverFirstLedger(database)
    return
  }
  for (const [name, column] of Object.entries(SQLITE_COLUMNS)) {
    if (!there.has(name)) database.exec(`ALTER TABLE ledger ADD COLUMN ${column}`)
  }
  // Of a version that gave no row to an archive.
  const guard = database.prepare("SELECT sql FROM sqlite_schema WHERE name = 'ledger_no_delete'").get()?.['sql']
  if (typeof guard === 'string' && !guard.includes('segments')) database.exec('DROP TRIGGER ledger_no_delete')
}

function namesOf(database: DatabaseSync, query: string): Set<string> {
  return new Set(
    database
      .prepare(query)
      .all()
      .map(({ name }) => String(name)),
  )
}

function formatOf(database: DatabaseSync): FoundFormat {
  if (database.prepare("SELECT 1 AS one FROM sqlite_schema WHERE name = 'settings'").get() === undefined)
    return NO_FORMAT
  const rows = database.prepare('SELECT name, value FROM settings').all()
  return formatIn(rows.map(({ name, value }) => ({ name: String(name), value: String(value) })))
}

/** Copies the database of a state folder as it is at one instant, while its server writes. Throws when there is none. */
export function copyDatabase(path: string, to: string): void {
  const database = openDatabaseToRead(path)
  try {
    database.prepare('VACUUM INTO ?').run(join(to, FILE))
  } finally {
    database.close()
  }
}

/** Opens the database of a state folder for reading only. Throws when there is none, or it takes a newer server to read. */
export function openDatabaseToRead(path: string): DatabaseSync {
  const file = join(path, FILE)
  const database = new DatabaseSync(file, { readOnly: true, timeout: READ_BUSY_MS })
  try {
    refuseNewer(formatOf(database), `\`${file}\``)
    return database
  } catch (error) {
    database.close()
    throw error
  }
}

/** Opens the database of a state folder for writing beside its server. Throws when there is none. */
export function openExistingDatabase(path: string, busyTimeoutMs: number): DatabaseSync {
  openDatabaseToRead(path).close()
  return openDatabase(path, busyTimeoutMs)
}
