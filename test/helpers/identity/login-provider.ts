import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Configuration, Provider } from 'oidc-provider'
import { commonConfiguration } from './oidc-configuration.ts'

/** A real OpenID provider on loopback, where people sign in with their name alone. */
export interface LoginProvider {
  issuer: string
  discovery: string
  /** Requests for tokens it got. */
  exchanges(): number
  /** Where it leads a browser that began at `start`, once this person has signed in. */
  answerFor(start: string, person: string): Promise<URL>
  /** What it would tell the console's client of this person. */
  idToken(person: string): Promise<string>
  stop(): Promise<void>
}

export interface LoginProviderOptions {
  /** Exact. */
  redirectUri: string
  /** Person → what their ID token says of them. */
  people: Readonly<Record<string, Record<string, unknown>>>
}

export const PUBLIC_CLIENT = 'alcada-console'
export const SECRET_CLIENT = 'alcada-console-with-secret'
export const CLIENT_SECRET = 'test-secret-not-real-9876543210'

export async function startLoginProvider({ redirectUri, people }: LoginProviderOptions): Promise<LoginProvider> {
  let handle: (request: IncomingMessage, response: ServerResponse) => void = () => undefined
  let exchanges = 0
  const server = createServer((request, response) => {
    if (request.url === '/token') exchanges += 1
    handle(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  const issuer = `http://127.0.0.1:${address.port}`
  const provider = new Provider(issuer, await configuration(redirectUri, people))
  const others = provider.callback()
  handle = (request, response) => {
    if (request.url?.startsWith('/interaction/')) void signIn(provider, request, response)
    else void others(request, response)
  }
  return {
    issuer,
    discovery: `${issuer}/.well-known/openid-configuration`,
    exchanges: () => exchanges,
    answerFor,
    idToken: (person) => idTokenOf(issuer, redirectUri, person),
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function configuration(redirectUri: string, people: LoginProviderOptions['people']): Promise<Configuration> {
  const client = {
    grant_types: ['authorization_code'],
    response_types: ['code' as const],
    redirect_uris: [redirectUri],
  }
  return {
    ...(await commonConfiguration('openid')),
    clients: [
      { ...client, client_id: PUBLIC_CLIENT, token_endpoint_auth_method: 'none' },
      { ...client, client_id: SECRET_CLIENT, client_secret: CLIENT_SECRET },
    ],
    claims: { openid: ['sub', ...new Set(Object.values(people).flatMap((claims) => Object.keys(claims)))] },
    conformIdTokenClaims: false,
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ ...people[id], sub: id }) }),
  }
}

async function signIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/html' })
    response.end(`<form method="post"><label>Account <input name="account"></label>
<button>Sign in at the provider</button><button name="refuse" value="1">Refuse</button></form>`)
    return
  }
  const form = new URLSearchParams(await text(request))
  const result = form.has('refuse')
    ? { error: 'access_denied', error_description: '<b>refused</b>' }
    : { login: { accountId: form.get('account') ?? '' } }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
}

/** Signs this person in without a browser. @returns where the provider then leads */
export async function answerFor(start: string, person: string): Promise<URL> {
  const jar = new Map<string, string>()
  const visit = async (address: string, form?: URLSearchParams): Promise<URL> => {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ')
    const sent = form === undefined ? {} : { method: 'POST', body: form }
    const answer = await fetch(address, { redirect: 'manual', headers: { cookie }, ...sent })
    for (const set of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = set.split(';')[0]?.split('=') ?? []
      jar.set(name, value)
    }
    return new URL(answer.headers.get('location') ?? address, address)
  }
  const resumed = await visit((await visit(start)).href, new URLSearchParams({ account: person }))
  return visit(resumed.href)
}

async function idTokenOf(issuer: string, redirectUri: string, person: string): Promise<string> {
  const verifier = 'v'.repeat(43)
  const start = new URL('/auth', issuer)
  start.search = new URLSearchParams({
    client_id: PUBLIC_CLIENT,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'openid',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  }).toString()
  const code = (await answerFor(start.href, person)).searchParams.get('code') ?? ''
  const grant = { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier }
  const body = new URLSearchParams({ ...grant, client_id: PUBLIC_CLIENT })
  const answer = await fetch(new URL('/token', issuer), { method: 'POST', body })
  const given: { id_token?: string } = JSON.parse(await answer.text())
  if (given.id_token === undefined) throw new Error(`expected an ID token, got ${JSON.stringify(given)}`)
  return given.id_token
}
