/** Which call changed a record last: a row a record, kept for an hour, longer than any call takes. */
export const RECORD_TABLES = `
CREATE TABLE IF NOT EXISTS record_changes (scope TEXT PRIMARY KEY, entry TEXT NOT NULL, at_ms INTEGER NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS record_changes_at ON record_changes (at_ms);
`
