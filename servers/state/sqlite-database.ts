import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SQLITE_SCHEMA } from './schema.ts'

const FILE = 'ledger.sqlite'

/** Opens the database of a state folder for writing, and makes it where it is not there: readable by its owner only. */
export function openDatabase(path: string, busyTimeoutMs: number): DatabaseSync {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const file = join(path, FILE)
  // SQLite gives its -wal and -shm files the mode of the database.
  closeSync(openSync(file, 'a', 0o600))
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;')
  database.exec(SQLITE_SCHEMA)
  return database
}

/** Opens the database of a state folder for reading only. Throws when there is none. */
export function openDatabaseToRead(path: string): DatabaseSync {
  return new DatabaseSync(join(path, FILE), { readOnly: true })
}
