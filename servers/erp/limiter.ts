import type { LimitRule } from '../../engine/contract/erp.ts'
import { type Circuits, type Counted, keyOf, type OpenCircuit, openCircuits } from './circuit.ts'
import { ErpFailure } from './outcome.ts'
import { openWindow, type Window } from './window.ts'

export interface LimiterOptions {
  rules: readonly LimitRule[]
  now: () => number
  /** Longest wait for a turn, in milliseconds. */
  maxWaitMs: number
  /** Calls that may wait at once. */
  maxWaiting: number
}

export interface Limiter {
  /** Waits for a turn under every limit, runs, and counts. Throws ErpFailure: rate_limited or blocked, nothing sent. */
  run<T>(call: Counted, signal: AbortSignal | undefined, exchange: () => Promise<T>): Promise<T>
  /** Counts an error that the ERP answered. */
  failed: Circuits['failed']
  openCircuits(): OpenCircuit[]
  close(): void
}

interface Waiter {
  windows: Window[]
  start: () => void
}

// Windows that nobody uses are forgotten once there are this many.
const MANY = 2_000

export function openLimiter({ rules, now, maxWaitMs, maxWaiting }: LimiterOptions): Limiter {
  const circuits = openCircuits(rules, now)
  const counting = rules.filter(
    (rule) => (rule.max !== undefined && rule.onHit !== 'cache') || rule.concurrency !== undefined,
  )
  const windows = new Map<string, Window>()
  const waiting: Waiter[] = []
  let timer: NodeJS.Timeout | undefined

  function windowsOf(call: Counted): { window: Window; refuse: boolean }[] {
    if (windows.size > MANY) for (const [key, window] of windows) if (window.isIdle(now())) windows.delete(key)
    return counting.map((rule, index) => {
      const key = `${index} ${keyOf(rule.key, call)}`
      const max = rule.onHit === 'cache' ? undefined : rule.max
      const window = windows.get(key) ?? openWindow({ max, perMs: rule.perMs, concurrency: rule.concurrency })
      windows.set(key, window)
      return { window, refuse: rule.onHit === 'circuit' }
    })
  }

  /** Starts who may start, in order; who waits for a window also holds back those behind in the same one. */
  function admit(): void {
    clearTimeout(timer)
    const held = new Set<Window>()
    for (const waiter of [...waiting]) {
      if (waiter.windows.every((window) => !held.has(window) && window.isFree(now()))) {
        waiting.splice(waiting.indexOf(waiter), 1)
        waiter.start()
      } else for (const window of waiter.windows) if (!window.isFree(now())) held.add(window)
    }
    const next = nextFree(waiting, now())
    if (next !== null) timer = setTimeout(admit, Math.max(1, next - now()))
  }

  function turn(own: Window[], signal: AbortSignal | undefined): Promise<void> {
    const begin = () => {
      for (const window of own) window.start()
    }
    if (waiting.length === 0 && own.every((window) => window.isFree(now()))) return Promise.resolve(begin())
    if (waiting.length >= maxWaiting) return Promise.reject(tooMany(own, now()))
    return new Promise((resolve, reject) => {
      const leave = (failure: ErpFailure) => {
        const at = waiting.indexOf(waiter)
        if (at < 0) return
        waiting.splice(at, 1)
        settle()
        reject(failure)
        admit()
      }
      const cancelled = () => leave(new ErpFailure({ kind: 'cancelled', message: 'the call was cancelled' }, true))
      const late = setTimeout(() => leave(tooMany(own, now())), maxWaitMs)
      const settle = () => {
        clearTimeout(late)
        signal?.removeEventListener('abort', cancelled)
      }
      const waiter: Waiter = {
        windows: own,
        start() {
          settle()
          begin()
          resolve()
        },
      }
      signal?.addEventListener('abort', cancelled)
      waiting.push(waiter)
      if (signal?.aborted === true) cancelled()
      else admit()
    })
  }

  return {
    async run(call, signal, exchange) {
      refuseOpen(circuits.closedTo(call), now())
      const own = windowsOf(call)
      const full = own.find(({ window, refuse }) => refuse && !window.isFree(now()))
      if (full !== undefined) throw tooMany([full.window], now())
      const used = own.map(({ window }) => window)
      await turn(used, signal)
      try {
        // While waiting, others may have met enough errors.
        refuseOpen(circuits.closedTo(call), now())
        return await exchange()
      } finally {
        for (const window of used) window.end(now())
        admit()
      }
    },
    failed: circuits.failed,
    openCircuits: circuits.open,
    close: () => clearTimeout(timer),
  }
}

function refuseOpen(closed: ReturnType<Circuits['closedTo']>, now: number): void {
  if (closed === null) return
  const retryAfterS = Math.ceil((closed.until - now) / 1000)
  throw new ErpFailure({ kind: closed.kind, message: 'the ERP is left alone after its errors', retryAfterS }, true)
}

function tooMany(windows: readonly Window[], now: number): ErpFailure {
  const free = windows.filter((window) => !window.isFree(now)).map((window) => window.freeAt(now) ?? now)
  const retryAfterS = Math.max(1, Math.ceil((Math.max(now, ...free) - now - 1) / 1000))
  return new ErpFailure({ kind: 'rate_limited', message: 'the limit of the ERP is used up', retryAfterS }, true)
}

function nextFree(waiting: readonly Waiter[], now: number): number | null {
  const times = waiting.flatMap(({ windows }) =>
    windows.filter((window) => !window.isFree(now)).map((window) => window.freeAt(now)),
  )
  const known = times.filter((at) => at !== null)
  return known.length === 0 ? null : Math.min(...known)
}
