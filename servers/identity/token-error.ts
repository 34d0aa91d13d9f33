export type TokenErrorCode =
  | 'token_missing'
  | 'token_malformed'
  | 'token_invalid'
  | 'token_expired'
  | 'token_too_old'
  | 'wrong_audience'
  | 'wrong_issuer'
  | 'claims_invalid'
  | 'role_unknown'
  | 'caller_unregistered'
  /** A good token without a scope that is asked for. */
  | 'insufficient_scope'
  /** The keys that would tell cannot be had now. */
  | 'issuer_unavailable'

/** A token that does not tell who calls. The message never repeats the token or a claim's value. */
export class TokenError extends Error {
  readonly code: TokenErrorCode
  /** Scopes that are needed, where one is missing. */
  readonly scopes: readonly string[]

  constructor(code: TokenErrorCode, message: string, options: ErrorOptions & { scopes?: readonly string[] } = {}) {
    super(message, options)
    this.name = 'TokenError'
    this.code = code
    this.scopes = options.scopes ?? []
  }
}

/**
 * True for what somebody sends who has no token of ours. A token that has only grown old is a genuine one, and so is
 * one without a scope; what cannot be checked now is nobody's fault.
 */
export function isForgery({ code }: TokenError): boolean {
  return !HARMLESS.has(code)
}

const HARMLESS: ReadonlySet<TokenErrorCode> = new Set([
  'token_missing',
  'token_expired',
  'token_too_old',
  'insufficient_scope',
  'issuer_unavailable',
])
