import type { LimitRule } from '../../engine/contract/erp.ts'
import type { ErpError } from './outcome.ts'

/** A circuit that is open now: calls of this key are refused without reaching the ERP. */
export interface OpenCircuit {
  company: string
  operation: string
  /** Epoch milliseconds. */
  until: number
}

/** What is asked of the ERP, as the limits count it. */
export interface Counted {
  company: string
  operation: string
  digest: string
}

export interface Circuits {
  /** Why, and until when (epoch milliseconds), this call must not reach the ERP; null when it may. */
  closedTo(call: Counted): { kind: 'blocked' | 'rate_limited'; until: number } | null
  /** Counts an error that the ERP answered. */
  failed(call: Counted, error: ErpError): void
  open(): OpenCircuit[]
}

interface Entry {
  company: string
  operation: string
  errors: number[]
  until: number
}

/** Opens before the ERP bans a key: after `errors` errors within `perMs`, and for as long as the ERP asks to stay away. */
export function openCircuits(rules: readonly LimitRule[], now: () => number): Circuits {
  const counting = rules.filter((rule) => rule.errors !== undefined && rule.perMs !== undefined)
  const entries = new Map<string, Entry>()
  const entryOf = (key: string, { company, operation }: Counted): Entry => {
    const entry = entries.get(key) ?? { company, operation, errors: [], until: 0 }
    entries.set(key, entry)
    return entry
  }
  const sweep = () => {
    const longest = Math.max(0, ...counting.map(({ perMs = 0 }) => perMs))
    for (const [key, entry] of entries) {
      if (entry.until <= now() && entry.errors.every((at) => at <= now() - longest)) entries.delete(key)
    }
  }
  return {
    closedTo(call) {
      const [operationKey, digestKey] = askedKeys(call)
      const keys = [...counting.map((rule) => keyOf(rule.key, call)), operationKey]
      const blocked = Math.max(0, ...keys.map((key) => entries.get(key)?.until ?? 0))
      if (blocked > now()) return { kind: 'blocked', until: blocked }
      const asked = entries.get(digestKey)?.until ?? 0
      return asked > now() ? { kind: 'rate_limited', until: asked } : null
    },
    failed(call, error) {
      sweep()
      for (const { key, errors = 0, perMs = 0 } of counting) {
        const entry = entryOf(keyOf(key, call), call)
        entry.errors = [...entry.errors.filter((at) => at > now() - perMs), now()]
        // Open until so few are left in the window that one more error is allowed again.
        const last = entry.errors.at(-errors)
        if (last !== undefined) entry.until = Math.max(entry.until, last + perMs)
      }
      if (error.retryAfterS === undefined) return
      const [operationKey, digestKey] = askedKeys(call)
      const entry = entryOf(error.kind === 'blocked' ? operationKey : digestKey, call)
      entry.until = Math.max(entry.until, now() + error.retryAfterS * 1000)
    },
    open: () =>
      [...entries.values()]
        .filter(({ until }) => until > now())
        .map(({ company, operation, until }) => ({ company, operation, until })),
  }
}

/** A ban is for the whole operation, a request to wait for exactly this call. */
function askedKeys(call: Counted): [string, string] {
  return [
    `asked ${keyOf(['credential', 'operation'], call)}`,
    `asked ${keyOf(['credential', 'operation', 'args'], call)}`,
  ]
}

/** What one budget is counted for. All calls of this process leave by one IP. */
export function keyOf(parts: LimitRule['key'], call: Counted): string {
  const values = { ip: '', credential: call.company, operation: call.operation, args: call.digest }
  return JSON.stringify(parts.map((part) => [part, values[part]]))
}
