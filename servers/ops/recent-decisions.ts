import type { CallEvent } from '../request/call.ts'

export type RecentDecision = CallEvent & { at_ms: number }

export interface RecentDecisions {
  add(event: CallEvent): void
  /** Newest first. */
  list(): readonly RecentDecision[]
}

/** The last calls of this process, for those who watch. The ledger holds them all. */
export function recentDecisions(now: () => number, most = 100): RecentDecisions {
  let kept: RecentDecision[] = []
  return {
    add(event) {
      kept = [{ ...event, at_ms: now() }, ...kept].slice(0, most)
    },
    list: () => kept,
  }
}
