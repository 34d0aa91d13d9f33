import type { State } from '../state/state.ts'
import { bearerToken } from './bearer.ts'
import { isForgery, TokenError } from './token-error.ts'
import { unverifiedClaims } from './unverified.ts'

/** `max_failures` and `lockout_duration`. */
export interface LockoutRules {
  maxFailures: number
  durationMs: number
}

/** Too many failures from here in this name. */
export class LockedOut extends Error {
  readonly code = 'locked_out'
  readonly retryAfterS: number

  constructor(retryAfterS: number) {
    super(`too many failures to authenticate: wait ${retryAfterS} seconds`)
    this.name = 'LockedOut'
    this.retryAfterS = retryAfterS
  }
}

/**
 * Verifies behind a lock. Failures are counted by source and claimed subject, so that nobody can lock out somebody
 * elsewhere; only forgeries count, and what the lock refuses does not make it last longer. Throws LockedOut, and what
 * `verify` throws; LedgerError when the state cannot be asked.
 */
export async function behindLock<Result>(
  store: Pick<State, 'failures' | 'countFailure' | 'clearFailures'>,
  { maxFailures, durationMs }: LockoutRules,
  { source, authorization }: { source: string; authorization: string | undefined },
  verify: () => Promise<Result>,
): Promise<Result> {
  if (authorization === undefined) return verify()
  const key = { source, subject: claimedSubject(authorization) }
  const { failures, ago_ms } = await store.failures(key)
  if (failures >= maxFailures && ago_ms < durationMs) throw new LockedOut(Math.ceil((durationMs - ago_ms) / 1_000))
  try {
    const result = await verify()
    if (failures > 0) await store.clearFailures(key)
    return result
  } catch (error) {
    if (error instanceof TokenError && isForgery(error)) await store.countFailure({ ...key, forgetMs: durationMs })
    throw error
  }
}

/** Whoever sends what is no token at all claims to be nobody. */
function claimedSubject(authorization: string): string {
  try {
    const { actor, sub, client_id } = unverifiedClaims(bearerToken(authorization)) ?? {}
    return (actor ?? sub ?? client_id ?? '').slice(0, 128)
  } catch {
    return ''
  }
}
