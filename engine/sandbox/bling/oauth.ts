import type { RawAnswer, RawCall } from '../listener.ts'
import type { Grants, TokenAnswer } from './grant.ts'

/** One account with the application that may act for it. */
export interface Client {
  id: string
  secret: string
  grants: Grants
}

/** `GET /oauth/authorize`: the person's consent is given at once, and the browser sent back with a code. */
export function authorize(clients: readonly Client[], call: RawCall): RawAnswer {
  const client = clients.find(({ id }) => id === call.query.get('client_id'))
  const back = call.query.get('redirect_uri')
  if (client === undefined || call.query.get('response_type') !== 'code' || back === null) {
    return { status: 400, body: 'Aplicativo não encontrado.' }
  }
  const address = new URL(back)
  address.searchParams.set('code', client.grants.newCode(back))
  const state = call.query.get('state')
  if (state !== null) address.searchParams.set('state', state)
  return { status: 302, headers: { location: address.href } }
}

/** `POST /oauth/token`: a form, the application in the Basic header (RFC 6749, 2.3.1). */
export function tokenAnswer(clients: readonly Client[], call: RawCall): RawAnswer {
  const client = clientOf(clients, call.headers.authorization)
  if (client === undefined) return refused(401, 'invalid_client', 'The client credentials are invalid')
  const form = new URLSearchParams(call.body.toString('utf8'))
  const grant = form.get('grant_type')
  if (grant !== 'authorization_code' && grant !== 'refresh_token') {
    return refused(400, 'unsupported_grant_type', `Grant type "${grant ?? ''}" not supported`)
  }
  const issued = grant === 'refresh_token' ? refreshed(client, form) : exchanged(client, form)
  return issued === undefined
    ? refused(400, 'invalid_grant', grant === 'refresh_token' ? 'Invalid refresh token' : 'Invalid authorization code')
    : { status: 200, body: issued, headers: { 'cache-control': 'no-store' } }
}

function refreshed({ grants }: Client, form: URLSearchParams): TokenAnswer | undefined {
  return grants.byRefresh(form.get('refresh_token') ?? '')
}

function exchanged({ grants }: Client, form: URLSearchParams): TokenAnswer | undefined {
  return grants.byCode(form.get('code') ?? '', form.get('redirect_uri'))
}

function clientOf(clients: readonly Client[], header: string | undefined): Client | undefined {
  const [scheme = '', coded = ''] = (header ?? '').split(' ')
  const [id, secret] = Buffer.from(coded, 'base64').toString('utf8').split(':').map(decodeURIComponent)
  return scheme.toLowerCase() === 'basic'
    ? clients.find((client) => client.id === id && client.secret === secret)
    : undefined
}

/** Flat, as RFC 6749 has it, and with the words of Bling's own errors beside. */
function refused(status: number, error: string, text: string): RawAnswer {
  return { status, body: { error: { type: error, message: error, description: text } } }
}
