import { businessDaysAfter } from '../../contract/calendar.ts'
import { shownName } from '../../contract/personal/shown-name.ts'
import { type CallRecord, dayOf } from './call-record.ts'

export interface IncidentAsked {
  /** Instants in epoch milliseconds: the first that counts, and the first that counts no more. */
  fromMs: number
  toMs: number
  /** The agent or program, or the person who answers for it; null for everybody. */
  caller: string | null
  /** When the controller came to know that personal data was affected, epoch milliseconds. */
  knownMs: number
  /** Days that are no business days besides the national holidays, YYYY-MM-DD. */
  holidays?: readonly string[]
}

/** What a notice to the ANPD has to say, as far as the ledger knows it (Resolução CD/ANPD 15/2024, art. 6 § 2). */
export interface Incident {
  from: string
  to: string
  caller: string | null
  known: string
  /** Last days, YYYY-MM-DD: to the ANPD and to the persons (art. 6 and 9), and for what is not known then (art. 6 § 3). */
  deadlines: { notice: string; small_agent: string; supplement: string }
  calls: number
  companies: string[]
  tools: string[]
  callers: string[]
  /** By kind: how many values were shown clear and masked, and how many different ones of each. */
  categories: { kind: string; clear: Shown; masked: Shown; fields: string[] }[]
  /** At least and at most so many persons saw clear data of theirs shown. */
  subjects: { at_least: number; at_most: number }
  /** Money moved by these calls, integer centavos. */
  settled: { count: number; centavos: number }
  refused: number
  unknown: string[]
  entries: string[]
  measures: string[]
  to_fill_in: string[]
}

interface Shown {
  rows: number
  different: number
}

const NOTICE_DAYS = 3
const SUPPLEMENT_DAYS = 20

/** @throws RangeError for days whose holidays are not known */
export function incidentOf(all: readonly CallRecord[], asked: IncidentAsked): Incident {
  const { fromMs, toMs, caller, knownMs, holidays = [] } = asked
  const calls = all.filter(
    (call) =>
      call.at_ms >= fromMs &&
      call.at_ms < toMs &&
      (caller === null || call.caller?.id === caller || call.caller?.person === caller),
  )
  const requests = new Map(all.flatMap((call) => (call.what === 'approval_required' ? [[call.approval, call]] : [])))
  const shown = calls.flatMap((call) => {
    // A request shows whoever looks at it what it holds.
    if (call.what === 'approval_required') return []
    return call.what === 'approval_viewed' ? (requests.get(call.approval)?.personal ?? []) : call.personal
  })
  const known = dayOf(knownMs)
  const settled = calls.filter(({ effect, what }) => effect === 'settle' && (what === 'done' || what === 'unknown'))
  const unique = (values: (string | null | undefined)[]): string[] =>
    [...new Set(values.filter((value) => typeof value === 'string'))].sort()
  return {
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    caller: caller === null ? null : shownName(caller),
    known,
    deadlines: {
      notice: businessDaysAfter(known, NOTICE_DAYS, holidays),
      small_agent: businessDaysAfter(known, 2 * NOTICE_DAYS, holidays),
      supplement: businessDaysAfter(known, SUPPLEMENT_DAYS, holidays),
    },
    calls: calls.length,
    companies: unique(calls.map(({ company }) => company)),
    tools: unique(calls.map(({ tool }) => tool)),
    callers: unique(calls.map((call) => (call.caller === null ? null : shownName(call.caller.id)))),
    categories: categoriesOf(shown),
    subjects: subjectsOf(shown),
    settled: { count: settled.length, centavos: settled.reduce((sum, { amount }) => sum + (amount ?? 0), 0) },
    refused: calls.filter(({ what }) => what === 'denied' || what === 'refused').length,
    unknown: calls.filter(({ what }) => what === 'unknown' || what === 'open').map(({ entry }) => entry),
    entries: calls.map(({ entry }) => entry),
    measures: [...MEASURES],
    to_fill_in: [...TO_FILL_IN],
  }
}

function categoriesOf(shown: readonly CallRecord['personal'][number][]): Incident['categories'] {
  const kinds = [...new Set(shown.map(({ kind }) => kind))].sort()
  return kinds.map((kind) => {
    const of = (clear: boolean): Shown => {
      const these = shown.filter((one) => one.kind === kind && one.clear === clear)
      return {
        rows: these.reduce((sum, { rows }) => sum + rows, 0),
        different: new Set(these.flatMap(({ tokens }) => tokens)).size,
      }
    }
    const fields = [...new Set(shown.filter((one) => one.kind === kind).map(({ field }) => field))].sort()
    return { kind, clear: of(true), masked: of(false), fields }
  })
}

/**
 * One person has several identifiers: at least as many were affected as there are different values of the kind with the
 * most, at most as many as there are values.
 */
function subjectsOf(shown: readonly CallRecord['personal'][number][]): Incident['subjects'] {
  const clear = shown.filter((one) => one.clear)
  const kinds = [...new Set(clear.map(({ kind }) => kind))]
  const tokens = (kind: string): Set<string> =>
    new Set(clear.filter((one) => one.kind === kind).flatMap((one) => one.tokens))
  const counts = kinds.map((kind) => tokens(kind).size)
  return { at_least: Math.max(0, ...counts), at_most: new Set(clear.flatMap((one) => one.tokens)).size }
}

const MEASURES = [
  'every call was decided by policy and written down before the ERP was asked; the entries are listed here',
  'kinds of personal data that the caller may not see were masked in fields and texts',
  'credentials of the ERPs are sealed with AES-256-GCM; callers never hold them',
  'the ledger holds keyed digests in place of personal values, and is chained and signed',
]

const TO_FILL_IN = [
  'description of the incident and its root cause',
  'risks and possible impact on the persons concerned; children, adolescents and elderly persons among them',
  'measures taken after the incident: revoke the caller, rotate keys, tell the persons',
  'the controller, the operator and the data protection officer; whether it is a small agent (its time is double)',
  'persons whose data is processed in all, in the processing that is affected',
  'the reason, if the notice is late',
]
