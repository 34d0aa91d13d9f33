/** What one key of a limit has used up. */
export interface Window {
  /** Whether one more call may start now. */
  isFree(now: number): boolean
  /** When that may change by time alone, epoch milliseconds; null: only when a running call ends. */
  freeAt(now: number): number | null
  start(): void
  /** A call ended: it counts against the window from here, since the ERP saw it at the latest now. */
  end(now: number): void
  isIdle(now: number): boolean
}

export interface WindowLimits {
  max?: number | undefined
  perMs?: number | undefined
  concurrency?: number | undefined
}

/** A sliding window: at no time are there more than `max` calls within any `perMs` as the ERP counts them. */
export function openWindow({ max = Number.POSITIVE_INFINITY, perMs = 0, concurrency }: WindowLimits): Window {
  const running = { count: 0 }
  let ended: number[] = []
  const trim = (now: number) => {
    // One millisecond more than the window, since clocks cut off what is smaller.
    const from = ended.findIndex((at) => at >= now - perMs)
    ended = from < 0 ? [] : ended.slice(from)
  }
  return {
    isFree(now) {
      trim(now)
      return running.count + ended.length < max && running.count < (concurrency ?? Number.POSITIVE_INFINITY)
    },
    freeAt(now) {
      trim(now)
      const [first] = ended
      const slots = running.count < (concurrency ?? Number.POSITIVE_INFINITY)
      return slots && first !== undefined ? first + perMs + 1 : null
    },
    start: () => void running.count++,
    end(now) {
      running.count--
      if (Number.isFinite(max)) ended.push(now)
    },
    isIdle(now) {
      trim(now)
      return running.count === 0 && ended.length === 0
    },
  }
}
