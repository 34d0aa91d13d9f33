import type { CatalogueTool } from '../../contract/catalogue.ts'
import { readPointer } from '../../contract/pointer.ts'
import type { FactsMap } from '../../contract/tool.ts'
import type { ExampleCall } from '../../validate/decision-table.ts'
import { put } from '../../validate/row-call.ts'

/** A call changed so that the decision input has a value at a place; what no call can reach is null. */
export interface Variation {
  call: ExampleCall
  given: Record<string, unknown>
}

/**
 * Gives a place of the decision input a value. Facts and arguments are changed where they come from, so that the
 * contract's own code makes the facts; what the server adds (caller, history, time, approvals) is put there itself.
 */
export function vary(tool: CatalogueTool, call: ExampleCall, pointer: string, value: unknown): Variation | null {
  if (/^\/(caller|history|time|approvals)(\/|$)/.test(pointer)) return { call, given: { [pointer]: value } }
  if (pointer.startsWith('/args/')) return changed(call, pointer, value)
  const fact = /^\/facts\/([a-z_]+)$/.exec(pointer)?.[1]
  if (fact === undefined) return null
  if (fact === 'amount') return typeof value === 'number' ? withAmount(tool, call, value) : null
  const source = sourceOf(tool.facts, fact)
  if (source === null) return null
  if (fact === 'open_amount') return typeof value === 'number' ? changed(call, source, value / 100) : null
  if (fact === 'bank_change') return typeof value === 'boolean' ? withPresence(call, source, value) : null
  return fact === 'filtered' ? null : changed(call, source, value)
}

/** Where a fact comes from: the first pointer that stands for it. */
export function sourceOf(facts: FactsMap | undefined, fact: string): string | null {
  const map: unknown = Object.entries(facts ?? {}).find(([name]) => name === fact)?.[1]
  const pointer = textsIn(map).find((text) => text.startsWith('/'))
  return pointer === undefined ? null : pointer.replaceAll('*', '0')
}

/** The whole call moves this many centavos; what is still open grows with it, so that the amount alone is judged. */
function withAmount(tool: CatalogueTool, call: ExampleCall, centavos: number): Variation | null {
  const source = sourceOf(tool.facts, 'amount')
  if (source === null || centavos <= 0 || centavos > MOST) return null
  const copy = structuredClone(call)
  const others = textsIn(tool.facts?.amount)
    .map((pointer) => pointer.replaceAll('*', '0'))
    .filter((pointer) => pointer !== source && tool.facts?.amount !== undefined && 'sum' in tool.facts.amount)
    .map((pointer) => readPointer(copy, pointer))
  const rest = others.reduce<number>((sum, each) => sum + (typeof each === 'number' ? Math.round(each * 100) : 0), 0)
  if (centavos - rest <= 0) return null
  put(copy, source, (centavos - rest) / 100)
  const open = sourceOf(tool.facts, 'open_amount')
  if (open !== null && open !== source) put(copy, open, Math.max(centavos / 100, numberAt(copy, open)))
  return { call: copy, given: {} }
}

function withPresence(call: ExampleCall, source: string, wanted: boolean): Variation | null {
  if (wanted) return readPointer(call, source) === undefined ? changed(call, source, SOME_BANK) : { call, given: {} }
  const copy = structuredClone(call)
  const [, name = ''] = /^\/args\/([^/]+)$/.exec(source) ?? []
  return Reflect.deleteProperty(copy.args, name) ? { call: copy, given: {} } : null
}

function changed(call: ExampleCall, pointer: string, value: unknown): Variation {
  const copy = structuredClone(call)
  put(copy, pointer, value)
  return { call: copy, given: {} }
}

function numberAt(document: unknown, pointer: string): number {
  const value = readPointer(document, pointer)
  return typeof value === 'number' ? value : 0
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** Above it, reais with two decimals are no longer exact. */
const MOST = 90_000_000_000_000

/** Bank data as the universal vocabulary has it. */
const SOME_BANK = { bank_code: '001', branch: '1234', account: '567890' }
