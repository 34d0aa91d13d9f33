import { decimalOf } from '../../contract/money.ts'
import type { SettlementMap } from '../../contract/reconcile.ts'
import type { Compared } from './compare.ts'
import type { Difference, ErpSide, Matched } from './difference.ts'
import { entrySide, isMeantIn, type Meant } from './records.ts'
import { resolving } from './unknown.ts'
import type { Window } from './window.ts'

/** A title of the ERP: `amount` of it is settled. */
export interface Title extends ErpSide {
  /** None of its days is within what is compared. */
  isPast: boolean
}

/**
 * Compares an ERP that only tells how much of each title is settled. What was settled before the ledger's first call of
 * it is told too: nobody can say that it was long ago.
 */
export function compareSums(
  map: SettlementMap,
  meant: readonly Meant[],
  titles: readonly Title[],
  { company, window, dayOf }: { company: string; window: Window; dayOf: (at_ms: number) => string },
): Compared {
  const [differences, matched]: [Difference[], Matched[]] = [[], []]
  const about = { of: map.name, company }
  const there = new Set(titles.map(({ id }) => id))
  const inWindow = (one: Meant): boolean => isMeantIn(one, window, dayOf)
  for (const { isPast, ...erp } of titles) {
    const own = meant.filter(({ of }) => of === erp.id)
    const open = own.filter(({ call }) => call.end === 'unknown')
    const done = own.filter(({ call }) => call.end === 'done')
    if ((isPast && !own.some(inWindow) && open.length === 0) || own.some(({ call }) => call.end === 'running')) continue
    const says = settledBy(own, done)
    const settled = erp.amount ?? 0
    const last = done.at(-1) ?? null
    const ledger = last === null ? null : { ...entrySide(last), amount: says }
    const tell = (kind: Difference['kind'], evidence: string): void =>
      void differences.push({ kind, ...about, erp, ledger, evidence, next: 'look in the ERP who did it' })
    if (open.length > 0) differences.push(...pendingSums(open, own, erp, says, about))
    else if (says === null) tell('amount_differs', 'the ledger took away a settlement that it did not make')
    else if (settled > says)
      tell('erp_only', `${decimalOf(settled - says)} of it is settled without an entry of the ledger`)
    else if (settled < says)
      tell('ledger_only', `${decimalOf(says - settled)} of it, which the ledger settled, is open`)
    else if (own.length > 0) matched.push({ ...about, erp, entries: done.map(({ call }) => call.entry) })
  }
  for (const one of meant.filter((call) => call.of !== null && !there.has(call.of) && inWindow(call))) {
    const evidence = `the ERP has no ${map.name} \`${one.of}\` any more`
    const shared = { ...about, erp: null, ledger: entrySide(one), evidence }
    const { end, entry } = one.call
    if (end === 'done' && one.does === 'settle') {
      differences.push({ kind: 'ledger_only', ...shared, next: 'look in the ERP who did it' })
    }
    if (end === 'unknown') differences.push({ kind: 'unknown_outcome', ...shared, next: resolving(entry, null) })
  }
  return { differences, matched }
}

/** Centavos of a title that the ledger settled; null where it cannot know. */
function settledBy(own: readonly Meant[], done: readonly Meant[]): number | null {
  const parts = done.map((one) => (one.does === 'settle' ? one.amount : takenAway(one, own)))
  return parts.reduce<number | null>((sum, part) => (sum === null || part === null ? null : sum + part), 0)
}

/** What a removal changes the sum by: its settlement stands in the ledger, or nobody knows. */
function takenAway({ ids: [id] }: Meant, own: readonly Meant[]): number | null {
  const made = own.find(({ does, ids }) => does === 'settle' && id !== undefined && ids.includes(id))
  return made?.amount == null ? null : -made.amount
}

function pendingSums(
  open: readonly Meant[],
  own: readonly Meant[],
  erp: ErpSide,
  says: number | null,
  about: Pick<Difference, 'of' | 'company'>,
): Difference[] {
  const parts = open.map((one) => (one.does === 'settle' ? one.amount : takenAway(one, own)))
  const all = parts.reduce<number | null>((sum, part) => (sum === null || part === null ? null : sum + part), says)
  const settled = erp.amount ?? 0
  const verdict = settled === says ? 'not_done' : settled === all ? 'done' : null
  const known = says === null ? 'an unknown amount' : decimalOf(says)
  const evidence = `${decimalOf(settled)} of it is settled in the ERP, and ${known} by the ledger without ${open.length === 1 ? 'this call' : `these ${open.length} calls`}`
  return open.map((one) => ({
    ...{ kind: 'unknown_outcome', ...about, erp, ledger: entrySide(one), evidence },
    next: resolving(one.call.entry, verdict),
  }))
}
