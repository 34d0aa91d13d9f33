import type { BankSeen, LedgerRow, OpenedEvent, Outcome } from '../../contract/ledger.ts'

/** A call that could have changed something in the ERP, and all that the ledger says of it. */
export interface LedgerCall {
  entry: string
  at_ms: number
  tool: string
  company: string
  caller: string
  person: string
  /** The caller's arguments, with tokens for personal values. */
  args: Record<string, unknown>
  /** Centavos, as the decision took it. */
  amount: number | null
  counterparty: string | null
  reference: string | null
  /** done, not_done: by the ERP's answer, or by a person's word. running: by a process that lives. */
  end: 'done' | 'not_done' | 'unknown' | 'running'
  /** `data` of the answer, where it was kept. */
  result: unknown
}

/** What the ledger says of a restore that nobody has reconciled since. */
export interface OpenRestore {
  entry: string
  /** ISO 8601. */
  backup_made_at: string
}

/** Bank data that was seen to be other than before, or for the first time since a call changed it. */
export interface BankSighting extends BankSeen {
  entry: string
  at_ms: number
}

export interface LedgerSide {
  calls: LedgerCall[]
  /** In order. */
  banks: BankSighting[]
  /** Null where no restore waits for a reconciliation. */
  restore: OpenRestore | null
}

/**
 * Gathers the calls that change something, in the order they were made.
 * @param rows of all chains; those of one chain in its order
 * @param unknown entries that no process runs any more
 */
export async function ledgerSide(rows: AsyncIterable<LedgerRow>, unknown: readonly string[]): Promise<LedgerSide> {
  const calls = new Map<string, LedgerCall>()
  const banks: BankSighting[] = []
  let restored: { at_ms: number; restore: OpenRestore | null } = { at_ms: 0, restore: null }
  for await (const { at_ms, event } of rows) {
    if (event.kind === 'opened') {
      if (event.purpose === 'call' && event.input !== null && event.input.tool.effect !== 'read') {
        calls.set(event.entry, callOf(at_ms, event, event.input))
      }
    } else if (event.kind === 'closed') {
      const call = calls.get(event.entry)
      if (call !== undefined) Object.assign(call, endOf(event.outcome, event.made))
    } else if (event.kind === 'resolved') {
      const call = calls.get(event.resolves)
      if (call !== undefined) call.end = event.verdict
    } else if (event.what === 'bank_seen' && event.bank !== undefined) {
      banks.push({ entry: event.entry, at_ms, ...event.bank })
    } else if (event.what === 'restored' && event.restored !== undefined && at_ms >= restored.at_ms) {
      restored = { at_ms, restore: { entry: event.entry, backup_made_at: event.restored.made_at } }
    } else if (event.what === 'reconciled' && at_ms >= restored.at_ms) {
      restored = { at_ms, restore: null }
    }
  }
  for (const entry of unknown) {
    const call = calls.get(entry)
    if (call?.end === 'running') call.end = 'unknown'
  }
  const { restore } = restored
  const inOrder = (one: { at_ms: number }, other: { at_ms: number }): number => one.at_ms - other.at_ms
  return { calls: [...calls.values()].sort(inOrder), banks: banks.sort(inOrder), restore }
}

function callOf(at_ms: number, event: OpenedEvent, input: NonNullable<OpenedEvent['input']>): LedgerCall {
  const { caller, args, facts } = input
  const { entry, tool, company } = event
  const { amount, counterparty, idempotency_key: reference } = facts
  const by = { caller: caller.id, person: caller.person }
  return { entry, at_ms, tool, company, ...by, args, amount, counterparty, reference, ...UNTIL_CLOSED }
}

const UNTIL_CLOSED: Pick<LedgerCall, 'end' | 'result'> = { end: 'running', result: null }

function endOf(outcome: Outcome, made: string | undefined): Pick<LedgerCall, 'end' | 'result'> {
  if (outcome.kind === 'done') return { end: 'done', result: outcome.result?.data ?? (made ? { id: made } : null) }
  return { end: outcome.kind === 'failed' ? 'not_done' : 'unknown', result: null }
}
