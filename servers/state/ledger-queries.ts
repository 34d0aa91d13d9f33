import { alive } from './lease.ts'
import type { Repeat, RepeatKey, UnknownOutcome } from './ledger-words.ts'
import { all, first, type Here, type SqlRow, type Steps } from './sql.ts'

const SAME_CALL = `
SELECT o.entry AS entry, o.args_digest AS args_digest, c.outcome AS outcome, c.event AS closed,
  s.verdict AS verdict
FROM ledger o LEFT JOIN ledger c ON c.kind = 'closed' AND c.entry = o.entry
  LEFT JOIN ledger s ON s.kind = 'resolved' AND s.resolves = o.entry
WHERE o.kind = 'opened' AND o.purpose = 'call' AND o.caller = ? AND o.person = ? AND o.company = ? AND o.tool = ?
  AND (c.outcome IS NULL OR c.outcome <> 'failed') AND (s.verdict IS NULL OR s.verdict <> 'not_done')`
const BY_KEY = `${SAME_CALL} AND o.idempotency_key = ? ORDER BY o.ord LIMIT 1`
const BY_DIGEST = `${SAME_CALL} AND o.args_digest = ? ORDER BY o.ord LIMIT 1`

// What is left of a call whose rows stand in an archive.
const KEPT = `SELECT entry, args_digest, outcome, closed, verdict FROM repeats
  WHERE caller = ? AND person = ? AND company = ? AND tool = ?`
const KEPT_BY_KEY = `${KEPT} AND idempotency_key = ? ORDER BY segment, entry LIMIT 1`
const KEPT_BY_DIGEST = `${KEPT} AND args_digest = ? ORDER BY segment, entry LIMIT 1`

/** The earlier call that this one repeats; a call that definitely failed is none. */
export function* repeatOf(here: Here, key: RepeatKey): Steps<Repeat | null> {
  const same = [key.caller, key.person, key.company, key.tool] as const
  const found = yield* key.key === null
    ? either(BY_DIGEST, KEPT_BY_DIGEST, ...same, key.args_digest)
    : either(BY_KEY, KEPT_BY_KEY, ...same, key.key)
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

function* either(text: string, otherwise: string, ...values: string[]): Steps<SqlRow | null> {
  return (yield* first(text, ...values)) ?? (yield* first(otherwise, ...values))
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
