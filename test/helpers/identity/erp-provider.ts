import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { type Configuration, Provider } from 'oidc-provider'
import { answerFor } from './login-provider.ts'
import { commonConfiguration } from './oidc-configuration.ts'

/** A request for a token: what was asked with, and what came of it. */
export interface TokenAsked {
  grant: string
  /** Of a refresh: the token that was used. */
  refresh: string | null
  authorization: string | null
  status: number
}

/** A real OAuth 2 provider on loopback as an ERP has one: refresh tokens rotate, and one used twice ends the grant. */
export interface ErpProvider {
  url: string
  asked: TokenAsked[]
  /** How the next requests for tokens are met, before the provider sees them; null: as usual. */
  meet: ((response: ServerResponse) => void | Promise<void>) | null
  /** Called when the provider has answered; the answer leaves after it. */
  answered: (() => void | Promise<void>) | null
  /** Lets the client in for a person. @returns the refresh token */
  login(person: string): Promise<string>
  /** The address that a browser is led to after it was told `start`. */
  answerFor(start: string, person: string): Promise<URL>
  /** Whether it gave this token, and it is still good. */
  knows(authorization: string | undefined): Promise<boolean>
  /** It is good no more. */
  revoke(authorization: string | undefined): Promise<void>
  stop(): Promise<void>
}

export const ERP_CLIENT = 'alcada-erp'
export const ERP_SECRET = 'test-secret not:real/0123456789'
const REDIRECT = 'http://127.0.0.1:8765/callback'

export async function startErpProvider({
  redirectUris = [REDIRECT],
}: {
  redirectUris?: string[]
} = {}): Promise<ErpProvider> {
  let provider: Provider
  let handle: ReturnType<Provider['callback']>
  const asked: TokenAsked[] = []
  const server = createServer(async (request, response) => {
    if (request.url?.startsWith('/interaction/')) return void signIn(provider, request, response)
    if (request.url !== '/token') return void handle(request, response)
    await token(request, response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  const url = `http://127.0.0.1:${address.port}`
  provider = new Provider(url, await configuration(redirectUris))
  handle = provider.callback()

  async function token(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (one.meet !== null) return void (await one.meet(response))
    const body = await text(request)
    const form = new URLSearchParams(body)
    const authorization = request.headers.authorization ?? null
    const answer = await fetch(`${url}/token?own`, {
      method: 'POST',
      headers: {
        'content-type': request.headers['content-type'] ?? '',
        ...(authorization === null ? {} : { authorization }),
      },
      body,
    })
    const [grant, refresh] = [form.get('grant_type') ?? '', form.get('refresh_token')]
    asked.push({ grant, refresh, authorization, status: answer.status })
    const content = await answer.text()
    await one.answered?.()
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(content)
  }

  const one: ErpProvider = {
    url,
    asked,
    meet: null,
    answered: null,
    answerFor,
    async login(person) {
      const start = new URL('/auth', url)
      start.search = new URLSearchParams({
        ...{ client_id: ERP_CLIENT, response_type: 'code', redirect_uri: REDIRECT, scope: 'openid offline_access' },
        prompt: 'consent',
      }).toString()
      const code = (await answerFor(start.href, person)).searchParams.get('code') ?? ''
      const answer = await fetch(`${url}/token?own`, {
        method: 'POST',
        headers: { authorization: basicHeader() },
        body: new URLSearchParams({ grant_type: 'authorization_code', code, redirect_uri: REDIRECT }),
      })
      const given: { refresh_token?: string } = JSON.parse(await answer.text())
      if (given.refresh_token === undefined) throw new Error(`expected a refresh token, got ${JSON.stringify(given)}`)
      return given.refresh_token
    },
    async knows(authorization) {
      return (await found(provider, authorization)) !== undefined
    },
    async revoke(authorization) {
      await (await found(provider, authorization))?.destroy()
    },
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
  return one
}

async function found(provider: Provider, authorization = '') {
  const value = authorization.replace(/^Bearer /, '')
  const token = (await provider.AccessToken.find(value)) ?? (await provider.ClientCredentials.find(value))
  return token?.isValid ? token : undefined
}

/** As RFC 6749, 2.3.1 has it: each part as in a form. */
function basicHeader(): string {
  const encoded = new URLSearchParams({ [ERP_CLIENT]: ERP_SECRET }).toString().replace('=', ':')
  return `Basic ${Buffer.from(encoded).toString('base64')}`
}

async function configuration(redirectUris: string[]): Promise<Configuration> {
  const common = await commonConfiguration('openid offline_access payables')
  return {
    ...common,
    clients: [
      {
        client_id: ERP_CLIENT,
        client_secret: ERP_SECRET,
        grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
        response_types: ['code'],
        redirect_uris: redirectUris,
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    scopes: ['openid', 'offline_access', 'payables'],
    features: { ...common.features, clientCredentials: { enabled: true } },
    pkce: { required: () => false },
    rotateRefreshToken: true,
    ttl: {
      AccessToken: 3600,
      ClientCredentials: 3600,
      RefreshToken: 86_400,
      Grant: 86_400,
      Session: 86_400,
      Interaction: 600,
    },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  }
}

async function signIn(provider: Provider, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET') {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<form method="post"><input name="account"></form>')
    return
  }
  const form = new URLSearchParams(await text(request))
  const result = { login: { accountId: form.get('account') ?? '' }, consent: {} }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false })
}
