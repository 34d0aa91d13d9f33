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

/** A window in parts of at most so many days; one without an end ends a year from now. */
export function inParts(window: Window, most: number, nowMs: number): { from: string; to: string }[] {
  const last = window.to ?? dayAfter(new Date(nowMs).toISOString().slice(0, 10), 365)
  const parts: { from: string; to: string }[] = []
  for (let from = window.from; from <= last; from = dayAfter(from, most)) {
    const to = dayAfter(from, most - 1)
    parts.push({ from, to: to < last ? to : last })
  }
  return parts
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10)
}
