/** The days that are compared, YYYY-MM-DD, both included. `to` null: without an end. */
export interface Window {
  from: string
  to: string | null
}

export function isWithin(day: string, { from, to }: Window): boolean {
  return day >= from && (to === null || day <= to)
}

/** The smallest window that holds both. */
export function widened(window: Window, days: readonly string[]): Window {
  const { from, to } = window
  const [first = from] = [from, ...days].sort()
  return { from: first, to: to === null ? null : ([to, ...days].sort().at(-1) ?? to) }
}
