import type { GrantTaken } from '../../../engine/contract/erp-grant.ts'
import { type ErpErrorKind, ErpFailure, notSent } from '../outcome.ts'
import { ENDED } from './token-request.ts'

// Why a call has no token. Of all of these nothing was sent.

export const UNOPENED = 'what is kept of this company’s grant cannot be opened: an operator has to log in again'
const RESTORED = 'this company’s grant comes out of a backup: an operator has to log in again'

/** How an attempt may have failed, as another process is told of it. */
const KINDS: readonly ErpErrorKind[] = ['timeout', 'connection', 'server', 'rate_limited', 'unreadable_answer']

/** Only a new login helps: until then every call of this company fails so. */
export class GrantEnded extends ErpFailure {
  constructor(message: string) {
    super({ kind: 'auth', message }, true)
  }
}

/** What the state answers to whoever gets none. */
export function noToken(taken: GrantTaken): ErpFailure {
  switch (taken.kind) {
    case 'failed': {
      const kind = KINDS.find((one) => one === taken.why) ?? 'auth'
      return new ErpFailure({ kind, message: 'the ERP gave no token a moment ago', ...after(taken.ms) }, true)
    }
    case 'refused_again':
      return refusedAgain(taken.ms)
    case 'ended':
      return new GrantEnded(taken.why === 'restored' ? RESTORED : ENDED)
    default:
      return notSent('timeout', 'the token for this company is still being renewed')
  }
}

/** The ERP refused what it had just given. */
export function refusedAgain(ms: number): ErpFailure {
  return new ErpFailure({ kind: 'auth', message: 'the ERP refuses the token that it gave', ...after(ms) }, true)
}

function after(ms: number): { retryAfterS: number } {
  return { retryAfterS: Math.ceil(ms / 1000) }
}

/** What cannot be asked of the state is not asked of the ERP. */
export async function askedOfState<Answer>(asked: Promise<Answer>): Promise<Answer> {
  try {
    return await asked
  } catch {
    throw notSent('auth', 'the grants of the ERP cannot be looked at, so nothing is sent')
  }
}
