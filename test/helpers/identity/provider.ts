import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import { Provider } from 'oidc-provider'

export interface AskedToken {
  /** Default `alcada:omie`; null: none is asked for, and the provider gives an opaque token. */
  resource?: string | null
  scope?: string
}

/** A real OpenID provider on loopback, with one client: `agent-oidc`. */
export interface IdentityProvider {
  issuer: string
  jwks: string
  discovery: string
  /** How often its keys were asked for. */
  keysAsked(): number
  token(asked?: AskedToken): Promise<string>
  /** Signs with a new key from now on; the old one is gone. */
  rotate(): Promise<void>
  /** Ends listening; the tokens it gave are still about. */
  stop(): Promise<void>
  /** Listens at the same address again. */
  start(): Promise<void>
}

const SECRET = 'test-secret-not-real-0123456789'

/** @param claims what the provider puts into each token besides the standard ones */
export async function startProvider(claims: Record<string, unknown>): Promise<IdentityProvider> {
  let server: Server | null = null
  let handle: ReturnType<Provider['callback']> | null = null
  let [port, generation, asked] = [0, 0, 0]

  const listen = async (): Promise<void> => {
    const next = createServer((request, response) => {
      if (request.url === '/jwks') asked += 1
      void handle?.(request, response)
    })
    next.listen(port, '127.0.0.1')
    await once(next, 'listening')
    const address = next.address()
    if (address === null || typeof address === 'string') throw new Error('expected a port')
    server = next
    port = address.port
  }
  const useNewKey = async (): Promise<void> => {
    generation += 1
    handle = provider(`http://127.0.0.1:${port}`, await signingKey(`k${generation}`), claims).callback()
  }
  const stop = async (): Promise<void> => {
    server?.closeAllConnections()
    await new Promise<void>((resolve) => (server === null ? resolve() : server.close(() => resolve())))
    server = null
  }
  await listen()
  await useNewKey()
  const issuer = `http://127.0.0.1:${port}`
  return {
    issuer,
    jwks: `${issuer}/jwks`,
    discovery: `${issuer}/.well-known/openid-configuration`,
    keysAsked: () => asked,
    async token({ resource = 'alcada:omie', scope = 'erp' } = {}) {
      const form = new URLSearchParams({ grant_type: 'client_credentials', scope })
      if (resource !== null) form.set('resource', resource)
      const authorization = `Basic ${Buffer.from(`agent-oidc:${SECRET}`).toString('base64')}`
      const answer = await fetch(`${issuer}/token`, { method: 'POST', headers: { authorization }, body: form })
      const body: { access_token?: string } = JSON.parse(await answer.text())
      if (body.access_token === undefined) throw new Error(`expected a token, got ${JSON.stringify(body)}`)
      return body.access_token
    },
    rotate: useNewKey,
    stop,
    start: listen,
  }
}

async function signingKey(kid: string): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), kid, alg: 'ES256', use: 'sig' }
}

// Source: the provider's own documentation of client credentials and resource indicators (RFC 8707).
function provider(issuer: string, key: JWK, claims: Record<string, unknown>): Provider {
  return new Provider(issuer, {
    clients: [
      {
        client_id: 'agent-oidc',
        client_secret: SECRET,
        grant_types: ['client_credentials'],
        redirect_uris: [],
        response_types: [],
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    jwks: { keys: [key] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    scopes: ['erp', 'other'],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_context, resource) => ({
          scope: 'erp other',
          audience: resource,
          accessTokenFormat: 'jwt' as const,
          accessTokenTTL: 300,
          jwt: { sign: { alg: 'ES256' as const } },
        }),
      },
    },
    extraTokenClaims: () => claims,
  })
}
