import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client'
import { TokenError } from './token-error.ts'

export type LoginErrorCode =
  /** The provider cannot be asked now, or not as it is set up. */
  | 'login_unavailable'
  /** The provider, or what the browser brought back from it, is no yes. */
  | 'login_refused'
  /** A known account whose roles are none of the policy's. */
  | 'login_no_role'

/** A sign-in that came to nothing. The message repeats nothing that a provider or a browser sent. */
export class LoginError extends Error {
  readonly code: LoginErrorCode

  constructor(code: LoginErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options)
    this.name = 'LoginError'
    this.code = code
  }
}

// Answers that were there and are not right; whatever else failed did so on the way to the provider.
const REFUSALS = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
])

export function toLoginError(cause: unknown): LoginError {
  if (cause instanceof LoginError) return cause
  if (cause instanceof AuthorizationResponseError) {
    return new LoginError('login_refused', 'the provider did not let them in', { cause })
  }
  if (cause instanceof ResponseBodyError && cause.error !== 'invalid_client') {
    return new LoginError('login_refused', 'the provider does not take the code', { cause })
  }
  if (cause instanceof ClientError && REFUSALS.has(cause.code ?? '')) {
    return new LoginError('login_refused', 'what came back is not of this sign-in', { cause })
  }
  if (cause instanceof TokenError && cause.code === 'role_unknown') {
    return new LoginError('login_no_role', 'the account holds no role that the policy knows', { cause })
  }
  if (cause instanceof TokenError && cause.code !== 'issuer_unavailable') {
    return new LoginError('login_refused', `the ID token is refused: ${cause.message}`, { cause })
  }
  return new LoginError('login_unavailable', 'the provider cannot be asked now', { cause })
}
