import { all, first, type Here, nowOf, type Steps } from './sql.ts'

export interface BudgetDraw {
  scope: string
  /** Calls a minute. */
  max: number
}

export interface Drawn {
  /** Calls that may be made without asking again; 0: none is left. */
  granted: number
  /** Until the minute ends, in milliseconds. */
  left_ms: number
}

const MINUTE_MS = 60_000
/** Of what is left, one part in so many at a time: the more is used, the less can lie idle at a replica. */
const PARTS = 8

/** Draws some of a caller's calls of this minute: whoever keeps a few at hand asks the database seldom. */
export function* drawBudget(here: Here, { scope, max }: BudgetDraw): Steps<Drawn> {
  const now = yield* nowOf(here)
  const minute = Math.floor(now / MINUTE_MS)
  const left_ms = (minute + 1) * MINUTE_MS - now
  const row = yield* first('SELECT used FROM budgets WHERE scope = ? AND minute = ?', scope, minute)
  const left = max - Number(row?.['used'] ?? 0)
  if (left <= 0) return { granted: 0, left_ms }
  const granted = Math.max(1, Math.floor(left / PARTS))
  if (row === null) yield* all('DELETE FROM budgets WHERE minute < ?', minute)
  yield* all(
    `INSERT INTO budgets (scope, minute, used) VALUES (?, ?, ?)
     ON CONFLICT (scope, minute) DO UPDATE SET used = budgets.used + excluded.used`,
    ...[scope, minute, granted],
  )
  return { granted, left_ms }
}
