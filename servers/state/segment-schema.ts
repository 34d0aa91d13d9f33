/**
 * Parts of a chain on their way into archives: planned, closed (in a file, and its closing entry written), pruned (the rows
 * are in the file alone), removing, removed. And what still has to be known of pruned calls: that they were made.
 */
export const SEGMENT_TABLES = `
CREATE TABLE IF NOT EXISTS segments (
  replica TEXT NOT NULL, number INTEGER NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
  state TEXT NOT NULL, until_ms INTEGER NOT NULL, checkpoint INTEGER, body TEXT NOT NULL,
  PRIMARY KEY (replica, number)
) STRICT;
CREATE TABLE IF NOT EXISTS repeats (
  entry TEXT PRIMARY KEY, replica TEXT NOT NULL, segment INTEGER NOT NULL, caller TEXT, person TEXT, company TEXT,
  tool TEXT, idempotency_key TEXT, args_digest TEXT, outcome TEXT, closed TEXT, verdict TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS repeats_key ON repeats (person, company, tool, idempotency_key);
CREATE INDEX IF NOT EXISTS repeats_digest ON repeats (args_digest);
CREATE INDEX IF NOT EXISTS repeats_segment ON repeats (replica, segment);
`
