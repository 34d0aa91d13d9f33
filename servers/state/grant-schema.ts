/** The tokens a server calls its ERP with, sealed, and who renews them now. The columns tell nothing of what they are. */
export const GRANT_TABLES = `
CREATE TABLE IF NOT EXISTS grants (
  company TEXT NOT NULL, origin TEXT NOT NULL, version INTEGER NOT NULL, sealed TEXT,
  renew_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL, saved_ms INTEGER NOT NULL,
  after_refusal INTEGER NOT NULL, rotates INTEGER NOT NULL,
  holder TEXT, held_ms INTEGER NOT NULL,
  failures INTEGER NOT NULL, why TEXT NOT NULL, wait_ms INTEGER NOT NULL, ended TEXT,
  PRIMARY KEY (company, origin)
) STRICT;
`
