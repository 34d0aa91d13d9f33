import { ERROR_WAITS, type ErrorWaits, type LimitRule } from '../../engine/contract/erp.ts'
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
  /** It changes nothing in the ERP. */
  read: boolean
}

export interface Circuits {
  /** Why, and until when (epoch milliseconds), this call must not reach the ERP; null when it may. */
  closedTo(call: Counted): { kind: 'blocked' | 'rate_limited'; until: number } | null
  /** Counts an error that the ERP answered. */
  failed(call: Counted, error: ErpError): void
  /** Another replica has met what closes this to the call. */
  heard(call: Counted, scope: string, until: number): void
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
      const asked = askedKeys(call)
      const counted = counting.filter((rule) => isFor(rule, call)).map((rule) => keyOf(rule.key, call))
      const untilOf = (keys: string[]): number => Math.max(0, ...keys.map((key) => entries.get(key)?.until ?? 0))
      const blocked = untilOf([...counted, ...asked.blocked])
      if (blocked > now()) return { kind: 'blocked', until: blocked }
      const limited = untilOf(asked.rate_limited)
      return limited > now() ? { kind: 'rate_limited', until: limited } : null
    },
    failed(call, error) {
      sweep()
      for (const rule of counting) {
        if (!isFor(rule, call)) continue
        const { key, errors = 0, perMs = 0 } = rule
        const entry = entryOf(keyOf(key, call), call)
        entry.errors = [...entry.errors.filter((at) => at > now() - perMs), now()]
        // Open until so few are left in the window that one more error is allowed again.
        const last = entry.errors.at(-errors)
        if (last !== undefined) entry.until = Math.max(entry.until, last + perMs)
      }
      const asked = askedBy(call, error)
      if (asked === null) return
      const entry = entryOf(asked.scope, call)
      entry.until = Math.max(entry.until, now() + asked.ms)
    },
    heard(call, scope, until) {
      sweep()
      const entry = entryOf(scope, call)
      entry.until = Math.max(entry.until, until)
    },
    open: () =>
      [...entries]
        // What must not be repeated yet is one call, and the operation stands open.
        .filter(([key, { until }]) => until > now() && !key.startsWith('rate_limited '))
        .map(([, { company, operation, until }]) => ({ company, operation, until })),
  }
}

/** What the ERP asked to be left alone with. */
export interface Asked {
  scope: string
  kind: 'blocked' | 'rate_limited'
  ms: number
}

const ASKED_KEYS: Readonly<Record<ErrorWaits, LimitRule['key']>> = {
  call: ['credential', 'operation', 'args'],
  operation: ['credential', 'operation'],
  credential: ['credential'],
}

/** Where a ban, or a request to wait, that concerns this call would stand. */
export function askedKeys(call: Counted): Record<Asked['kind'], string[]> {
  const keys = (kind: Asked['kind']): string[] =>
    ERROR_WAITS.map((waits) => `${kind} ${keyOf(ASKED_KEYS[waits], call)}`)
  return { blocked: keys('blocked'), rate_limited: keys('rate_limited') }
}

/** Null where the ERP said no time. Unless its rule says more, a ban is for the operation, a request to wait for exactly this call. */
export function askedBy(call: Counted, { kind: error, retryAfterS, waits }: ErpError): Asked | null {
  if (retryAfterS === undefined) return null
  const kind = error === 'blocked' ? 'blocked' : 'rate_limited'
  const key = ASKED_KEYS[waits ?? (kind === 'blocked' ? 'operation' : 'call')]
  return { scope: `${kind} ${keyOf(key, call)}`, kind, ms: retryAfterS * 1000 }
}

/** Whether a rule is for calls of this kind. */
export function isFor({ of }: LimitRule, { read }: Counted): boolean {
  return of === undefined || (of === 'reads') === read
}

/** What one budget is counted for. All calls of this process leave by one IP. */
export function keyOf(parts: LimitRule['key'], call: Counted): string {
  const values = { ip: '', credential: call.company, operation: call.operation, args: call.digest }
  return JSON.stringify(parts.map((part) => [part, values[part]]))
}
