import type { Decision } from '../../../engine/contract/decision.ts'
import type { DecisionInput } from '../../../engine/contract/decision-input.ts'
import { type HistoryAsk, historyMoves, NO_HISTORY, totalScopes } from '../../../engine/contract/history.ts'
import type { ClosedOutcome, OpenedEntry } from '../../../servers/state/state.ts'

export const AURORA = '12345678000195'
/** Wednesday 2026-11-25, 10:00 in São Paulo. */
export const WEDNESDAY: number = Date.parse('2026-11-25T13:00:00Z')

export const DONE: ClosedOutcome = { outcome: { kind: 'done', result: null }, took_ms: 12, rows: 0 }
export const FAILED: ClosedOutcome = { outcome: { kind: 'failed', code: 'validation' }, took_ms: 12, rows: 0 }

export const ALLOW: Decision = {
  effect: 'allow',
  reasons: [],
  approval: null,
  mask: [],
  permission: 'write',
  granted: true,
}

interface Payment {
  amount?: number
  person?: string
  caller?: string
  company?: string
  reference?: string
  day?: string
}

/** The decision input of a payment; amount in centavos. */
export function paymentInput(payment: Payment = {}): DecisionInput {
  const { amount = 90_000, person = 'u17', caller = 'agent-1', company = AURORA, reference = 'PG-1' } = payment
  return {
    caller: { id: caller, person, kind: 'agent', roles: ['operator'], company, token_age_s: 60 },
    tool: {
      name: 'create_payment',
      entity: 'payment',
      effect: 'settle',
      permission: 'write',
      reversible: true,
      money: true,
      sensitive: [],
    },
    args: { payable_id: '1', reference, amount: amount / 100, document: '52998224725' },
    facts: {
      amount,
      open_amount: amount,
      currency: 'BRL',
      counterparty: '9',
      due_date: '2026-11-30',
      accrual_date: null,
      issue_date: null,
      cost_center: null,
      bank_change: false,
      idempotency_key: reference,
      rows: null,
      filtered: false,
    },
    history: NO_HISTORY,
    time: {
      epoch_ms: WEDNESDAY,
      date: payment.day ?? '2026-11-25',
      weekday: 3,
      hour: 10,
      zone: 'America/Sao_Paulo',
    },
    approvals: [],
  }
}

/** A payment about to be made. */
export function payment(details: Payment = {}): OpenedEntry {
  const input = paymentInput(details)
  return {
    request: 'r1',
    revision: 7,
    bundle: 'b'.repeat(64),
    purpose: 'call',
    tool: 'create_payment',
    company: details.company ?? AURORA,
    args: input.args,
    input,
    decision: ALLOW,
    repeatKey: input.facts.idempotency_key,
  }
}

/** What a decision on a payment asks of the past: windows of seven days. */
export function asked(details: Payment = {}): HistoryAsk {
  const moves = historyMoves(paymentInput(details))
  const since = WEDNESDAY - 7 * 86_400_000
  const guarded = [...Object.values(totalScopes(moves)), moves.similar?.scope ?? ''].sort()
  return { ...moves, from_day: '2026-11-19', similar_since_ms: since, touched_since_ms: since, guarded }
}
