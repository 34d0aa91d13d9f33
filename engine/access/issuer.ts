import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Config } from '../contract/config.ts'
import { assertionChecker } from './assertion.ts'
import { type Granted, grant } from './grant.ts'
import { GrantError } from './grant-error.ts'
import type { SigningKey } from './signing-key.ts'

export interface IssuerOptions {
  /** Address to listen at. Default 127.0.0.1. */
  host?: string | undefined
  /** Default 0: any free one. */
  port?: number | undefined
  /** Origin that callers know it by, where something stands in front of it. Default: its own. */
  publicUrl?: string | undefined
  /** What the ERP's policy in force says; null: no such ERP, or no policy that could be trusted. */
  configOf(erp: string): Promise<Config | null>
  /** The key that signs now. */
  key(): Promise<SigningKey>
  /** Longest life of a token, in seconds. Default 3_600; never more than `token_rotation`. */
  ttlS?: number | undefined
  /** Epoch milliseconds. */
  now?: () => number
  /** Hears of each request: nothing secret in it. */
  onRequest?: (event: { erp: string; outcome: string; scope: string | null }) => void
}

export interface Issuer {
  /** The issuer's address for one ERP: what servers tell clients (RFC 9728). */
  addressOf(erp: string): string
  close(): Promise<void>
}

const MOST_BYTES = 16_384
const METADATA = '/.well-known/oauth-authorization-server/'
const ERP = /^[a-z][a-z0-9_]{0,62}$/

/**
 * The embedded issuer: agents that rbac.yaml registers with a key get their tokens here by themselves. Each ERP has an
 * address of its own, `<origin>/<erp>`, with metadata (RFC 8414) and a token endpoint.
 */
export async function startIssuer(options: IssuerOptions): Promise<Issuer> {
  const { host = '127.0.0.1', port = 0, ttlS = 3_600, now = Date.now, onRequest, configOf, key } = options
  const check = assertionChecker(now)
  let origin = options.publicUrl ?? ''

  const issue = async (erp: string, config: Config, request: IncomingMessage): Promise<Granted> => {
    const issuer = `${origin}/${erp}`
    const form = await formOf(request)
    const rules = { erp, config, audiences: [issuer, `${issuer}/token`], ttlS, today: dateOf(now()) }
    return grant(form, rules, { check, key, now })
  }
  const tell = (erp: string, outcome: string, scope: string | null): void => onRequest?.({ erp, outcome, scope })

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = URL.parse(request.url ?? '/', 'http://localhost')?.pathname ?? '/'
    const described = path.startsWith(METADATA)
    const erp = described ? path.slice(METADATA.length) : (/^\/([^/]+)\/token$/.exec(path)?.[1] ?? '')
    const config = ERP.test(erp) ? await configOf(erp) : null
    if (config === null) return reply(response, 404, { error: 'not_found' })
    if (described) return reply(response, 200, metadataOf(`${origin}/${erp}`))
    try {
      if (request.method !== 'POST') throw new GrantError('invalid_request', 'expected POST')
      const granted = await issue(erp, config, request)
      tell(erp, 'issued', granted.scope)
      reply(response, 200, granted)
    } catch (error) {
      if (!(error instanceof GrantError)) throw error
      tell(erp, error.code, null)
      reply(response, error.status, { error: error.code, error_description: error.message })
    }
  }
  const server = createServer({ maxHeaderSize: 16_384, requestTimeout: 10_000 }, (request, response) => {
    serve(request, response).catch(() => reply(response, 500, { error: 'server_error' }))
  })
  server.maxConnections = 100
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  if (origin === '' && address !== null && typeof address === 'object') {
    origin = `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`
  }
  return {
    addressOf: (erp) => `${origin}/${erp}`,
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}

/** RFC 8414, 2. */
function metadataOf(issuer: string): object {
  return {
    issuer,
    // Optional where no grant uses it, but MCP clients insist on reading one. Nothing answers there.
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['EdDSA', 'ES256'],
  }
}

async function formOf(request: IncomingMessage): Promise<URLSearchParams> {
  const [type] = (request.headers['content-type'] ?? '').split(';')
  if (type?.trim().toLowerCase() !== 'application/x-www-form-urlencoded') {
    throw new GrantError('invalid_request', 'expected content-type application/x-www-form-urlencoded')
  }
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request) {
    size += part.length
    if (size > MOST_BYTES) throw new GrantError('invalid_request', `expected at most ${MOST_BYTES} bytes`)
    parts.push(part)
  }
  return new URLSearchParams(Buffer.concat(parts).toString())
}

function dateOf(nowMs: number): string {
  return new Intl.DateTimeFormat('en-CA', { timeZone: 'America/Sao_Paulo' }).format(nowMs)
}

// RFC 6749, 5.1: never kept by anything in between.
function reply(response: ServerResponse, status: number, body: object): void {
  if (response.headersSent) return
  response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
  response.end(JSON.stringify(body))
}
