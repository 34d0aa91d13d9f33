import type { SettlementMap } from '../../../../engine/contract/reconcile.ts'
import { type Compared, compareSettlements, type Read } from '../../../../engine/operate/reconcile/compare.ts'
import type { ErpSide } from '../../../../engine/operate/reconcile/difference.ts'
import type { LedgerCall } from '../../../../engine/operate/reconcile/ledger-calls.ts'
import { meantBy } from '../../../../engine/operate/reconcile/records.ts'

export const COMPANY: string = '12345678000195'
export const AT: number = Date.parse('2026-11-25T13:00:00Z')

/** As Tryton has it: a payment is drafted, altered, approved or removed. */
export const DRAFTS: SettlementMap = {
  name: 'payment',
  list: 'get_payments_list',
  record: { id: '/id', amount: '/amount', date: '/date', status: '/status' },
  settled: ['approved', 'done'],
  calls: {
    create_payment_draft: { does: 'draft', id: '/result/id', amount: ['/args/amount'], date: '/args/date' },
    update_payment_draft: { does: 'change', id: '/args/id', amount: ['/args/amount'] },
    update_payment_approved: { does: 'settle', id: '/args/payment_ids' },
    delete_payment_draft: { does: 'remove', id: '/args/id' },
  },
}

/** As Nibo has it: a payment of a payable is there or not. */
export const PAYMENTS: SettlementMap = {
  name: 'payment',
  list: 'get_payments_list',
  record: { id: '/id', amount: '/amount', date: '/date', of: '/payable_id', counterparty: '/vendor_id' },
  calls: {
    create_payment: {
      does: 'settle',
      id: '/result/id',
      of: '/args/payable_id',
      amount: ['/args/amount'],
      date: '/args/date',
    },
    delete_payment: { does: 'remove', id: '/args/id' },
  },
}

let entries = 0
export function call(tool: string, args: Record<string, unknown>, more: Partial<LedgerCall> = {}): LedgerCall {
  entries += 1
  return {
    ...{ entry: `e-${entries}`, at_ms: AT, tool, company: COMPANY, caller: 'agent-1', person: 'u17', args },
    ...{ amount: null, counterparty: null, reference: null, end: 'done', result: null, ...more },
  }
}

export function record(id: string, amount: number, more: Partial<ErpSide> = {}): ErpSide {
  return { id, of: null, date: '2026-11-25', amount, counterparty: null, status: null, ...more }
}

export interface Told {
  /** `kind id: evidence → next`, the entry left out. */
  told: string[]
  alike: string[]
  compared: Compared
}

/** Compares records with calls, in the last week of November. */
export function compared(
  map: SettlementMap,
  calls: readonly LedgerCall[],
  listed: readonly ErpSide[],
  asked: Read['asked'] = new Map(),
): Told {
  const window = { from: '2026-11-24', to: '2026-11-30' }
  const dayOf = (at_ms: number): string => new Date(at_ms).toISOString().slice(0, 10)
  const both = compareSettlements(map, meantBy(calls, map), { listed, asked }, { company: COMPANY, window, dayOf })
  const told = both.differences.map(({ kind, erp, evidence, next }) =>
    kind === 'unknown_outcome'
      ? `${kind} ${erp?.id ?? '-'}: ${evidence} → ${/--\S+/.exec(next)?.[0]}`
      : `${kind} ${erp?.id ?? '-'}: ${evidence}`,
  )
  return { told, alike: both.matched.map(({ erp }) => erp.id), compared: both }
}
