import { closeSync, mkdirSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const FILE = 'ledger.sqlite'

// Everything that is asked for is read out of the event itself, so that no column can say other than the chain does.
const SCHEMA = `
CREATE TABLE IF NOT EXISTS ledger (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL,
  event TEXT NOT NULL,
  kind TEXT AS (event ->> '$.kind') VIRTUAL,
  entry TEXT AS (event ->> '$.entry') VIRTUAL,
  purpose TEXT AS (event ->> '$.purpose') VIRTUAL,
  caller TEXT AS (event ->> '$.input.caller.id') VIRTUAL,
  person TEXT AS (event ->> '$.input.caller.person') VIRTUAL,
  company TEXT AS (event ->> '$.company') VIRTUAL,
  tool TEXT AS (event ->> '$.tool') VIRTUAL,
  effect TEXT AS (event ->> '$.input.tool.effect') VIRTUAL,
  day TEXT AS (event ->> '$.input.time.date') VIRTUAL,
  amount INTEGER AS (event ->> '$.input.facts.amount') VIRTUAL,
  idempotency_key TEXT AS (event ->> '$.input.facts.idempotency_key') VIRTUAL,
  args_digest TEXT AS (event ->> '$.args_digest') VIRTUAL,
  outcome TEXT AS (event ->> '$.outcome.kind') VIRTUAL
) STRICT;
CREATE UNIQUE INDEX IF NOT EXISTS ledger_opened ON ledger (entry) WHERE kind = 'opened';
CREATE UNIQUE INDEX IF NOT EXISTS ledger_closed ON ledger (entry) WHERE kind = 'closed';
CREATE INDEX IF NOT EXISTS ledger_settled ON ledger (person, company, day)
  WHERE kind = 'opened' AND purpose = 'call' AND effect = 'settle';
CREATE INDEX IF NOT EXISTS ledger_key ON ledger (person, company, tool, idempotency_key)
  WHERE kind = 'opened' AND purpose = 'call' AND idempotency_key IS NOT NULL;
CREATE INDEX IF NOT EXISTS ledger_digest ON ledger (args_digest) WHERE kind = 'opened' AND purpose = 'call';
CREATE TRIGGER IF NOT EXISTS ledger_no_update BEFORE UPDATE ON ledger
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS ledger_no_delete BEFORE DELETE ON ledger
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
-- INSERT OR REPLACE deletes without firing the trigger above.
CREATE TRIGGER IF NOT EXISTS ledger_no_replace BEFORE INSERT ON ledger
  WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM ledger)
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TABLE IF NOT EXISTS rows_read (
  person TEXT NOT NULL, company TEXT NOT NULL, day TEXT NOT NULL, rows INTEGER NOT NULL,
  PRIMARY KEY (person, company, day)
) STRICT, WITHOUT ROWID;
`

/** Opens the ledger of a state folder for writing, and makes it where it is not there: readable by its owner only. */
export function openDatabase(path: string, busyTimeoutMs: number): DatabaseSync {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const file = join(path, FILE)
  // SQLite gives its -wal and -shm files the mode of the database.
  closeSync(openSync(file, 'a', 0o600))
  const database = new DatabaseSync(file, { timeout: busyTimeoutMs })
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;')
  database.exec(SCHEMA)
  return database
}

/** Opens the ledger of a state folder for reading only. Throws when there is none. */
export function openDatabaseToRead(path: string): DatabaseSync {
  return new DatabaseSync(join(path, FILE), { readOnly: true })
}
