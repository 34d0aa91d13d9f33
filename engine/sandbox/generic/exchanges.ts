import { canonicalText } from '../../contract/canonical.ts'
import type { StandInExchange } from '../../contract/stand-in.ts'
import type { RawAnswer } from '../listener.ts'
import type { Asked } from './asked.ts'

/** Plays recorded exchanges. Equal requests are answered in their order; the last answer stays. */
export function openExchanges(recorded: readonly StandInExchange[]): (call: Asked) => RawAnswer | null {
  const waiting = new Map<string, StandInExchange[]>()
  for (const exchange of recorded) {
    const { method, path, query = {}, body } = exchange
    const asked = requestText(method, path, Object.entries(query), body)
    waiting.set(asked, [...(waiting.get(asked) ?? []), exchange])
  }
  return ({ method, path, query, body }) => {
    const left = waiting.get(requestText(method, path, [...query], body))
    const next = left !== undefined && left.length > 1 ? left.shift() : left?.[0]
    if (next === undefined) return null
    const { status, headers, answer } = next
    return { status, ...(headers && { headers }), ...(answer === undefined ? {} : { body: answer }) }
  }
}

function requestText(method: string, path: string, query: readonly [string, string][], body: unknown): string {
  const sorted = [...query].sort(([a], [b]) => (a < b ? -1 : 1))
  return canonicalText([method, path, sorted, body ?? null])
}
