import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SQLITE_COLUMNS, SQLITE_LEDGER } from './ledger-schema.ts'
import { SQLITE_SCHEMA } from './schema.ts'

const FILE = 'ledger.sqlite'
/** How long a reader waits where a server opens or closes the database at this moment, in milliseconds. */
const READ_BUSY_MS = 2_000

/** Opens the database of a state folder for writing, and makes it where it is not there: readable by its owner only. */
export function openDatabase(path: string, busyTimeoutMs: number): DatabaseSync {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const file = join(path, FILE)
  // SQLite gives its -wal and -shm files the mode of the database.
  closeSync(openSync(file, 'a', 0o600))
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;')
  prepareLedger(database, file)
  database.exec(SQLITE_SCHEMA)
  return database
}

// Columns that a later version reads out of the event are added to the table of an earlier one.
function prepareLedger(database: DatabaseSync, file: string): void {
  database.exec(SQLITE_LEDGER)
  const there = new Set(
    database
      .prepare("SELECT name FROM pragma_table_xinfo('ledger')")
      .all()
      .map(({ name }) => name),
  )
  if (!there.has('replica')) {
    database.close()
    throw new Error(`\`${file}\` is of a version before the first release: keep it elsewhere and start with a new one`)
  }
  for (const [name, column] of Object.entries(SQLITE_COLUMNS)) {
    if (!there.has(name)) database.exec(`ALTER TABLE ledger ADD COLUMN ${column}`)
  }
  // Of a version that gave no row to an archive.
  const guard = database.prepare("SELECT sql FROM sqlite_schema WHERE name = 'ledger_no_delete'").get()?.['sql']
  if (typeof guard === 'string' && !guard.includes('segments')) database.exec('DROP TRIGGER ledger_no_delete')
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

/** Opens the database of a state folder for reading only. Throws when there is none. */
export function openDatabaseToRead(path: string): DatabaseSync {
  return new DatabaseSync(join(path, FILE), { readOnly: true, timeout: READ_BUSY_MS })
}

/** Opens the database of a state folder for writing beside its server. Throws when there is none. */
export function openExistingDatabase(path: string, busyTimeoutMs: number): DatabaseSync {
  openDatabaseToRead(path).close()
  return openDatabase(path, busyTimeoutMs)
}
