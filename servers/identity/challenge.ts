import { webAddressKind } from '../../engine/contract/web-address.ts'
import type { TokenError } from './token-error.ts'

/** Status and WWW-Authenticate of the answer to a request whose caller is not recognised, or may not come in. */
export interface Challenge {
  status: 401 | 403 | 503
  /** Empty: none, since another token would not help. */
  header: string
}

/** What a token error is answered with. Source: RFC 6750, 3.1; what cannot be checked now is no fault of the token. */
export function answerTo(error: TokenError, resourceMetadata: string): Challenge {
  if (error.code === 'issuer_unavailable') return { status: 503, header: '' }
  if (error.code !== 'insufficient_scope') return { status: 401, header: challengeOf(error, resourceMetadata) }
  return { status: 403, header: insufficientScope(error.scopes, resourceMetadata) }
}

/**
 * The value of WWW-Authenticate for a request without a good token.
 * Source: RFC 6750, 3 (no error code when no token was sent); RFC 9728, 5.1 (resource_metadata).
 */
export function challengeOf(error: Pick<TokenError, 'code' | 'message'>, resourceMetadata: string): string {
  const metadata = `resource_metadata="${quoted(resourceMetadata)}"`
  if (error.code === 'token_missing') return `Bearer ${metadata}`
  return `Bearer error="invalid_token", error_description="${quoted(error.message)}", ${metadata}`
}

/** The challenge for a caller who is known and may do nothing here: it speaks of the server, never of a tool. */
export function insufficientScope(scopes: readonly string[], resourceMetadata: string): string {
  const metadata = `resource_metadata="${quoted(resourceMetadata)}"`
  return `Bearer error="insufficient_scope", scope="${quoted(scopes.join(' '))}", ${metadata}`
}

export interface ResourceMetadata {
  resource: string
  authorization_servers: string[]
  bearer_methods_supported: string[]
  scopes_supported?: string[]
  resource_name: string
}

/**
 * The document at `/.well-known/oauth-protected-resource` (RFC 9728, 2).
 * @param issuers that a client can go to by itself: those with an address
 */
export function resourceMetadata(
  resource: string,
  issuers: readonly string[],
  scopes: readonly string[] = [],
): ResourceMetadata {
  return {
    resource,
    authorization_servers: issuers.filter((issuer) => webAddressKind(issuer) !== null),
    bearer_methods_supported: ['header'],
    ...(scopes.length > 0 ? { scopes_supported: [...new Set(scopes)] } : {}),
    resource_name: 'alcada',
  }
}

// error_description and the like take printable ASCII without quotes and backslashes (RFC 6750, 3).
function quoted(text: string): string {
  return text.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'")
}
