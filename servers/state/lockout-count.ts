import { all, first, type Here, type Steps } from './sql.ts'

/** Whose failures are counted: nobody's failures count against somebody elsewhere who has the same name. */
export interface LockoutKey {
  /** Where a request comes from. */
  source: string
  /** Who it says it is; nothing of it is proved. */
  subject: string
}

/** Claimed subjects of one source, and rows in all: what strangers send must not fill the disk. */
const PER_SOURCE = 64
const IN_ALL = 10_000

/** Failures in a row, and for how long ago the last one was, in milliseconds. */
export function* failuresOf(here: Here, { source, subject }: LockoutKey): Steps<{ failures: number; ago_ms: number }> {
  const row = yield* first(
    `SELECT failures, ${here.nowMs} - last_ms AS ago_ms FROM lockouts WHERE source = ? AND subject = ?`,
    source,
    subject,
  )
  return { failures: Number(row?.['failures'] ?? 0), ago_ms: Number(row?.['ago_ms'] ?? 0) }
}

/** One more; after `forgetMs` without one the count begins anew. @returns how many in a row */
export function* countFailure(
  here: Here,
  { source, subject, forgetMs }: LockoutKey & { forgetMs: number },
): Steps<number> {
  const row = yield* first(
    `INSERT INTO lockouts (source, subject, failures, last_ms) VALUES (?, ?, 1, ${here.nowMs})
     ON CONFLICT (source, subject) DO UPDATE SET
       failures = CASE WHEN lockouts.last_ms > ${here.nowMs} - ? THEN lockouts.failures + 1 ELSE 1 END,
       last_ms = ${here.nowMs}
     RETURNING failures`,
    source,
    subject,
    forgetMs,
  )
  const failures = Number(row?.['failures'] ?? 1)
  if (failures === 1) yield* keepFew(here, source, forgetMs)
  return failures
}

export function* clearFailures(_here: Here, { source, subject }: LockoutKey): Steps<null> {
  yield* all('DELETE FROM lockouts WHERE source = ? AND subject = ?', source, subject)
  return null
}

// Oldest first: whoever sends many names pushes out their own.
function* keepFew(here: Here, source: string, forgetMs: number): Steps<null> {
  yield* all(`DELETE FROM lockouts WHERE last_ms <= ${here.nowMs} - ?`, forgetMs)
  yield* all(
    `DELETE FROM lockouts WHERE source = ? AND subject IN
       (SELECT subject FROM lockouts WHERE source = ? ORDER BY last_ms DESC, subject LIMIT ${IN_ALL} OFFSET ${PER_SOURCE})`,
    source,
    source,
  )
  yield* all(
    `DELETE FROM lockouts WHERE last_ms < (SELECT last_ms FROM lockouts ORDER BY last_ms DESC LIMIT 1 OFFSET ${IN_ALL})`,
  )
  return null
}
