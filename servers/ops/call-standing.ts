import type { CallEvent } from '../request/call.ts'

/** How a call counts: denied ones are no part of the error rate. */
export type CallStanding = 'success' | 'failed' | 'denied'

/** What is refused because of the server, its ledger or the ERP, and not because of the caller. */
const TROUBLE: ReadonlySet<string> = new Set([
  'disk_full',
  'history_busy',
  'internal_error',
  'ledger_unavailable',
  'not_confirmed',
  'outcome_unrecorded',
  'policy_unavailable',
  'resolve_failed',
  'result_invalid',
])

export function standingOf({ outcome, code }: Pick<CallEvent, 'outcome' | 'code'>): CallStanding {
  if (outcome === 'failed' || outcome === 'unknown' || (code !== null && TROUBLE.has(code))) return 'failed'
  return outcome === 'denied' || outcome === 'refused' ? 'denied' : 'success'
}

/** Whether the time it took says anything: denied calls are answered at once, and this tool waits on purpose. */
export function isTimed({ tool, outcome, code }: Pick<CallEvent, 'tool' | 'outcome' | 'code'>): boolean {
  return tool !== 'get_approval_by_id' && standingOf({ outcome, code }) !== 'denied'
}
