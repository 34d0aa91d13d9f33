import type { Caller } from '../../contract/decision-input.ts'
import type { LedgerRow, RecordedEvent } from '../../contract/ledger.ts'
import type { PersonalReturned } from '../../contract/personal/seen.ts'
import type { Effect } from '../../contract/vocabulary.ts'

/** A call, or what became of one, as far as privacy and reports go. */
export interface CallRecord {
  erp: string
  entry: string
  /** Epoch milliseconds. */
  at_ms: number
  /** YYYY-MM-DD, in the policy's zone where it was decided, else in São Paulo's. */
  day: string
  /** done, failed, unknown, open, denied, refused, approval_viewed, … */
  what: string
  code: string | null
  tool: string | null
  effect: Effect | null
  company: string | null
  caller: Pick<Caller, 'id' | 'person' | 'roles'> | null
  /** Integer centavos. */
  amount: number | null
  counterparty: string | null
  /** Persons who consented. */
  approvers: string[]
  /** The request for approval it is about. */
  approval: string | null
  rows: number
  /** What was shown, clear or masked. */
  personal: readonly PersonalReturned[]
}

/** The calls that rows of one chain speak of, without the server's own reads, in the order they were made. */
export async function callRecords(erp: string, rows: AsyncIterable<LedgerRow>): Promise<CallRecord[]> {
  const found = new Map<string, CallRecord>()
  for await (const row of rows) take(erp, row, found)
  return [...found.values()]
}

function take(erp: string, { at_ms, event }: LedgerRow, found: Map<string, CallRecord>): void {
  if (event.kind === 'closed') {
    const record = found.get(event.entry)
    if (record === undefined) return
    const { outcome, rows, personal = [] } = event
    Object.assign(record, { what: outcome.kind, code: outcome.kind === 'done' ? null : outcome.code, rows, personal })
    return
  }
  if (event.kind === 'resolved') {
    const record = found.get(event.resolves)
    if (record !== undefined) record.what = event.verdict === 'done' ? 'done' : 'failed'
    return
  }
  if (event.kind === 'opened' && event.purpose !== 'call') return
  const { entry, tool, input } = event
  const caller = event.kind === 'recorded' ? event.caller : (input?.caller ?? null)
  found.set(entry, {
    erp,
    entry,
    at_ms,
    day: input?.time.date ?? dayOf(at_ms),
    what: event.kind === 'opened' ? 'open' : event.what,
    code: event.kind === 'opened' ? null : event.code,
    tool,
    effect: input?.tool.effect ?? null,
    company: event.kind === 'opened' ? event.company : (caller?.company ?? null),
    caller: caller === null ? null : { id: caller.id, person: caller.person, roles: caller.roles },
    amount: input?.facts.amount ?? null,
    counterparty: input?.facts.counterparty ?? null,
    approvers: [...new Set(input?.approvals.map(({ person }) => person))].sort(),
    approval: event.kind === 'opened' ? (event.approval ?? null) : (event.approval?.id ?? null),
    rows: 0,
    personal: event.kind === 'recorded' ? (event.personal ?? []) : [],
  })
}

const DAY = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'America/Sao_Paulo',
  ...{ year: 'numeric', month: '2-digit', day: '2-digit' },
})

export function dayOf(at_ms: number): string {
  return DAY.format(at_ms)
}

const REFUSED: ReadonlySet<string> = new Set<RecordedEvent['what']>(['denied', 'refused', 'approval_rejected'])

export function isRefusal({ what }: Pick<CallRecord, 'what'>): boolean {
  return REFUSED.has(what)
}
