/**
 * Clocks of a replica and the database that all replicas share may differ by this much, in milliseconds. Days and hours of
 * limits, approvals and tokens are judged by a replica's own clock: by another one, each would have other limits.
 */
export const MOST_SKEW_MS = 30_000

/** When something was asked and when its answer was there, by the same clock. */
export interface Asking {
  fromMs: number
  untilMs: number
}

/** What is wrong with this machine's clock, or with the database's: nobody knows which; null: nothing. */
export function skewOf({ fromMs, untilMs }: Asking, databaseMs: number): string | null {
  // The database looked at its clock at some moment in between.
  const ahead = fromMs - databaseMs > 0 ? fromMs - databaseMs : Math.min(0, untilMs - databaseMs)
  // Also where it is no number.
  if (Math.abs(ahead) <= MOST_SKEW_MS) return null
  const seconds = Math.round(Math.abs(ahead) / 1_000)
  return `the clock here is ${seconds} s ${ahead > 0 ? 'ahead of' : 'behind'} that of the database: set both by NTP, this goes on by itself then`
}
