/** Requests for approval, what is told of them, and what may be used only once. */
export const APPROVAL_TABLES = `
CREATE TABLE IF NOT EXISTS approval (
  id TEXT PRIMARY KEY,
  caller TEXT NOT NULL,
  person TEXT NOT NULL,
  company TEXT NOT NULL,
  tool TEXT NOT NULL,
  args_digest TEXT NOT NULL,
  binding TEXT NOT NULL,
  state TEXT NOT NULL,
  created_ms INTEGER NOT NULL,
  expires_ms INTEGER NOT NULL,
  body TEXT NOT NULL,
  sealed TEXT
) STRICT;
CREATE INDEX IF NOT EXISTS approval_call ON approval (args_digest, state);
CREATE INDEX IF NOT EXISTS approval_state ON approval (state, created_ms);
CREATE TABLE IF NOT EXISTS approval_notice (
  id TEXT PRIMARY KEY,
  approval TEXT NOT NULL,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_ms INTEGER,
  sent_ms INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS approval_notice_next ON approval_notice (next_ms);
CREATE INDEX IF NOT EXISTS approval_notice_approval ON approval_notice (approval, kind);
CREATE TABLE IF NOT EXISTS used_once (
  digest TEXT PRIMARY KEY,
  until_ms INTEGER NOT NULL
) STRICT;
`
