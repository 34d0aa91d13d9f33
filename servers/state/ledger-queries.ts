import type { DatabaseSync } from 'node:sqlite'
import type { Answers, Repeat, RepeatKey, Scope, UnknownOutcome } from './operation.ts'

const NOT_FAILED = `NOT EXISTS (SELECT 1 FROM ledger c WHERE c.kind = 'closed' AND c.entry = o.entry AND c.outcome = 'failed')`

const SETTLED = `
SELECT coalesce(sum(CASE WHEN ${NOT_FAILED} THEN o.amount ELSE 0 END), 0) AS settled, coalesce(max(o.seq), 0) AS version
FROM ledger o WHERE o.kind = 'opened' AND o.purpose = 'call' AND o.effect = 'settle'
  AND o.person = ? AND o.company = ? AND o.day = ?`

const ROWS = 'SELECT rows FROM rows_read WHERE person = ? AND company = ? AND day = ?'

const SAME_CALLER = `o.kind = 'opened' AND o.purpose = 'call' AND o.caller = ? AND o.person = ? AND o.company = ? AND o.tool = ?`
const WITH_OUTCOME = `
SELECT o.entry AS entry, o.args_digest AS args_digest, c.outcome AS outcome, c.event ->> '$.outcome.result' AS result
FROM ledger o LEFT JOIN ledger c ON c.kind = 'closed' AND c.entry = o.entry
WHERE ${SAME_CALLER} AND (c.outcome IS NULL OR c.outcome <> 'failed')`
const BY_KEY = `${WITH_OUTCOME} AND o.idempotency_key = ? ORDER BY o.seq LIMIT 1`
const BY_DIGEST = `${WITH_OUTCOME} AND o.args_digest = ? ORDER BY o.seq LIMIT 1`

const NOT_CLOSED = `
SELECT o.entry AS entry, o.at_ms AS at_ms, o.tool AS tool, o.company AS company, o.person AS person
FROM ledger o LEFT JOIN ledger c ON c.kind = 'closed' AND c.entry = o.entry
WHERE o.kind = 'opened' AND (c.outcome IS NULL OR c.outcome = 'unknown') ORDER BY o.seq`

/** What a decision may know of a scope: what counts as settled (done, running, unknown), and how new that is. */
export function totalsOf(database: DatabaseSync, scope: Scope): Answers['totals'] {
  const { person, company, day } = scope
  const settled = database.prepare(SETTLED).get(person, company, day)
  const rows = database.prepare(ROWS).get(person, company, day)
  return {
    settled: Number(settled?.['settled'] ?? 0),
    version: Number(settled?.['version'] ?? 0),
    rows: Number(rows?.['rows'] ?? 0),
  }
}

/** The earlier call that this one repeats; a call that definitely failed is none. */
export function repeatOf(database: DatabaseSync, key: RepeatKey, running: ReadonlySet<string>): Repeat | null {
  const same = [key.caller, key.person, key.company, key.tool] as const
  const found =
    key.key === null
      ? database.prepare(BY_DIGEST).get(...same, key.args_digest)
      : database.prepare(BY_KEY).get(...same, key.key)
  if (found === undefined) return null
  const entry = String(found['entry'])
  if (found['args_digest'] !== key.args_digest) return { state: 'conflict', entry }
  if (found['outcome'] === 'done') {
    const result = found['result']
    return { state: 'done', entry, result: typeof result === 'string' ? JSON.parse(result) : null }
  }
  return { state: found['outcome'] === null && running.has(entry) ? 'running' : 'unknown', entry }
}

/** Entries whose outcome nobody knows: closed as such, or opened by a process that did not live to close them. */
export function unknownOutcomes(database: DatabaseSync, running: ReadonlySet<string>): UnknownOutcome[] {
  return database
    .prepare(NOT_CLOSED)
    .all()
    .map((row) => ({
      entry: String(row['entry']),
      at_ms: Number(row['at_ms']),
      tool: String(row['tool']),
      company: String(row['company']),
      person: typeof row['person'] === 'string' ? row['person'] : null,
    }))
    .filter(({ entry }) => !running.has(entry))
}
