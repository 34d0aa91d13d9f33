import { type CallStanding, isTrouble } from '../../engine/contract/call-standing.ts'
import type { CallEvent } from '../request/call.ts'

export function standingOf({ outcome, code }: Pick<CallEvent, 'outcome' | 'code'>): CallStanding {
  if (outcome === 'failed' || outcome === 'unknown' || (code !== null && isTrouble(code))) return 'failed'
  return outcome === 'denied' || outcome === 'refused' ? 'denied' : 'success'
}

/** Whether the time it took says anything: denied calls are answered at once, and this tool waits on purpose. */
export function isTimed({ tool, outcome, code }: Pick<CallEvent, 'tool' | 'outcome' | 'code'>): boolean {
  return tool !== 'get_approval_by_id' && standingOf({ outcome, code }) !== 'denied'
}
