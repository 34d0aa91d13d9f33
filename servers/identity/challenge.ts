import type { TokenError } from './token-error.ts'

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

/** The document at `/.well-known/oauth-protected-resource` (RFC 9728, 2). */
export function resourceMetadata(
  resource: string,
  issuers: readonly string[],
): { resource: string; authorization_servers: string[]; bearer_methods_supported: string[]; resource_name: string } {
  return {
    resource,
    authorization_servers: issuers.filter((issuer) => issuer.startsWith('https://')),
    bearer_methods_supported: ['header'],
    resource_name: 'alcada',
  }
}

// error_description and the like take printable ASCII without quotes and backslashes (RFC 6750, 3).
function quoted(text: string): string {
  return text.replace(/[^\x20-\x21\x23-\x5b\x5d-\x7e]/g, "'")
}
