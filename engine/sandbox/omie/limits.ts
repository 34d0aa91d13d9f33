import { methodLocked, misuse, type OmieFault, redundant, tooMany } from './fault.ts'

/** What the limits are counted by. */
export interface Caller {
  ip: string
  appKey: string
  method: string
  /** The call with its parameters, without the secret: two equal ones are redundant. */
  signature: string
  writes: boolean
}

export interface OmieLimits {
  /** Refuses, or lets the call begin; every call let in must end with `leave`. */
  enter(caller: Caller): OmieFault | undefined
  leave(caller: Caller): void
  /** Counts an error, of any kind, towards the 30-minute block. */
  countError(caller: Caller): void
}

const MINUTE = 60_000
const BLOCK = 30 * MINUTE

/**
 * Omie's limits: 960 a minute per IP; 240 a minute and 4 at once per IP, key and method, 1 at once where the method
 * writes; an identical call once in 60 s (ajuda.omie.com.br, articles 8112984 and 8001888); 30 minutes of block after
 * the 10th error of the same IP, key and method, each call during the block counting anew.
 */
export function omieLimits(now: () => number, factor: number): OmieLimits {
  const calls = new Map<string, number[]>()
  const errors = new Map<string, number[]>()
  const blockedUntil = new Map<string, number>()
  const running = new Map<string, number>()

  const recent = (log: Map<string, number[]>, key: string, window: number): number[] => {
    const kept = (log.get(key) ?? []).filter((at) => at > now() - window)
    log.set(key, kept)
    return kept
  }
  const block = (key: string): void => void blockedUntil.set(key, now() + BLOCK)

  return {
    enter(caller) {
      const method = methodKey(caller)
      const until = blockedUntil.get(method) ?? 0
      if (until > now()) {
        block(method)
        return misuse(Math.ceil((until - now()) / 1000))
      }
      const byIp = recent(calls, caller.ip, MINUTE)
      const byMethod = recent(calls, method, MINUTE)
      if (byIp.length >= 960 * factor || byMethod.length >= 240 * factor) return tooMany()
      byIp.push(now())
      byMethod.push(now())
      if ((running.get(method) ?? 0) >= (caller.writes ? 1 : 4) * factor) return methodLocked()
      const same = recent(calls, `${method} ${caller.signature}`, MINUTE)
      if (same.length >= factor) return redundant(Math.ceil(((same[0] ?? now()) + MINUTE - now()) / 1000))
      same.push(now())
      running.set(method, (running.get(method) ?? 0) + 1)
      return undefined
    },
    leave(caller) {
      const method = methodKey(caller)
      running.set(method, (running.get(method) ?? 1) - 1)
    },
    countError(caller) {
      const method = methodKey(caller)
      const seen = recent(errors, method, BLOCK)
      seen.push(now())
      if (seen.length < 10 * factor) return
      errors.delete(method)
      block(method)
    },
  }
}

function methodKey({ ip, appKey, method }: Caller): string {
  return `${ip} ${appKey} ${method}`
}
