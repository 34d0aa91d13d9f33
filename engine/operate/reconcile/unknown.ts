import { decimalOf } from '../../contract/money.ts'
import type { SettlementMap } from '../../contract/reconcile.ts'
import type { Difference, ErpSide } from './difference.ts'
import type { LedgerCall } from './ledger-calls.ts'
import { entrySide, type Meant } from './records.ts'
import { fits, type Standing } from './standing.ts'

export interface Pending {
  map: SettlementMap
  /** Calls whose outcome is unknown. */
  pending: readonly Meant[]
  known: ReadonlyMap<string, Standing>
  records: ReadonlyMap<string, ErpSide>
  about: Pick<Difference, 'of' | 'company'>
  isMoved: (erp: ErpSide) => boolean
}

export type Verdict = 'done' | 'not_done' | null

/** What the ERP shows of each call that nobody knows the end of, and the command that ends it. */
export function pendingOutcomes(options: Pending): Difference[] {
  return options.pending.map((one) => {
    const { verdict, erp, evidence } = shown(one, options)
    const next = resolving(one.call.entry, verdict)
    return { kind: 'unknown_outcome', ...options.about, erp, ledger: entrySide(one), evidence, next }
  })
}

/** Of a call whose traces no list shows. */
export function untraced(call: LedgerCall): Difference {
  const { company, amount } = call
  const evidence = 'no list of this ERP shows what it would have done'
  const ledger = entrySide({ call, amount })
  return {
    kind: 'unknown_outcome',
    of: 'other calls',
    company,
    erp: null,
    ledger,
    evidence,
    next: resolving(call.entry, null),
  }
}

interface Shown {
  verdict: Verdict
  erp: ErpSide | null
  evidence: string
}

function shown(one: Meant, { map, pending, known, records, isMoved }: Pending): Shown {
  const { does, ids, amount } = one
  const there = ids.flatMap((id) => records.get(id) ?? [])
  const [first = null] = there
  if (ids.length === 0) {
    const likely = [...records.values()].filter((erp) => !known.has(erp.id) && fits(one, erp))
    const [only = null] = likely
    if (only === null) return { verdict: 'not_done', erp: null, evidence: `no ${map.name} in the ERP fits it` }
    const others = pending.filter((other) => other !== one && fits(other, only))
    if (likely.length > 1 || others.length > 0) {
      return {
        verdict: null,
        erp: only,
        evidence: `${likely.length} in the ERP fit it, and ${others.length} other calls`,
      }
    }
    return { verdict: 'done', erp: only, evidence: `${map.name} \`${only.id}\` in the ERP fits it, and nothing else` }
  }
  if (does === 'remove') {
    const gone = there.length === 0
    const evidence = gone ? 'the ERP has it no more' : `the ERP has ${there.length} of ${ids.length} still`
    return { verdict: gone ? 'done' : there.length === ids.length ? 'not_done' : null, erp: first, evidence }
  }
  if (does === 'change') {
    if (first === null || amount === null)
      return { verdict: null, erp: first, evidence: 'the ERP shows no trace of it' }
    const is = first.amount === amount
    const evidence = `the amount in the ERP is ${decimalOf(first.amount ?? 0)}, and ${decimalOf(amount)} was asked for`
    return { verdict: is ? 'done' : 'not_done', erp: first, evidence }
  }
  const moved = there.filter(isMoved)
  const evidence = `${moved.length} of ${ids.length} are settled in the ERP`
  return {
    verdict: moved.length === 0 ? 'not_done' : moved.length === ids.length ? 'done' : null,
    erp: first,
    evidence,
  }
}

/** The command that ends an unknown outcome; with both flags where only a person can know. */
export function resolving(entry: string, verdict: Verdict): string {
  const flag = verdict === null ? '--done|--not-done' : verdict === 'done' ? '--done' : '--not-done'
  return `alcada audit resolve ${entry} ${flag} --reason …`
}
