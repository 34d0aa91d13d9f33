import { canonicalText } from '../../contract/canonical.ts'
import { readPointer } from '../../contract/pointer.ts'
import type { Difference } from './difference.ts'
import type { BankSighting, LedgerCall } from './ledger-calls.ts'
import { entrySide } from './records.ts'
import { resolving } from './unknown.ts'
import { isWithin, type Window } from './window.ts'

const OF = 'bank data'

/** A call that changes bank data: what it sets, in the tokens of the ledger. */
interface BankCall {
  call: LedgerCall
  counterparty: string
  sets: Record<string, unknown>
}

/**
 * Compares how bank data was seen to change with the calls that changed it.
 * @param read ids of the counterparties whose bank data was just read: what was not seen to change is as it was
 */
export function compareBank(
  calls: readonly LedgerCall[],
  banks: readonly BankSighting[],
  read: ReadonlySet<string>,
  { company, window, dayOf }: { company: string; window: Window; dayOf: (at_ms: number) => string },
): Difference[] {
  const setting = calls.flatMap(bankCall)
  const seenOf = Map.groupBy(banks, ({ counterparty }) => counterparty)
  const within = ({ at_ms }: { at_ms: number }): boolean => isWithin(dayOf(at_ms), window)
  const changed = banks.filter(within).flatMap((seen): Difference[] => {
    const sightings = seenOf.get(seen.counterparty) ?? []
    const before = sightings[sightings.indexOf(seen) - 1]
    const since = setting.filter(({ call, counterparty }) => {
      const { end, at_ms } = call
      return (
        counterparty === seen.counterparty && end !== 'not_done' && at_ms <= seen.at_ms && at_ms > (before?.at_ms ?? 0)
      )
    })
    const sure = since.filter(({ call }) => call.end === 'done')
    const other =
      [sure, since].map((made) => differing(seen, before, made)).sort((a, b) => a.length - b.length)[0] ?? []
    if (other.length === 0) return []
    const last = since.at(-1) ?? null
    const evidence = `entry ${seen.entry} saw it on ${new Date(seen.at_ms).toISOString()}: ${other.join(', ')} ${
      last === null ? 'changed, and no call since the last look did it' : 'is not what the call set'
    }`
    return [{ kind: 'bank_changed', of: OF, company, ...sides(seen.counterparty, last), evidence, next: ASK }]
  })
  return [
    ...changed,
    ...setting.flatMap((one) => ended(one, seenOf.get(one.counterparty) ?? [], read, company, within)),
  ]
}

/** Whether a call that changed bank data can be seen to have done it. */
function ended(
  one: BankCall,
  sightings: readonly BankSighting[],
  read: ReadonlySet<string>,
  company: string,
  within: (call: LedgerCall) => boolean,
): Difference[] {
  const { call, counterparty, sets } = one
  // Of one that it created nothing was known before, and the first look at it has no entry.
  if (call.counterparty === null || !read.has(counterparty)) return []
  if (call.end === 'not_done' || call.end === 'running') return []
  const seen = sightings.find(({ at_ms }) => at_ms >= call.at_ms)
  const before = sightings.findLast(({ at_ms }) => at_ms < call.at_ms)
  const same =
    before !== undefined && differing({ ...before, data: { ...before.data, ...sets } }, before, []).length === 0
  const about = { of: OF, company, ...sides(counterparty, one) }
  if (call.end === 'unknown') {
    const is = seen !== undefined && differing(seen, undefined, [one]).length === 0
    const evidence =
      seen === undefined ? AS_IT_WAS : `entry ${seen.entry} saw ${is ? 'what it sets' : 'something else'}`
    const verdict = seen === undefined ? 'not_done' : is ? 'done' : null
    return [{ kind: 'unknown_outcome', ...about, evidence, next: resolving(call.entry, verdict) }]
  }
  if (seen !== undefined || same || !within(call)) return []
  return [{ kind: 'ledger_only', ...about, evidence: AS_IT_WAS, next: 'look in the ERP whether it took it' }]
}

const AS_IT_WAS = 'the ERP shows what it showed before this call'
const ASK = 'look in the ERP who did it, and ask the counterparty by a way that you know'

/** Names of what is other than it was before with what the calls set. */
function differing(seen: BankSighting, before: BankSighting | undefined, made: readonly BankCall[]): string[] {
  const expected = Object.assign({}, before?.data, ...made.map(({ sets }) => sets))
  if (before === undefined && made.length === 0) return [OF]
  return Object.keys(expected).filter(
    (name) => canonicalText(expected[name] ?? null) !== canonicalText(seen.data[name] ?? null),
  )
}

function bankCall(call: LedgerCall): BankCall[] {
  const sets = readPointer(call.args, '/bank')
  const made = readPointer(call.result, '/id')
  const counterparty = call.counterparty ?? (typeof made === 'string' ? made : null)
  if (typeof sets !== 'object' || sets === null || counterparty === null) return []
  return [{ call, counterparty, sets: { ...sets } }]
}

function sides(id: string, one: BankCall | null): Pick<Difference, 'erp' | 'ledger'> {
  return {
    erp: { id, of: null, date: null, amount: null, counterparty: null, status: null },
    ledger: one === null ? null : entrySide({ call: one.call, amount: null }),
  }
}
