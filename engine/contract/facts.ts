import type { Facts } from './decision-input.ts'
import { centavosOf } from './money.ts'
import { readAll, readPointer } from './pointer.ts'
import type { FactsMap } from './tool.ts'

/** What facts are taken from: the caller's arguments and the records read before deciding. */
export interface FactsSource {
  args: Readonly<Record<string, unknown>>
  /** `as` of a resolve step → the record, or the list of records of an `each` step. */
  resolved: Readonly<Record<string, unknown>>
}

/** The normalised meaning of a call. What cannot be known is null, which denies where money moves. */
export function factsOf(map: FactsMap | undefined, source: FactsSource): Facts {
  return {
    amount: map?.amount === undefined ? null : amountOf(map.amount, source),
    open_amount: map?.open_amount === undefined ? null : sumOf(map.open_amount.sum, source),
    currency: currencyOf(map?.currency, source),
    counterparty: oneText(map?.counterparty, source),
    due_date: oneText(map?.due_date, source),
    accrual_date: oneText(map?.accrual_date, source),
    issue_date: oneText(map?.issue_date, source),
    cost_center: oneText(map?.cost_center, source),
    bank_change: map?.bank_change !== undefined && readPointer(source, map.bank_change.present) !== undefined,
    idempotency_key: oneText(map?.idempotency_key, source),
    rows: rowsOf(map?.rows, source),
    filtered: map?.filtered?.any.some((pointer) => narrows(readPointer(source, pointer))) ?? false,
  }
}

// One letter is in nearly every name: a list "filtered" by it is the whole list.
function narrows(value: unknown): boolean {
  return typeof value === 'string' && value.replace(/[^\p{L}\p{N}]/gu, '').length >= 3
}

function amountOf(map: NonNullable<FactsMap['amount']>, source: FactsSource): number | null {
  if ('sum' in map) return sumOf(map.sum, source)
  const first = map.first.find((pointer) => readPointer(source, pointer) !== undefined)
  return first === undefined ? null : sumOf([first], source)
}

/**
 * Adds money up. An optional argument that is not there adds nothing, as long as one of them is;
 * a resolved amount that is missing, or any value that is not exact money, makes the sum unknown.
 */
function sumOf(pointers: readonly string[], source: FactsSource): number | null {
  let sum = 0
  let seen = false
  for (const pointer of pointers) {
    const values = readAll(source, pointer)
    for (const value of values) {
      if (value === undefined && pointer.startsWith('/args/')) continue
      const centavos = typeof value === 'number' ? centavosOf(value) : null
      if (centavos === null || centavos < 0) return null
      sum += centavos
      seen = true
    }
  }
  return seen && Number.isSafeInteger(sum) ? sum : null
}

/** The one text that all the values agree on; null when there is none, or when they differ. */
function oneText(pointer: string | undefined, source: FactsSource): string | null {
  if (pointer === undefined) return null
  const [first, ...rest] = readAll(source, pointer)
  return typeof first === 'string' && rest.every((value) => value === first) ? first : null
}

function currencyOf(map: FactsMap['currency'], source: FactsSource): string {
  if (map === undefined) return 'BRL'
  return typeof map === 'string' ? (oneText(map, source) ?? 'unknown') : map.const
}

function rowsOf(pointer: string | undefined, source: FactsSource): number | null {
  const value = pointer === undefined ? undefined : readPointer(source, pointer)
  return typeof value === 'number' ? value : null
}
