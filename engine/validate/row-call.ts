import { tokensOf } from '../contract/pointer.ts'
import type { DecisionTable, ExampleCall } from './decision-table.ts'

/** The call of a row: the example of its tool with what the row changes. Null where there is no example. */
export function callOf(
  table: Pick<DecisionTable, 'examples'>,
  row: { does: string; with: Record<string, unknown> },
): ExampleCall | null {
  const example = Object.hasOwn(table.examples, row.does) ? table.examples[row.does] : undefined
  if (example === undefined) return null
  const call = structuredClone({ args: example.args, resolved: example.resolved })
  for (const [pointer, value] of Object.entries(row.with)) put(call, pointer, structuredClone(value))
  return call
}

/** Puts a value at a JSON Pointer, making the maps on the way that are not there. Names that reach a prototype are left alone. */
export function put(document: object, pointer: string, value: unknown): void {
  const tokens = tokensOf(pointer)
  const last = tokens.pop()
  if (last === undefined || [...tokens, last].includes('__proto__')) return
  let parent: object = document
  for (const token of tokens) {
    const next: unknown = Object.hasOwn(parent, token) ? Reflect.get(parent, token) : undefined
    if (typeof next === 'object' && next !== null) parent = next
    else {
      const made = {}
      Reflect.set(parent, token, made)
      parent = made
    }
  }
  Reflect.set(parent, last, value)
}
