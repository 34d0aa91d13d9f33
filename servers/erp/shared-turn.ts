import { randomUUID } from 'node:crypto'
import type { LimitRule } from '../../engine/contract/erp.ts'
import type { LimitEnding, LimitTaken, LimitUse, SharedLimits } from '../../engine/contract/erp-limit.ts'
import { type Asked, askedKeys, type Circuits, type Counted, isFor, keyOf } from './circuit.ts'
import { ErpFailure } from './outcome.ts'
import { budgetUsedUp, leftAlone, waitEnded } from './turned-away.ts'

export interface SharedTurnOptions {
  rules: readonly LimitRule[]
  shared: SharedLimits
  circuits: Circuits
  now: () => number
  /** Longest wait for a turn, in milliseconds. */
  maxWaitMs: number
  /** Longest that one call may be under way, in milliseconds. */
  holdMs: number
  onHit: (hit: LimitHit) => void
}

/** A limit that held a call up or turned it away. closed: a circuit. */
export type LimitHit = 'waited' | 'refused' | 'closed'

/** What the ERP answered. */
export interface Answered {
  answer: LimitEnding['answer']
  asked: Asked | null
}

/** A turn under the limits as all replicas keep them together. */
export interface SharedTurn {
  /** Gives the name of the turn. Throws ErpFailure: nothing was sent. */
  take(call: Counted, signal: AbortSignal | undefined): Promise<string>
  /**
   * The turn is over. Resolves once the other replicas know; nobody has to wait for that unless the ERP answered an
   * error. A loss of this word is made good when the longest time of a call has passed.
   */
  end(id: string, call: Counted, answered: Answered): Promise<void>
}

export function openSharedTurn(options: SharedTurnOptions): SharedTurn {
  const { rules, shared, circuits, now, maxWaitMs, holdMs, onHit } = options
  const usesOf = (call: Counted): (LimitUse & { refuse: boolean })[] =>
    rules.flatMap((rule) => {
      const max = rule.onHit === 'cache' ? undefined : rule.max
      if (!isFor(rule, call) || (max === undefined && rule.concurrency === undefined)) return []
      const scope = `${rule.of ?? 'all'} ${rule.perMs ?? 0} ${keyOf(rule.key, call)}`
      const limits = { max: max ?? null, per_ms: rule.perMs ?? 0, concurrency: rule.concurrency ?? null }
      return [{ scope, ...limits, refuse: rule.onHit === 'circuit' }]
    })
  const errorsOf = (call: Counted): LimitEnding['circuits'] =>
    rules.flatMap((rule) =>
      rule.errors === undefined || rule.perMs === undefined || !isFor(rule, call)
        ? []
        : [{ scope: keyOf(rule.key, call), errors: rule.errors, per_ms: rule.perMs }],
    )

  async function asked(id: string, call: Counted, uses: readonly LimitUse[]): Promise<LimitTaken> {
    const scopes = [...errorsOf(call).map(({ scope }) => scope), ...Object.values(askedKeys(call)).flat()]
    const taking = { id, uses: uses.map(plain), circuits: [...new Set(scopes)], read: call.read, hold_ms: holdMs }
    try {
      return await shared.take(taking)
    } catch {
      throw new ErpFailure({ kind: 'rate_limited', message: UNKNOWN, retryAfterS: 5 }, true)
    }
  }

  return {
    async take(call, signal) {
      const uses = usesOf(call)
      const id = randomUUID()
      const latest = now() + maxWaitMs
      for (let waited = false; ; waited = true) {
        if (signal?.aborted === true) throw waitEnded(signal)
        const taken = await asked(id, call, uses)
        if (taken.kind === 'taken') return id
        if (taken.kind === 'closed' && taken.why === 'rate_limited' && taken.ms <= NEARLY_MS) {
          await pause(taken.ms, signal)
          continue
        }
        if (taken.kind === 'closed') {
          onHit('closed')
          if (taken.why !== 'trial') circuits.heard(call, taken.scope, now() + taken.ms)
          throw leftAlone(taken.why === 'rate_limited' ? 'rate_limited' : 'blocked', taken.ms)
        }
        if (uses.some(({ refuse }) => refuse) || now() + taken.ms > latest) {
          onHit('refused')
          throw budgetUsedUp(taken.slots, taken.ms - 1)
        }
        if (!waited) onHit('waited')
        await pause(taken.ms, signal)
      }
    },
    async end(id, call, { answer, asked }) {
      const { company, operation, read } = call
      const ending = {
        id,
        company,
        operation,
        read,
        uses: usesOf(call).map(plain),
        answer,
        circuits: errorsOf(call),
        asked,
      }
      await shared.end(ending).catch(() => undefined)
    },
  }
}

// What the ERP asked for is counted from when it was written down, a little later than whoever comes again counts.
const NEARLY_MS = 250

const UNKNOWN = 'the limits of the ERP cannot be looked at, so nothing is sent'

function plain({ scope, max, per_ms, concurrency }: LimitUse): LimitUse {
  return { scope, max, per_ms, concurrency }
}

function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const over = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', over)
      resolve()
    }
    const timer = setTimeout(over, ms)
    signal?.addEventListener('abort', over)
    if (signal?.aborted === true) over()
  })
}
