import { centavosOf } from '../../contract/money.ts'
import { readPointer } from '../../contract/pointer.ts'
import type { SettlementCall, SettlementMap } from '../../contract/reconcile.ts'
import type { EntrySide, ErpSide } from './difference.ts'
import type { LedgerCall } from './ledger-calls.ts'
import { isWithin, type Window } from './window.ts'

/** A record of the ERP as it is compared; null where it names no id or no amount. */
export function erpSide(record: unknown, map: SettlementMap['record']): ErpSide | null {
  const id = textAt(record, map.id)
  const amount = moneyAt(record, map.amount)
  if (id === null || amount === null) return null
  const at = (pointer: string | undefined): string | null => (pointer === undefined ? null : textAt(record, pointer))
  const [of, date, counterparty, status] = [at(map.of), at(map.date), at(map.counterparty), at(map.status)]
  return { id, of, date, amount, counterparty, status }
}

/** What a call says of the settlements it is about. */
export interface Meant {
  call: LedgerCall
  does: SettlementCall['does']
  /** None where the ERP did not answer, and the arguments do not name them. */
  ids: string[]
  of: string | null
  /** Centavos of all of them together. */
  amount: number | null
  date: string | null
  counterparty: string | null
}

/** The calls of the ledger that make or take away what a list of the ERP shows. */
export function meantBy(calls: readonly LedgerCall[], { calls: map }: SettlementMap): Meant[] {
  return calls.flatMap((call) => {
    const how = Object.hasOwn(map, call.tool) ? map[call.tool] : undefined
    if (how === undefined) return []
    const document = { args: call.args, result: call.result }
    const at = (pointer: string | undefined): string | null =>
      pointer === undefined ? null : textAt(document, pointer)
    const found = readPointer(document, how.id)
    const ids = (Array.isArray(found) ? found : [found]).filter((id) => typeof id === 'string')
    // An alteration that names no amount leaves it as it was.
    const amount = how.amount === undefined ? (how.does === 'change' ? null : call.amount) : sumAt(document, how.amount)
    const counterparty = at(how.counterparty) ?? call.counterparty
    return [{ call, does: how.does, ids, of: at(how.of), amount, date: at(how.date), counterparty }]
  })
}

/** Whether a call was made on one of the days, or made something that bears one of them. */
export function isMeantIn({ call, date }: Meant, window: Window, dayOf: (at_ms: number) => string): boolean {
  return isWithin(dayOf(call.at_ms), window) || (date !== null && isWithin(date, window))
}

export function entrySide({ call, amount }: Pick<Meant, 'call' | 'amount'>): EntrySide {
  const { entry, at_ms, tool, caller, person, reference } = call
  return { entry, at: new Date(at_ms).toISOString(), tool, caller, person, amount, reference }
}

/** Null where none of them is there. */
function sumAt(document: unknown, pointers: readonly string[]): number | null {
  const parts = pointers.flatMap((pointer) => moneyAt(document, pointer) ?? [])
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0)
}

export function moneyAt(document: unknown, pointer: string): number | null {
  const value = readPointer(document, pointer)
  return typeof value === 'number' ? centavosOf(value) : null
}

function textAt(document: unknown, pointer: string): string | null {
  const value = readPointer(document, pointer)
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null
}
