import { LONGEST_WINDOW_S } from '../../engine/contract/config-alerts.ts'
import type { CallEvent } from '../request/call.ts'
import { isTimed, standingOf } from './call-standing.ts'

/** What was counted over a window. */
export interface Counted {
  total: number
  failed: number
  denied: number
  /** Calls whose time says anything, and their seconds. */
  timed: number
  seconds: number
  hits: number
}

export interface CallWindow {
  call(event: CallEvent): void
  limitHit(): void
  /** @param windowS at most an hour */
  over(windowS: number): Counted
  /** Since when it counts, in milliseconds: a window is whole once this is longer. */
  countingMs(): number
}

const NOTHING: Counted = { total: 0, failed: 0, denied: 0, timed: 0, seconds: 0, hits: 0 }

/** Counts second by second; what is older than the longest window is forgotten. */
export function callWindow(now: () => number): CallWindow {
  const seconds = new Map<number, Counted>()
  const startedMs = now()

  const current = (): Counted => {
    const second = Math.floor(now() / 1_000)
    const known = seconds.get(second)
    if (known !== undefined) return known
    for (const old of seconds.keys()) {
      if (old >= second - LONGEST_WINDOW_S) break
      seconds.delete(old)
    }
    const fresh = { ...NOTHING }
    seconds.set(second, fresh)
    return fresh
  }
  return {
    call(event) {
      const count = current()
      const standing = standingOf(event)
      count.total += 1
      if (standing !== 'success') count[standing] += 1
      if (!isTimed(event)) return
      count.timed += 1
      count.seconds += event.took_ms / 1_000
    },
    limitHit() {
      current().hits += 1
    },
    over(windowS) {
      const first = Math.floor(now() / 1_000) - windowS
      const sum = { ...NOTHING }
      for (const [second, count] of seconds) if (second > first) add(sum, count)
      return sum
    },
    countingMs: () => now() - startedMs,
  }
}

function add(sum: Counted, more: Counted): void {
  sum.total += more.total
  sum.failed += more.failed
  sum.denied += more.denied
  sum.timed += more.timed
  sum.seconds += more.seconds
  sum.hits += more.hits
}
