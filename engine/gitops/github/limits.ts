import type { Refused } from './answer.ts'

/**
 * How long GitHub asks to be left alone, in milliseconds; null where it is no rate limit that it answered with.
 * Source: docs.github.com, “Rate limits for the REST API”: `retry-after` first; with nothing remaining, until
 * `x-ratelimit-reset`; a secondary limit that says neither, a minute.
 */
export function rateLimitWaitMs({ status, said, headers }: Refused, nowMs: number): number | null {
  if (status !== 403 && status !== 429) return null
  const after = Number(headers['retry-after'])
  if (headers['retry-after'] !== undefined && Number.isFinite(after)) return Math.max(1, after) * 1_000
  if (String(headers['x-ratelimit-remaining']) === '0') {
    const reset = Number(headers['x-ratelimit-reset']) * 1_000
    // Their clock and ours are not the same one.
    return Number.isFinite(reset) ? Math.max(0, reset - nowMs) + 1_000 : 60_000
  }
  return status === 429 || /rate limit|abuse detection/i.test(said) ? 60_000 : null
}

/** Of asking again after a failure of GitHub's own, in milliseconds. */
const BACK_OFF_MS: readonly number[] = [500, 2_000, 5_000]

/** Whether what failed may be asked again without doing it twice, and when; null: no. */
export function failureWaitMs({ status, asked }: Refused, attempt: number): number | null {
  const failed = status === null || (status >= 500 && status !== 501)
  // A POST may have been done although its answer was lost; whoever sent it looks first.
  const once = asked.startsWith('POST ') || asked.startsWith('PATCH ')
  return failed && !once ? (BACK_OFF_MS[attempt] ?? null) : null
}
