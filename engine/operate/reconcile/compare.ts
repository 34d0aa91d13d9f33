import type { SettlementMap } from '../../contract/reconcile.ts'
import type { Difference, ErpSide, Matched } from './difference.ts'
import { entrySide, isMeantIn, type Meant } from './records.ts'
import { fits, type Standing, standings } from './standing.ts'
import { pendingOutcomes } from './unknown.ts'
import { isWithin, type Window } from './window.ts'

/** What was read of the settlements of one company. */
export interface Read {
  listed: readonly ErpSide[]
  /** Of ids that the list did not show: the record, or null where there is none. */
  asked: ReadonlyMap<string, ErpSide | null>
}

export interface Compared {
  differences: Difference[]
  matched: Matched[]
}

/**
 * Compares a list in which each record is one settlement with the calls of the ledger.
 * @param meant of the whole ledger, whenever they were made
 * @param dayOf the day of an instant on the clocks of the company
 */
export function compareSettlements(
  map: SettlementMap,
  meant: readonly Meant[],
  read: Read,
  { company, window, dayOf }: { company: string; window: Window; dayOf: (at_ms: number) => string },
): Compared {
  const [differences, matched]: [Difference[], Matched[]] = [[], []]
  const known = standings(meant)
  const pending = meant.filter(({ call }) => call.end === 'unknown')
  // What became of them nobody knows, or not yet: what they name is told with them.
  const open = meant.filter(({ call }) => call.end === 'unknown' || call.end === 'running')
  const unplaced = new Set(meant.filter(({ call, ids }) => call.end === 'done' && ids.length === 0))
  const records = new Map([...read.listed, ...[...read.asked.values()].filter((one) => one !== null)].map(byId))
  const about = { of: map.name, company }
  const isMoved = ({ status }: ErpSide): boolean => map.settled === undefined || map.settled.includes(status ?? '')
  const inWindow = (one: Meant | null): boolean => one !== null && isMeantIn(one, window, dayOf)
  const tell = (
    kind: Difference['kind'],
    erp: ErpSide | null,
    one: Meant | null,
    evidence: string,
    next = LOOK,
  ): void =>
    void differences.push({ kind, ...about, erp, ledger: one === null ? null : entrySide(one), evidence, next })
  const same = (erp: ErpSide, entries: string[]): void => void matched.push({ ...about, erp, entries })

  function one(erp: ErpSide, standing: Standing): void {
    const { drafted, settled, removed, amount, entries } = standing
    const told = (erp.date !== null && isWithin(erp.date, window)) || [removed, settled, drafted].some(inWindow)
    if (!told) return
    if (open.some(({ ids }) => ids.includes(erp.id))) return
    const moved = isMoved(erp)
    if (removed !== null) tell('ledger_only', erp, removed, 'the ledger has taken it away, and the ERP still has it')
    else if (moved && map.settled !== undefined && settled === null) {
      tell('erp_only', erp, drafted, `it is \`${erp.status}\` in the ERP; in the ledger nobody let it through`)
    } else if (!moved && settled !== null) {
      tell('ledger_only', erp, settled, `the ledger let it through, and in the ERP it is \`${erp.status}\``)
    } else if (amount !== null && erp.amount !== amount) {
      tell('amount_differs', erp, settled ?? drafted, 'the amount is another one than the ledger let through')
    } else same(erp, entries)
  }

  for (const erp of records.values()) {
    const standing = known.get(erp.id)
    if (standing !== undefined) {
      one(erp, standing)
      continue
    }
    const maker = [...unplaced].find((call) => fits(call, erp))
    if (maker !== undefined) {
      unplaced.delete(maker)
      same(erp, [maker.call.entry])
    } else if (!open.some((call) => call.ids.includes(erp.id) || fits(call, erp))) {
      if (erp.date !== null && !isWithin(erp.date, window)) continue
      // What the ERP was thought to have refused.
      const tried = meant.find((call) => call.call.end === 'not_done' && (call.ids.includes(erp.id) || fits(call, erp)))
      const what = isMoved(erp) ? 'no entry of the ledger made it' : 'a draft that no entry of the ledger made'
      tell(
        'erp_only',
        erp,
        tried ?? null,
        tried === undefined ? what : `${what}; this one, which was not done, fits it`,
      )
    }
  }
  for (const [id, { drafted, settled, removed }] of known) {
    const last = settled ?? drafted
    if (records.has(id) || removed !== null || (!inWindow(settled) && !inWindow(drafted))) continue
    if (open.some(({ ids }) => ids.includes(id))) continue
    tell('ledger_only', null, last, `the ERP has no ${map.name} \`${id}\` any more`)
  }
  for (const call of unplaced) if (inWindow(call)) tell('ledger_only', null, call, `no ${map.name} in the ERP fits it`)
  for (const batch of meant.filter(
    ({ call, does, ids }) => call.end === 'done' && does === 'settle' && ids.length > 1,
  )) {
    const parts = batch.ids.flatMap((id) => records.get(id) ?? [])
    const sum = parts.reduce((all, { amount }) => all + (amount ?? 0), 0)
    if (parts.length < batch.ids.length || batch.amount === null || sum === batch.amount || !inWindow(batch)) continue
    if (differences.some(({ erp }) => batch.ids.includes(erp?.id ?? ''))) continue
    const together = { id: batch.ids.join(' '), of: null, date: null, amount: sum, counterparty: null, status: null }
    tell('amount_differs', together, batch, 'together they are another amount than the ledger let through')
  }
  differences.push(...pendingOutcomes({ map, pending, known, records, about, isMoved }))
  return { differences, matched }
}

const LOOK = 'look in the ERP who did it'

function byId(erp: ErpSide): [string, ErpSide] {
  return [erp.id, erp]
}
