/** Codes of RFC 6749, 5.2, and of RFC 8707, 2 (`invalid_target`). */
export type GrantErrorCode =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_scope'
  | 'invalid_target'
  | 'unsupported_grant_type'
  | 'temporarily_unavailable'

/** A token that is not issued. The message repeats nothing of what was sent. */
export class GrantError extends Error {
  readonly code: GrantErrorCode

  constructor(code: GrantErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'GrantError'
    this.code = code
  }

  get status(): 400 | 401 | 503 {
    if (this.code === 'temporarily_unavailable') return 503
    return this.code === 'invalid_client' ? 401 : 400
  }
}
