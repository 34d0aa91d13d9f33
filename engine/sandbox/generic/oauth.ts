import { randomBytes } from 'node:crypto'
import type { OAuth2Auth } from '../../contract/erp.ts'
import type { RawAnswer, RawCall } from '../listener.ts'

/** How long an access token is said to hold, in seconds. */
const EXPIRES_S = 3_600

/**
 * The token endpoint (RFC 6749, 4.4 and 6): the client's id and secret, and of authorization_code the refresh token that
 * a login would have given, which stays the same.
 */
export function tokenAnswer(
  auth: OAuth2Auth,
  credentials: Readonly<Record<string, Readonly<Record<string, string>>>>,
  raw: RawCall,
  keep: (token: string, company: string) => void,
): RawAnswer {
  const form = new URLSearchParams(raw.body.toString('utf8'))
  const [id, secret] = auth.clientAuth === 'basic' ? basicOf(raw) : [form.get('client_id'), form.get('client_secret')]
  const client = Object.entries(credentials).find(
    ([, own]) => own[auth.clientId] === id && own[auth.clientSecret] === secret,
  )
  if (client === undefined) return { status: 401, body: { error: 'invalid_client' } }
  const [company, own] = client
  const wanted = auth.grant === 'client_credentials' ? auth.grant : 'refresh_token'
  if (form.get('grant_type') !== wanted) return { status: 400, body: { error: 'unsupported_grant_type' } }
  if (wanted === 'refresh_token' && form.get('refresh_token') !== own[auth.refreshToken ?? '']) {
    return { status: 400, body: { error: 'invalid_grant' } }
  }
  const token = randomBytes(24).toString('base64url')
  keep(token, company)
  return { status: 200, body: { access_token: token, token_type: 'Bearer', expires_in: EXPIRES_S } }
}

/** Each half is form-encoded before it is joined (RFC 6749, 2.3.1). */
function basicOf({ headers }: RawCall): (string | null)[] {
  const pair = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1] ?? ''
  const halves = Buffer.from(pair, 'base64').toString('utf8').split(':')
  return halves.map((half) => new URLSearchParams(`half=${half}`).get('half'))
}
