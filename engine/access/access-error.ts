export type AccessErrorCode =
  | 'KEY_NONE'
  | 'KEY_UNKNOWN'
  /** Others than its owner may read a private key. */
  | 'KEY_EXPOSED'
  | 'KEY_MALFORMED'
  | 'KEY_PERIOD_WRONG'
  | 'TOKEN_REQUEST_WRONG'
  /** No operations listener answers at that address. */
  | 'OPS_UNREACHABLE'
  /** The server's own words stand in the message. */
  | 'OPS_REFUSED'
  /** Others than its owner may read or replace a file of secrets. */
  | 'FILE_EXPOSED'
  | 'FILE_UNREADABLE'
  | 'KEY_COMMAND_FAILED'
  /** The store is sealed with the newest key already. */
  | 'KEY_NOT_NEW'
  /** Only a key file is changed by us. */
  | 'KEY_ELSEWHERE'
  | 'STORE_BUSY'
  | 'STORE_NONE'
  | 'COMPANY_UNKNOWN'
  /** The ERP, or whoever was asked there, said no. */
  | 'LOGIN_REFUSED'
  | 'LOGIN_UNREACHABLE'
  | 'LOGIN_PORT_TAKEN'
  /** What was given as credentials is not what erp.yaml asks for. */
  | 'CREDENTIALS_WRONG'

/** A key or a token that cannot be had as asked: what was expected, and what to do. */
export class AccessError extends Error {
  readonly code: AccessErrorCode

  constructor(code: AccessErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'AccessError'
    this.code = code
  }
}
