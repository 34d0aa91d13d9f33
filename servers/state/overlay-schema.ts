/** Emergency narrowings, kept when they are over too: an old one that comes again is known. */
export const OVERLAY_TABLES = `
CREATE TABLE IF NOT EXISTS overlay (
  id TEXT PRIMARY KEY, sequence INTEGER NOT NULL, digest TEXT NOT NULL, until_ms INTEGER NOT NULL, ended_ms INTEGER,
  body TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS overlay_until ON overlay (until_ms);
CREATE TABLE IF NOT EXISTS overlay_end (
  id TEXT NOT NULL, person TEXT NOT NULL, at_ms INTEGER NOT NULL, PRIMARY KEY (id, person)
) STRICT;
`
