import { ErpFailure } from './outcome.ts'

// Why a call never left for the ERP. Of all of these nothing was sent.

/** A circuit is open. */
export function leftAlone(kind: 'blocked' | 'rate_limited', ms: number): ErpFailure {
  return turned(kind, 'the ERP is left alone after its errors', ms)
}

/** @param slots true: as many calls as may be at once are under way; false: the budget of the time is used up */
export function budgetUsedUp(slots: boolean, ms: number): ErpFailure {
  if (slots) return turned('busy', 'as many calls as the ERP takes at once are under way', ms)
  return turned('rate_limited', 'the limit of the ERP is used up', ms)
}

/** The call's time was up while it waited for its turn, or the client has gone. */
export function waitEnded(signal: AbortSignal): ErpFailure {
  const timeUp = signal.reason instanceof DOMException && signal.reason.name === 'TimeoutError'
  if (timeUp) return turned('busy', 'the time of the call was up before its turn came', 0)
  return new ErpFailure({ kind: 'cancelled', message: 'the call was cancelled' }, true)
}

function turned(kind: 'blocked' | 'rate_limited' | 'busy', message: string, ms: number): ErpFailure {
  return new ErpFailure({ kind, message, retryAfterS: Math.max(1, Math.ceil(ms / 1000)) }, true)
}
