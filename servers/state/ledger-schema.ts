interface ReadOut {
  path: readonly string[]
  number?: true
}

/** Columns that are read out of the event itself, so that none can say other than the chain does. */
const READ_OUT: Readonly<Record<string, ReadOut>> = {
  kind: { path: ['kind'] },
  entry: { path: ['entry'] },
  purpose: { path: ['purpose'] },
  caller: { path: ['input', 'caller', 'id'] },
  person: { path: ['input', 'caller', 'person'] },
  company: { path: ['company'] },
  tool: { path: ['tool'] },
  effect: { path: ['input', 'tool', 'effect'] },
  day: { path: ['input', 'time', 'date'] },
  amount: { path: ['input', 'facts', 'amount'], number: true },
  counterparty: { path: ['input', 'facts', 'counterparty'] },
  due_date: { path: ['input', 'facts', 'due_date'] },
  idempotency_key: { path: ['input', 'facts', 'idempotency_key'] },
  args_digest: { path: ['args_digest'] },
  outcome: { path: ['outcome', 'kind'] },
  resolves: { path: ['resolves'] },
  verdict: { path: ['verdict'] },
}

const INDEXES = `
CREATE UNIQUE INDEX IF NOT EXISTS ledger_opened ON ledger (entry) WHERE kind = 'opened';
CREATE UNIQUE INDEX IF NOT EXISTS ledger_closed ON ledger (entry) WHERE kind = 'closed';
CREATE UNIQUE INDEX IF NOT EXISTS ledger_resolved ON ledger (resolves) WHERE kind = 'resolved';
CREATE INDEX IF NOT EXISTS ledger_key ON ledger (person, company, tool, idempotency_key)
  WHERE kind = 'opened' AND purpose = 'call' AND idempotency_key IS NOT NULL;
CREATE INDEX IF NOT EXISTS ledger_digest ON ledger (args_digest) WHERE kind = 'opened' AND purpose = 'call';
`

/** What stands beside the chain: who runs what, how often a scope has moved. */
export const LEDGER_TABLES = `
CREATE TABLE IF NOT EXISTS pending (entry TEXT PRIMARY KEY, instance TEXT) STRICT;
CREATE TABLE IF NOT EXISTS instances (instance TEXT PRIMARY KEY, replica TEXT NOT NULL, until_ms INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS scopes (scope TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
`

/** Each column that is read out of the event, as SQLite adds it to a table. */
export const SQLITE_COLUMNS: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(READ_OUT).map(([name, { path, number }]) => {
    return [name, `${name} ${number ? 'INTEGER' : 'TEXT'} AS (event ->> '$.${path.join('.')}') VIRTUAL`]
  }),
)

/** The chain's table in SQLite, and what guards it once it has all columns. */
export const SQLITE_LEDGER: string = `
CREATE TABLE IF NOT EXISTS ledger (
  ord INTEGER PRIMARY KEY,
  replica TEXT NOT NULL,
  seq INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL,
  event TEXT NOT NULL,
  ${Object.values(SQLITE_COLUMNS).join(',\n  ')},
  UNIQUE (replica, seq)
) STRICT;
`

export const SQLITE_GUARDS: string = `
${INDEXES}
CREATE TRIGGER IF NOT EXISTS ledger_no_update BEFORE UPDATE ON ledger
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER IF NOT EXISTS ledger_no_delete BEFORE DELETE ON ledger
  WHEN NOT EXISTS (SELECT 1 FROM segments s WHERE s.replica = OLD.replica AND s.state = 'pruning'
    AND OLD.seq BETWEEN s.first_seq AND s.last_seq)
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
-- INSERT OR REPLACE deletes without firing the trigger above.
CREATE TRIGGER IF NOT EXISTS ledger_no_replace BEFORE INSERT ON ledger
  WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM ledger WHERE replica = NEW.replica)
    OR EXISTS (SELECT 1 FROM ledger WHERE ord = NEW.ord)
  BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
`

// PostgreSQL keeps no NUL in text, nor its escape in jsonb; the event itself keeps it.
const READ_EVENT = `replace(NEW.event, '\\u0000', '')::jsonb`

// What earlier entries say has to stand in a column of a later version too: nobody else can write it there.
function addColumn([name, { path, number }]: [string, ReadOut]): string {
  return `
DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_attribute
    WHERE attrelid = 'ledger'::regclass AND attname = '${name}' AND NOT attisdropped) THEN
    ALTER TABLE ledger ADD COLUMN ${name} ${number ? 'NUMERIC' : 'TEXT'};
    ALTER TABLE ledger DISABLE TRIGGER ledger_append_only;
    UPDATE ledger SET ${name} = (${READ_EVENT.replace('NEW.', '')} #>> '{${path.join(',')}}')${number ? '::numeric' : ''};
    ALTER TABLE ledger ENABLE TRIGGER ledger_append_only;
  END IF;
END $$;`
}

/** The chain's table in PostgreSQL, where no generated column is virtual: a trigger fills them, whatever the INSERT says. */
export const POSTGRES_LEDGER: string = `
CREATE TABLE IF NOT EXISTS ledger (
  ord BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  replica TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  prev TEXT NOT NULL,
  hash TEXT NOT NULL,
  event TEXT NOT NULL,
  ${Object.entries(READ_OUT)
    .map(([name, { number }]) => `${name} ${number ? 'NUMERIC' : 'TEXT'}`)
    .join(',\n  ')},
  UNIQUE (replica, seq)
);
${Object.entries(READ_OUT).map(addColumn).join('\n')}
${INDEXES}
CREATE OR REPLACE FUNCTION ledger_read_out() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
DECLARE event jsonb := ${READ_EVENT};
BEGIN
  IF NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM ledger WHERE replica = NEW.replica) THEN
    RAISE EXCEPTION 'the ledger is append-only';
  END IF;
  ${Object.entries(READ_OUT)
    .map(([name, { path, number }]) => `NEW.${name} := (event #>> '{${path.join(',')}}')${number ? '::numeric' : ''};`)
    .join('\n  ')}
  RETURN NEW;
END $$;
CREATE OR REPLACE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF EXISTS (SELECT 1 FROM segments s WHERE s.replica = OLD.replica AND s.state = 'pruning'
      AND OLD.seq BETWEEN s.first_seq AND s.last_seq) THEN RETURN OLD; END IF;
  END IF;
  RAISE EXCEPTION 'the ledger is append-only';
END $$;
CREATE OR REPLACE TRIGGER ledger_read_out BEFORE INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION ledger_read_out();
CREATE OR REPLACE TRIGGER ledger_append_only BEFORE UPDATE OR DELETE ON ledger
  FOR EACH ROW EXECUTE FUNCTION ledger_append_only();
CREATE OR REPLACE TRIGGER ledger_no_truncate BEFORE TRUNCATE ON ledger
  FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();
`
