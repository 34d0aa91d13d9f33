import type { PersonalReturned } from '../../contract/personal/seen.ts'
import { shownName } from '../../contract/personal/shown-name.ts'
import type { CallRecord } from './call-record.ts'

/** Somebody saw data of a person, or was shown a mask in its place. */
export interface Sighting {
  erp: string
  entry: string
  /** ISO 8601. */
  at: string
  company: string | null
  caller: string | null
  person: string | null
  tool: string | null
  /** answer: of a call. approval: whoever decides on a request looked at it. */
  by: 'answer' | 'approval'
  fields: { field: string; kind: string; clear: boolean }[]
}

/**
 * Who saw what belongs to one of these tokens, in the order it happened. A request for approval shows nobody anything
 * by itself: whoever looks at it sees it. What is called clear there is what the request holds: the page masks the
 * kinds that `clear_for` does not give this person, so no more was seen than is told here.
 */
export function sightingsOf(calls: readonly CallRecord[], tokens: ReadonlySet<string>): Sighting[] {
  const asked = calls.filter(({ what }) => what === 'approval_required')
  const requests = new Map(asked.map((call) => [call.approval, call]))
  return calls.flatMap((call) => {
    if (call.what === 'approval_required') return []
    const looked = call.what === 'approval_viewed' ? requests.get(call.approval) : undefined
    const fields = (looked?.personal ?? call.personal).filter((one) => one.tokens.some((token) => tokens.has(token)))
    return fields.length === 0 ? [] : [sighting(call, looked === undefined ? 'answer' : 'approval', fields)]
  })
}

function sighting(
  { erp, entry, at_ms, company, caller, tool }: CallRecord,
  by: Sighting['by'],
  fields: readonly PersonalReturned[],
): Sighting {
  return {
    erp,
    entry,
    at: new Date(at_ms).toISOString(),
    company,
    caller: caller === null ? null : shownName(caller.id),
    person: caller === null ? null : shownName(caller.person),
    tool,
    by,
    fields: fields.map(({ field, kind, clear }) => ({ field, kind, clear })),
  }
}

/** One line of `audit subject`. */
export function sightingLine({ at, entry, tool, caller, person, company, by, fields }: Sighting): string {
  const seen = fields.map(({ field, kind, clear }) => `${field} (${kind}, ${clear ? 'clear' : 'masked'})`).join(', ')
  const who = caller === null ? '-' : caller === person ? caller : `${caller} for ${person}`
  return `${at}  ${entry}  ${by === 'answer' ? (tool ?? '-') : `request for ${tool}`}  ${who}  ${company ?? '-'}  ${seen}\n`
}
