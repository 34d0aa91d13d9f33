import { readAll, readPointer } from '../../engine/contract/pointer.ts'
import type { Confirm } from '../../engine/contract/tool.ts'
import { decode } from './codec.ts'
import { centavosFrom } from './codec-money.ts'
import { scalarText } from './exact-json.ts'

/** What checks are made on: a read's `data`, or the native answer of the write. */
export interface ConfirmSource {
  args: Readonly<Record<string, unknown>>
  resolved: Readonly<Record<string, unknown>>
  data?: unknown
  answer?: unknown
}

/**
 * Whether all the checks hold. A pointer with `*` must hold for every element of a list that is not empty.
 * `equalsArg`, `since` and `fellBy` point into {args, resolved}, or into the arguments alone (`/amount`).
 */
export function confirmed(checks: Confirm['checks'], source: ConfirmSource): boolean {
  const document = 'data' in source ? source.data : source.answer
  return (
    checks.length > 0 &&
    checks.every((check) => {
      const values = readAll(document, check.pointer)
      return values.length > 0 && values.every((value) => holds(check, value, source))
    })
  )
}

function holds(check: Confirm['checks'][number], value: unknown, source: ConfirmSource): boolean {
  if (value === undefined || value === null) return false
  if ('equals' in check) return same(value, check.equals)
  if ('equalsArg' in check) {
    return same(check.as === undefined ? value : decode(check.as, value), factAt(source, check.equalsArg))
  }
  const before = centavosFrom(factAt(source, check.since))
  const after = centavosFrom(value)
  const fell = centavosFrom(factAt(source, check.fellBy))
  return before !== null && after !== null && fell !== null && before - after === fell
}

function factAt(source: ConfirmSource, pointer: string): unknown {
  const facts = { args: source.args, resolved: source.resolved }
  return readPointer(/^\/(args|resolved)(\/|$)/.test(pointer) ? facts : source.args, pointer)
}

/** Equal as text, so that an id as a number equals one as text, and money to the centavo. */
function same(value: unknown, expected: unknown): boolean {
  if (typeof value === 'boolean' || typeof expected === 'boolean') return value === expected
  const text = scalarText(value)
  if (text === null) return false
  return (
    text === scalarText(expected) || (typeof value === 'number' && typeof expected === 'number' && value === expected)
  )
}
