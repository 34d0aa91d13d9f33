/** Tables below. */
export const HISTORY_NAMES = [
  'history_totals',
  'history_similar',
  'history_touches',
  'history_bank',
  'history_moves',
] as const

/**
 * What decisions ask of the past, kept beside the chain: adding up a month of entries at every payment would take
 * longer than the payment. Written in the same transaction as the entry.
 */
export const HISTORY_TABLES = `
CREATE TABLE IF NOT EXISTS history_totals (
  scope TEXT NOT NULL, day TEXT NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (scope, day)
) STRICT;
CREATE TABLE IF NOT EXISTS history_similar (
  scope TEXT NOT NULL, entry TEXT NOT NULL, at_ms INTEGER NOT NULL, amount INTEGER NOT NULL, due_date TEXT,
  PRIMARY KEY (scope, entry)
) STRICT;
CREATE TABLE IF NOT EXISTS history_touches (
  scope TEXT NOT NULL, entry TEXT NOT NULL, at_ms INTEGER NOT NULL, caller TEXT NOT NULL, person TEXT NOT NULL,
  what TEXT NOT NULL,
  PRIMARY KEY (scope, entry)
) STRICT;
CREATE TABLE IF NOT EXISTS history_bank (scope TEXT PRIMARY KEY, digest TEXT, changed_ms INTEGER) STRICT;
CREATE TABLE IF NOT EXISTS history_moves (entry TEXT PRIMARY KEY, at_ms INTEGER NOT NULL, moves TEXT NOT NULL) STRICT;
`
