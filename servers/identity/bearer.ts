import { TokenError } from './token-error.ts'

// RFC 6750, 2.1: one scheme, one b64token. The length keeps a huge header from ever being parsed.
const BEARER = /^Bearer ([A-Za-z0-9\-._~+/]{1,8192}=*)$/i

/** The token out of an Authorization header; a token in a query or a body is never looked at. Throws TokenError. */
export function bearerToken(authorization: string | undefined): string {
  if (authorization === undefined || authorization === '') {
    throw new TokenError('token_missing', 'expected an `Authorization: Bearer` header')
  }
  const token = BEARER.exec(authorization)?.[1]
  if (token === undefined) throw new TokenError('token_malformed', 'expected `Authorization: Bearer <token>`')
  return token
}
