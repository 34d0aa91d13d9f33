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

/** A token that does not tell who calls. The message never repeats the token or a claim's value. */
export class TokenError extends Error {
  readonly code: TokenErrorCode

  constructor(code: TokenErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'TokenError'
    this.code = code
  }
}
