/** Counts the calls of one organization in the last second. */
export interface CallRate {
  limit: number
  /** Whether one more fits; a refused call is not counted. */
  take(): boolean
}

export function callRate(limit: number, now: () => number): CallRate {
  let calls: number[] = []
  return {
    limit,
    take() {
      calls = calls.filter((at) => at > now() - 1000)
      if (calls.length >= limit) return false
      calls.push(now())
      return true
    },
  }
}
