import { canonicalText } from '../../contract/canonical.ts'
import type { StandInExchange } from '../../contract/stand-in.ts'
import type { RawAnswer } from '../listener.ts'
import { isRow } from '../row.ts'
import type { Asked } from './asked.ts'

/** Plays recorded exchanges. Equal requests are answered in their order; the last answer stays. */
export function openExchanges(recorded: readonly StandInExchange[]): (call: Asked) => RawAnswer | null {
  const waiting = new Map<string, StandInExchange[]>()
  const open: StandInExchange[] = []
  for (const exchange of recorded) {
    const { method, path, query = {}, body } = exchange
    if (JSON.stringify([query, body]).includes('"$any"')) open.push(exchange)
    const asked = requestText(method, path, Object.entries(query), body)
    waiting.set(asked, [...(waiting.get(asked) ?? []), exchange])
  }
  return (call) => {
    const { method, path, query, body } = call
    const left = waiting.get(requestText(method, path, [...query], body))
    const same = left !== undefined && left.length > 1 ? left.shift() : left?.[0]
    const next = same ?? open.find((exchange) => allows(exchange, call))
    if (next === undefined) return null
    const { status, headers, answer } = next
    return { status, ...(headers && { headers }), ...(answer === undefined ? {} : { body: answer }) }
  }
}

/** Whether a request is the recorded one but for what may be anything. */
function allows({ method, path, query = {}, body }: StandInExchange, call: Asked): boolean {
  const same = method === call.method && path === call.path
  return same && fits(query, Object.fromEntries(call.query)) && fits(body ?? null, call.body ?? null)
}

function fits(wanted: unknown, given: unknown): boolean {
  if (isRow(wanted) && wanted['$any'] === true) return given !== undefined
  if (Array.isArray(wanted)) {
    return Array.isArray(given) && given.length === wanted.length && wanted.every((one, at) => fits(one, given[at]))
  }
  if (!isRow(wanted) || !isRow(given)) return wanted === given
  const names = new Set([...Object.keys(wanted), ...Object.keys(given)])
  return [...names].every((name) => fits(wanted[name], given[name]))
}

function requestText(method: string, path: string, query: readonly [string, unknown][], body: unknown): string {
  const sorted = [...query].sort(([a], [b]) => (a < b ? -1 : 1))
  return canonicalText([method, path, sorted, body ?? null])
}
