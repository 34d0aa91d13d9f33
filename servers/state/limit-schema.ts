/** Calls to the ERP that still count against a budget of it, its errors, and what is closed because of them. */
export const LIMIT_TABLES = `
CREATE TABLE IF NOT EXISTS limit_uses (
  id TEXT NOT NULL, scope TEXT NOT NULL, running INTEGER NOT NULL, until_ms INTEGER NOT NULL,
  PRIMARY KEY (id, scope)
) STRICT;
CREATE INDEX IF NOT EXISTS limit_uses_scope ON limit_uses (scope, until_ms);
CREATE INDEX IF NOT EXISTS limit_uses_until ON limit_uses (until_ms);
CREATE TABLE IF NOT EXISTS limit_errors (scope TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS limit_errors_scope ON limit_errors (scope, at_ms);
CREATE TABLE IF NOT EXISTS limit_circuits (
  scope TEXT PRIMARY KEY, company TEXT NOT NULL, operation TEXT NOT NULL, kind TEXT NOT NULL,
  until_ms INTEGER NOT NULL, read_ok INTEGER NOT NULL, trial TEXT, trial_ms INTEGER NOT NULL
) STRICT;
`
