/** Alerts that last or were raised, what is told of them, what each replica counts, and which replica judges. */
export const ALERT_TABLES = `
CREATE TABLE IF NOT EXISTS alert (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL,
  severity TEXT NOT NULL,
  figure TEXT NOT NULL,
  since_ms INTEGER NOT NULL,
  raised_ms INTEGER,
  resolved_ms INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS alert_resolved ON alert (resolved_ms);
CREATE TABLE IF NOT EXISTS alert_notice (
  id TEXT PRIMARY KEY,
  alert TEXT NOT NULL,
  kind TEXT NOT NULL,
  channel TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  next_ms INTEGER,
  sent_ms INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS alert_notice_next ON alert_notice (next_ms);
CREATE INDEX IF NOT EXISTS alert_notice_alert ON alert_notice (alert);
CREATE TABLE IF NOT EXISTS alert_figures (instance TEXT PRIMARY KEY, figures TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS alert_lead (name TEXT PRIMARY KEY, instance TEXT NOT NULL) STRICT;
`
