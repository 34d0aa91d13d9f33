import { alive } from './lease.ts'
import type { Repeat, RepeatKey, Scope, UnknownOutcome } from './ledger-words.ts'
import { settledScope, versionOf } from './scopes.ts'
import { all, first, type Here, type SqlRow, type Steps } from './sql.ts'

const SETTLED = `
SELECT coalesce(sum(o.amount), 0) AS settled FROM ledger o
WHERE o.kind = 'opened' AND o.purpose = 'call' AND o.effect = 'settle' AND o.person = ? AND o.company = ? AND o.day = ?
  AND NOT EXISTS (SELECT 1 FROM ledger c WHERE c.kind = 'closed' AND c.entry = o.entry AND c.outcome = 'failed')
  AND NOT EXISTS (SELECT 1 FROM ledger s WHERE s.kind = 'resolved' AND s.resolves = o.entry AND s.verdict = 'not_done')`

const SAME_CALL = `
SELECT o.entry AS entry, o.args_digest AS args_digest, c.outcome AS outcome, c.event AS closed,
  s.verdict AS verdict
FROM ledger o LEFT JOIN ledger c ON c.kind = 'closed' AND c.entry = o.entry
  LEFT JOIN ledger s ON s.kind = 'resolved' AND s.resolves = o.entry
WHERE o.kind = 'opened' AND o.purpose = 'call' AND o.caller = ? AND o.person = ? AND o.company = ? AND o.tool = ?
  AND (c.outcome IS NULL OR c.outcome <> 'failed') AND (s.verdict IS NULL OR s.verdict <> 'not_done')`
const BY_KEY = `${SAME_CALL} AND o.idempotency_key = ? ORDER BY o.ord LIMIT 1`
const BY_DIGEST = `${SAME_CALL} AND o.args_digest = ? ORDER BY o.ord LIMIT 1`

export function versionIn(scope: Scope): Steps<number> {
  return versionOf(settledScope(scope))
}

/** What a decision may know of a scope: what counts as settled (done, running, unknown), and how new that is. */
export function* totalsOf(_here: Here, scope: Scope): Steps<{ settled: number; rows: number; version: number }> {
  const { person, company, day } = scope
  // The version first: what moves after it is at worst seen twice, never missed.
  const version = yield* versionIn(scope)
  const settled = yield* first(SETTLED, person, company, day)
  const rows = yield* first(
    'SELECT rows FROM rows_read WHERE person = ? AND company = ? AND day = ?',
    person,
    company,
    day,
  )
  return { settled: Number(settled?.['settled'] ?? 0), rows: Number(rows?.['rows'] ?? 0), version }
}

/** The earlier call that this one repeats; a call that definitely failed is none. */
export function* repeatOf(here: Here, key: RepeatKey): Steps<Repeat | null> {
  const same = [key.caller, key.person, key.company, key.tool] as const
  const found = yield* key.key === null ? first(BY_DIGEST, ...same, key.args_digest) : first(BY_KEY, ...same, key.key)
  if (found === null) return null
  const entry = String(found['entry'])
  if (found['args_digest'] !== key.args_digest) return { state: 'conflict', entry }
  if (found['verdict'] === 'done') return { state: 'done', entry, result: null }
  if (found['outcome'] === 'done') return { state: 'done', entry, result: resultIn(found) }
  if (found['outcome'] !== null) return { state: 'unknown', entry }
  const running = yield* first(
    `SELECT 1 AS one FROM pending r WHERE r.entry = ? AND ${alive(here)}`,
    entry,
    here.instance,
  )
  return { state: running === null ? 'unknown' : 'running', entry }
}

function resultIn({ closed }: SqlRow): Extract<Repeat, { state: 'done' }>['result'] {
  const event = typeof closed === 'string' ? JSON.parse(closed) : null
  return event?.outcome?.result ?? null
}

/** Entries whose outcome nobody knows: closed as such, or opened by a process that did not live to close them. */
export function* unknownOutcomes(here: Here): Steps<UnknownOutcome[]> {
  const rows = yield* all(
    `SELECT o.entry AS entry, o.at_ms AS at_ms, o.tool AS tool, o.company AS company, o.person AS person
     FROM pending r JOIN ledger o ON o.kind = 'opened' AND o.entry = r.entry
     WHERE r.instance IS NULL OR NOT ${alive(here)} ORDER BY o.ord`,
    here.instance,
  )
  return rows.map((row) => ({
    entry: String(row['entry']),
    at_ms: Number(row['at_ms']),
    tool: String(row['tool']),
    company: String(row['company']),
    person: typeof row['person'] === 'string' ? row['person'] : null,
  }))
}
