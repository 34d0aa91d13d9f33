import { createHash } from 'node:crypto'
import { canonicalText } from '../../contract/canonical.ts'
import type { Logged } from './logged.ts'

/**
 * SHA-256 over what tells one logged decision from another, however its log was written: canonical JSON of the whole
 * takes longer than deciding it does.
 */
export function identityOf({ erp, decision_id, timestamp, revision, input, decision }: Logged): Buffer {
  const { caller, tool, args, facts, history, time, approvals } = input
  const { settled_today, settled, similar, counterparty_touched: touched, bank_changed_ms, rows_today } = history
  const sums = [settled.caller, settled.person, settled.company, settled.counterparty]
  const parts = [
    [erp, decision_id, timestamp, revision, time.epoch_ms, time.zone],
    [caller.id, caller.person, caller.kind, caller.company, caller.token_age_s, ...caller.roles],
    [tool.name, tool.effect, tool.permission],
    FACTS.map((name) => facts[name]),
    [settled_today, bank_changed_ms, rows_today, ...sums.flatMap(({ day, window }) => [day, window])],
    [...similar.map(({ entry }) => entry), ...touched.map(({ by, at_ms }) => `${by} ${at_ms}`)],
    approvals.map(({ by, person, at_ms }) => [by, person, at_ms]),
    [decision.effect, decision.approval?.count ?? 0, ...decision.reasons.map(({ code }) => code)],
  ]
  return createHash('sha256').update(JSON.stringify(parts)).update(textOf(args)).digest()
}

/** A lone surrogate has no canonical form: then the text as it was written has to do. */
function textOf(args: object): string {
  try {
    return canonicalText(args)
  } catch {
    return JSON.stringify(args)
  }
}

const FACTS = [
  'amount',
  'open_amount',
  'currency',
  'counterparty',
  'due_date',
  'accrual_date',
  'issue_date',
  'cost_center',
  'bank_change',
  'idempotency_key',
  'rows',
  'filtered',
] as const
