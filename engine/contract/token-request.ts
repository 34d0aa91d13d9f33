import type { OAuth2Auth } from './erp.ts'
import { readPointer } from './pointer.ts'

/** A request to `tokenUrl`, without its address. */
export interface TokenRequest {
  method: 'POST'
  headers: Record<string, string>
  body: string
}

export interface OAuthClient {
  clientId: string
  clientSecret: string
}

/**
 * A request for a token (RFC 6749, 4.1.3, 4.4.2 and 6) as erp.yaml wants it: its parameters and headers, and the client
 * in the header or in the body.
 * @param grant `grant_type` and what goes with it
 */
export function tokenRequest(
  { parameters, headers: own = {}, clientAuth }: OAuth2Auth,
  { clientId, clientSecret }: OAuthClient,
  grant: Readonly<Record<string, string>>,
): TokenRequest {
  const client = clientAuth === 'post' ? { client_id: clientId, client_secret: clientSecret } : {}
  const headers: Record<string, string> = { accept: 'application/json' }
  for (const [name, value] of Object.entries(own)) headers[name.toLowerCase()] = value
  // Each part is encoded as in a form (RFC 6749, 2.3.1).
  const pair = `${inForm(clientId)}:${inForm(clientSecret)}`
  if (clientAuth === 'basic') headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`
  headers['content-type'] = 'application/x-www-form-urlencoded'
  return { method: 'POST', headers, body: new URLSearchParams({ ...parameters, ...grant, ...client }).toString() }
}

function inForm(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1)
}

/** The name of the error in an answer (RFC 6749, 5.2), in lower case; null where there is none. */
export function tokenError(document: unknown): string | null {
  // Some ERPs put it one level deeper.
  const places = [readPointer(document, '/error'), readPointer(document, '/error/type')]
  const name = places.find((place) => typeof place === 'string')
  if (name === undefined) return null
  // The name alone: whatever else is said may repeat what was sent.
  return /^[A-Za-z_]{1,40}$/.test(name) ? name.toLowerCase() : 'an error without a name'
}
