import type { LimitRule } from '../../engine/contract/erp.ts'
import type { SharedLimits } from '../../engine/contract/erp-limit.ts'
import { askedBy, type Circuits, type Counted, isFor, keyOf, type OpenCircuit, openCircuits } from './circuit.ts'
import type { ErpError, ErpFailure } from './outcome.ts'
import { type LimitHit, openSharedTurn, type SharedTurn } from './shared-turn.ts'
import { budgetUsedUp, leftAlone, waitEnded } from './turned-away.ts'
import { openWindow, type Window } from './window.ts'

export interface LimiterSharing {
  /** What replicas keep together. Absent or null: this process is alone, and forgets when it ends. */
  shared?: SharedLimits | null | undefined
  onHit?: ((hit: LimitHit) => void) | undefined
}

export interface LimiterOptions extends LimiterSharing {
  rules: readonly LimitRule[]
  now: () => number
  /** Longest wait for a turn, in milliseconds. */
  maxWaitMs: number
  /** Calls that may wait at once. */
  maxWaiting: number
  /** Longest that one call may be under way, in milliseconds. Default 60_000. */
  holdMs?: number
}

export interface Limiter {
  /** Waits for a turn under every limit, runs, and counts. Throws ErpFailure: rate_limited, busy or blocked, nothing sent. */
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

/** An exchange may log in anew and be sent once more: four exchanges, and a while to tell how it ended. */
export function longestCallMs(timeoutMs: number): number {
  return 4 * timeoutMs + 5_000
}

/** A queue of this process's own before the budgets that replicas share: who is turned away here costs no database. */
export function openLimiter(options: LimiterOptions): Limiter {
  const { rules, now, maxWaitMs, maxWaiting, shared = null, holdMs = 60_000, onHit = () => undefined } = options
  const circuits = openCircuits(rules, now)
  const together: SharedTurn | null =
    shared === null ? null : openSharedTurn({ rules, shared, circuits, now, maxWaitMs, holdMs, onHit })
  const errors = new WeakMap<Counted, ErpError>()
  const counting = rules.filter(
    (rule) => (rule.max !== undefined && rule.onHit !== 'cache') || rule.concurrency !== undefined,
  )
  const windows = new Map<string, Window>()
  const waiting: Waiter[] = []
  let timer: NodeJS.Timeout | undefined

  function windowsOf(call: Counted): { window: Window; refuse: boolean }[] {
    if (windows.size > MANY) for (const [key, window] of windows) if (window.isIdle(now())) windows.delete(key)
    return counting.flatMap((rule, index) => {
      if (!isFor(rule, call)) return []
      const key = `${index} ${keyOf(rule.key, call)}`
      const max = rule.onHit === 'cache' ? undefined : rule.max
      const window = windows.get(key) ?? openWindow({ max, perMs: rule.perMs, concurrency: rule.concurrency })
      windows.set(key, window)
      return [{ window, refuse: rule.onHit === 'circuit' }]
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
    if (waiting.length >= maxWaiting) return Promise.reject(refused(own))
    onHit('waited')
    return new Promise((resolve, reject) => {
      const leave = (failure: ErpFailure) => {
        const at = waiting.indexOf(waiter)
        if (at < 0) return
        waiting.splice(at, 1)
        settle()
        reject(failure)
        admit()
      }
      const cancelled = () => signal !== undefined && leave(waitEnded(signal))
      const late = setTimeout(() => leave(refused(own)), maxWaitMs)
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

  function refused(windows: readonly Window[]): ErpFailure {
    onHit('refused')
    return tooMany(windows, now())
  }

  function refuseClosed(call: Counted): void {
    const closed = circuits.closedTo(call)
    if (closed === null) return
    onHit('closed')
    throw leftAlone(closed.kind, closed.until - now())
  }

  /** The exchange in a turn that no replica takes as well. */
  async function turnedTogether<T>(
    turn: SharedTurn,
    call: Counted,
    signal: AbortSignal | undefined,
    exchange: () => Promise<T>,
  ): Promise<T> {
    const id = await turn.take(call, signal)
    let answer: 'done' | 'none' = 'none'
    try {
      const result = await exchange()
      answer = 'done'
      return result
    } finally {
      const error = errors.get(call)
      if (error === undefined) void turn.end(id, call, { answer, asked: null })
      else await turn.end(id, call, { answer: 'error', asked: askedBy(call, error) })
    }
  }

  return {
    async run(call, signal, exchange) {
      refuseClosed(call)
      const own = windowsOf(call)
      const full = own.find(({ window, refuse }) => refuse && !window.isFree(now()))
      if (full !== undefined) throw refused([full.window])
      const used = own.map(({ window }) => window)
      await turn(used, signal)
      try {
        // While waiting, others may have met enough errors.
        refuseClosed(call)
        return await (together === null ? exchange() : turnedTogether(together, call, signal, exchange))
      } finally {
        for (const window of used) window.end(now())
        admit()
      }
    },
    failed(call, error) {
      errors.set(call, error)
      circuits.failed(call, error)
    },
    openCircuits: circuits.open,
    close: () => clearTimeout(timer),
  }
}

function tooMany(windows: readonly Window[], now: number): ErpFailure {
  const free = windows.filter((window) => !window.isFree(now)).map((window) => window.freeAt(now))
  const known = free.filter((at) => at !== null)
  // Only the end of a call under way helps where time alone does not.
  return budgetUsedUp(known.length < free.length, Math.max(now, ...known) - now - 1)
}

function nextFree(waiting: readonly Waiter[], now: number): number | null {
  const times = waiting.flatMap(({ windows }) =>
    windows.filter((window) => !window.isFree(now)).map((window) => window.freeAt(now)),
  )
  const known = times.filter((at) => at !== null)
  return known.length === 0 ? null : Math.min(...known)
}
