/** Failures to authenticate, by where they come from and whom they claim to be. */
export const LOCKOUT_TABLES = `
CREATE TABLE IF NOT EXISTS lockouts (
  source TEXT NOT NULL, subject TEXT NOT NULL, failures INTEGER NOT NULL, last_ms INTEGER NOT NULL,
  PRIMARY KEY (source, subject)
) STRICT;
CREATE INDEX IF NOT EXISTS lockouts_last ON lockouts (last_ms);
`
