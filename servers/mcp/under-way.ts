import { setTimeout as sleep } from 'node:timers/promises'

/** How many answers are still owed. */
export interface UnderWay {
  /** One more. @returns ends it; called again it does nothing */
  begin(): () => void
  /** Resolves once none is owed any more, `withinMs` at the latest. */
  none(withinMs: number): Promise<void>
}

export function underWayCount(): UnderWay {
  const owed = new Set<symbol>()
  let idle = (): void => undefined
  return {
    begin() {
      const one = Symbol()
      owed.add(one)
      return () => {
        if (owed.delete(one) && owed.size === 0) idle()
      }
    },
    async none(withinMs) {
      if (owed.size === 0) return
      const ended = new AbortController()
      const last = new Promise<void>((resolve) => (idle = resolve))
      await Promise.race([last, sleep(withinMs, undefined, { signal: ended.signal }).catch(() => undefined)])
      ended.abort()
    },
  }
}
