import { answerTo } from '../identity/challenge.ts'
import type { Identity } from '../identity/identity.ts'
import { behindLock, LockedOut } from '../identity/lockouts.ts'
import { isForgery, TokenError } from '../identity/token-error.ts'
import type { TokenLimits, Verifier } from '../identity/verifier.ts'
import { Unauthenticated } from '../mcp/gate.ts'
import type { Metrics } from '../ops/metrics.ts'
import type { State } from '../state/state.ts'
import { LedgerError } from '../state/store.ts'
import type { FailedAuthentications } from './failed-authentications.ts'
import type { InForce } from './in-force.ts'
import type { Log } from './log.ts'

export interface AuthenticateOptions {
  verifier: Verifier
  policy: InForce
  state: Pick<State, 'failures' | 'countFailure' | 'clearFailures'>
  failures: FailedAuthentications
  metrics: Metrics
  log: Log
  /** Address of the metadata that challenges name. */
  metadata: () => string
}

/** Who calls under the policy in force. Both throw Unauthenticated. */
export interface Authenticate {
  /** Anybody may try: what fails is counted by where it comes from, and after a while not looked at. */
  fromHeader(authorization: string | undefined, source: string): Promise<Identity>
  /** The token of whoever started this process. */
  fromToken(token: string): Promise<Identity>
}

/** Seconds to wait where the fault is not the caller's. */
const RETRY_S = 5

export function authenticator(options: AuthenticateOptions): Authenticate {
  const { verifier, policy, state, failures, metrics, log, metadata } = options

  /** What the policy asks of a token. Without a policy nothing is allowed anyway. */
  const limits = (): TokenLimits | undefined => {
    const config = policy.current()?.config
    if (config === undefined) return undefined
    const { rbac_enabled, token_rotation_s, identity } = config.security
    const roles = rbac_enabled ? Object.keys(config.rbac.roles) : null
    return { maxAgeS: token_rotation_s, roles, callers: config.rbac.callers, identity }
  }
  const counted = (code: string, source: string, forged: boolean): void => {
    metrics.authenticationFailed(code)
    log.warn('authentication.failed', { code, source })
    // A client that does not know yet where to get a token asks without one first.
    if (code !== 'token_missing') failures.failed(source, code, forged)
  }
  const refused = (error: unknown, source: string): unknown => {
    if (error instanceof LockedOut) {
      counted(error.code, source, true)
      return new Unauthenticated(429, error.message, '', error.retryAfterS)
    }
    if (error instanceof TokenError) {
      counted(error.code, source, isForgery(error))
      const { status, header } = answerTo(error, metadata())
      return new Unauthenticated(status, error.message, header, status === 503 ? RETRY_S : null)
    }
    if (error instanceof LedgerError) {
      return new Unauthenticated(503, 'the state cannot be read, so nobody is let in', '', RETRY_S)
    }
    return error
  }
  const recognised = async (source: string, verify: () => Promise<Identity>): Promise<Identity> => {
    try {
      const identity = await verify()
      failures.succeeded(source)
      return identity
    } catch (error) {
      throw refused(error, source)
    }
  }
  return {
    fromHeader(authorization, source) {
      const verify = (): Promise<Identity> => verifier.verify(authorization, limits())
      const security = policy.current()?.config.security
      if (security === undefined) return recognised(source, verify)
      const lock = { maxFailures: security.max_failures, durationMs: security.lockout_duration_s * 1_000 }
      return recognised(source, () => behindLock(state, lock, { source, authorization }, verify))
    },
    fromToken: (token) => recognised('stdio', () => verifier.verifyToken(token, limits())),
  }
}
