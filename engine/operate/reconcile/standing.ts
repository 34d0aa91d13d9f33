import type { ErpSide } from './difference.ts'
import type { Meant } from './records.ts'

/** What the ledger says became of one settlement. */
export interface Standing {
  drafted: Meant | null
  settled: Meant | null
  removed: Meant | null
  /** Centavos, after the last alteration; null where the ledger does not know it of this one alone. */
  amount: number | null
  /** All of its entries that were done, in order. */
  entries: string[]
}

/** By the id of the settlement, out of the calls that were done. */
export function standings(meant: readonly Meant[]): Map<string, Standing> {
  const found = new Map<string, Standing>()
  for (const one of meant.filter(({ call }) => call.end === 'done')) {
    for (const id of one.ids) {
      const standing = found.get(id) ?? { drafted: null, settled: null, removed: null, amount: null, entries: [] }
      found.set(id, standing)
      standing.entries.push(one.call.entry)
      if (one.does === 'remove') standing.removed = one
      if (one.does === 'draft') standing.drafted = one
      if (one.does === 'settle') standing.settled = one
      // Of several that are settled together only the sum is known.
      if (one.ids.length === 1 && one.amount !== null && one.does !== 'remove') standing.amount = one.amount
    }
  }
  return found
}

/** Whether a record can be what a call made, whose id nobody was told: nothing that both know differs. */
export function fits({ does, of, amount, date, counterparty }: Meant, record: ErpSide): boolean {
  if (does !== 'settle' && does !== 'draft') return false
  const agree = (one: string | null, other: string | null): boolean => one === null || other === null || one === other
  return (
    amount !== null &&
    record.amount === amount &&
    agree(of, record.of) &&
    agree(date, record.date) &&
    agree(counterparty, record.counterparty)
  )
}
