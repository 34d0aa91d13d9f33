export type AccessErrorCode =
  | 'KEY_NONE'
  | 'KEY_UNKNOWN'
  /** Others than its owner may read a private key. */
  | 'KEY_EXPOSED'
  | 'KEY_MALFORMED'
  | 'KEY_PERIOD_WRONG'
  | 'TOKEN_REQUEST_WRONG'
  /** No operations listener answers at that address. */
  | 'APPROVALS_UNREACHABLE'
  /** The server's own words stand in the message. */
  | 'APPROVAL_REFUSED'

/** A key or a token that cannot be had as asked: what was expected, and what to do. */
export class AccessError extends Error {
  readonly code: AccessErrorCode

  constructor(code: AccessErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'AccessError'
    this.code = code
  }
}
