/** How a call counts: denied ones are no part of the error rate. Source: design, section 8. */
export type CallStanding = 'success' | 'failed' | 'denied'

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

/** Whether a call was refused because of the server, its ledger or the ERP, and not because of the caller. */
export function isTrouble(code: string): boolean {
  return TROUBLE.has(code)
}
