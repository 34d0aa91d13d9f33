import type { LedgerRow, WrittenAs } from '../contract/ledger.ts'

/** An entry as a person reads it: all that the ledger says of it, in one place. */
export interface EntryView {
  entry: string
  /** ISO 8601. */
  at: string
  /** How it ended: done, failed, unknown, open (still running), denied, refused, … */
  what: string
  code: string | null
  purpose: string | null
  tool: string | null
  caller: string | null
  person: string | null
  company: string | null
  revision: number | null
  /** Integer centavos. */
  amount: number | null
  /** A person's word on an unknown outcome. */
  resolved: { verdict: 'done' | 'not_done'; by: string; written_as: WrittenAs | null; reason: string } | null
}

/**
 * The entries that rows of one chain speak of, in the order they were made. Of those that are open, these are `unknown`:
 * no process runs them any more.
 */
export async function entriesOf(rows: AsyncIterable<LedgerRow>, unknown: readonly string[] = []): Promise<EntryView[]> {
  const found = new Map<string, EntryView>()
  for await (const row of rows) take(row, found)
  for (const entry of unknown) {
    const view = found.get(entry)
    if (view?.what !== 'open') continue
    view.what = 'unknown'
    view.code = 'never_closed'
  }
  return [...found.values()]
}

function take({ at_ms, event }: LedgerRow, found: Map<string, EntryView>): void {
  if (event.kind === 'closed') {
    const view = found.get(event.entry)
    if (view === undefined) return
    view.what = event.outcome.kind
    view.code = event.outcome.kind === 'done' ? null : event.outcome.code
    return
  }
  if (event.kind === 'resolved') {
    const { verdict, by, reason, written_as = null } = event
    const view = found.get(event.resolves)
    if (view !== undefined) view.resolved = { verdict, by, reason, written_as }
    return
  }
  const { entry, tool, revision, input } = event
  const caller = event.kind === 'recorded' ? event.caller : (input?.caller ?? null)
  found.set(entry, {
    entry,
    at: new Date(at_ms).toISOString(),
    what: event.kind === 'opened' ? 'open' : event.what,
    code: event.kind === 'opened' ? null : event.code,
    purpose: event.kind === 'opened' ? event.purpose : null,
    tool,
    caller: caller?.id ?? null,
    person: caller?.person ?? null,
    company: event.kind === 'opened' ? event.company : (caller?.company ?? event.bank?.company ?? null),
    revision,
    amount: input?.facts.amount ?? null,
    resolved: null,
  })
}

/** One line of `audit tail` and `audit search`. */
export function entryLine(view: EntryView): string {
  const { entry, at, what, code, purpose, tool, caller, person, company, resolved } = view
  const who = caller === null ? '-' : caller === person ? caller : `${caller} for ${person}`
  const said = resolved === null ? '' : `  ${wordOf(resolved)}`
  const kind = purpose === null || purpose === 'call' ? '' : ` (${purpose})`
  return `${at}  ${entry}  ${what}${code === null ? '' : ` ${code}`}  ${tool ?? '-'}${kind}  ${who}  ${company ?? '-'}${said}\n`
}

function wordOf({ verdict, by, written_as, reason }: NonNullable<EntryView['resolved']>): string {
  // The account is what the system vouches for; the name beside it is what its user said.
  const account = written_as === null ? '' : `, as claimed by ${written_as.user} on ${written_as.host}`
  return `resolved as ${verdict} by ${by}${account}: ${reason}`
}
