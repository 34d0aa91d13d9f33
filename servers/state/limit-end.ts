import type { LimitEnding, LimitErrors } from '../../engine/contract/erp-limit.ts'
import { all, change, first, type Here, marks, nowOf, type Steps } from './sql.ts'

/** Gives back what a call took and counts what the ERP answered, both at once: nobody slips in between. */
export function* endLimit(here: Here, ending: LimitEnding): Steps<null> {
  yield* giveBack(here, ending)
  if (ending.answer !== 'error' && !(yield* matters(ending))) return null
  if (ending.answer === 'done' && ending.read) {
    yield* all('UPDATE limit_circuits SET read_ok = 1 WHERE company = ?', ending.company)
  }
  const opened = ending.answer === 'error' ? yield* countErrors(ending, yield* nowOf(here)) : []
  yield* endTrial(ending, opened)
  return null
}

/** A call counts from its end: the ERP saw it at the latest then. */
function* giveBack(here: Here, { id, uses }: LimitEnding): Steps<void> {
  const unbounded = uses.filter(({ max }) => max === null).map(({ scope }) => scope)
  yield* change(
    `DELETE FROM limit_uses WHERE until_ms <= ${here.nowMs}${
      unbounded.length === 0 ? '' : ` OR (id = ? AND scope IN (${marks(unbounded)}))`
    }`,
    ...(unbounded.length === 0 ? [] : [id, ...unbounded]),
  )
  const counted = Map.groupBy(
    uses.filter(({ max }) => max !== null),
    ({ per_ms }) => per_ms,
  )
  for (const [per_ms, those] of counted) {
    // One millisecond more than the window, since clocks cut off what is smaller.
    yield* change(
      `UPDATE limit_uses SET running = 0, until_ms = ${here.nowMs} + ? WHERE id = ? AND scope IN (${marks(those)})`,
      ...[per_ms + 1, id, ...those.map(({ scope }) => scope)],
    )
  }
}

/** Whether any circuit hears of a call that met no error: seldom, and the others need not be asked one by one. */
function* matters({ id, company, answer, read }: LimitEnding): Steps<boolean> {
  const heard = answer === 'done' && read ? ' OR (company = ? AND read_ok = 0)' : ''
  const row = yield* first(
    `SELECT 1 AS one FROM limit_circuits WHERE trial = ?${heard} LIMIT 1`,
    ...(heard === '' ? [id] : [id, company]),
  )
  return row !== null
}

function* countErrors(ending: LimitEnding, now: number): Steps<string[]> {
  const opened: string[] = []
  for (const rule of ending.circuits) {
    const until = yield* countError(rule, now)
    if (until === null) continue
    opened.push(rule.scope)
    yield* close(ending, rule.scope, 'blocked', until)
  }
  if (ending.asked !== null) {
    const { scope, kind, ms } = ending.asked
    opened.push(scope)
    yield* close(ending, scope, kind, now + ms)
    yield* all("DELETE FROM limit_circuits WHERE kind = 'rate_limited' AND until_ms <= ?", now)
  }
  return opened
}

/** Closed until so few are left in the window that one more error is allowed again; null while there are few. */
function* countError({ scope, errors, per_ms }: LimitErrors, now: number): Steps<number | null> {
  yield* all('DELETE FROM limit_errors WHERE scope = ? AND at_ms <= ?', scope, now - per_ms)
  yield* all('INSERT INTO limit_errors (scope, at_ms) VALUES (?, ?)', scope, now)
  const last = yield* first(
    `SELECT at_ms FROM limit_errors WHERE scope = ? ORDER BY at_ms DESC LIMIT 1 OFFSET ${errors - 1}`,
    scope,
  )
  return last === null ? null : Number(last['at_ms']) + per_ms
}

function* close({ company, operation }: LimitEnding, scope: string, kind: string, until: number): Steps<void> {
  yield* all(
    `INSERT INTO limit_circuits (scope, company, operation, kind, until_ms, read_ok, trial, trial_ms)
     VALUES (?, ?, ?, ?, ?, 0, NULL, 0)
     ON CONFLICT (scope) DO UPDATE SET kind = excluded.kind, read_ok = 0, trial = NULL, trial_ms = 0,
       until_ms = CASE WHEN limit_circuits.until_ms > excluded.until_ms
         THEN limit_circuits.until_ms ELSE excluded.until_ms END`,
    ...[scope, company, operation, kind, until],
  )
}

/** Whatever the ERP answered without closing again, it answers; where it did not answer, the next call tries. */
function* endTrial({ id, answer }: LimitEnding, opened: readonly string[]): Steps<void> {
  if (answer === 'none') {
    yield* all('UPDATE limit_circuits SET trial = NULL, trial_ms = 0 WHERE trial = ?', id)
    return
  }
  for (const row of yield* all('SELECT scope FROM limit_circuits WHERE trial = ?', id)) {
    const scope = String(row['scope'])
    if (!opened.includes(scope)) yield* all('DELETE FROM limit_circuits WHERE scope = ?', scope)
  }
}
