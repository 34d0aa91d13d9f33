import type { IncomingMessage, ServerResponse } from 'node:http'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { type AuthInfo, createMcpHandler, isJsonContentType, type ServerContext } from '@modelcontextprotocol/server'
import { parseStrictJson, StrictJsonError } from '../../engine/contract/strict-json.ts'
import { readBody } from './body.ts'
import { type Identity, type McpGate, Unauthenticated } from './gate.ts'
import { type GuardOptions, turnAway } from './guard.ts'
import { protocolServer } from './protocol.ts'
import { replyError } from './reply.ts'
import { underWayCount } from './under-way.ts'

export interface McpHttpOptions extends GuardOptions {
  /** Largest request body, in bytes. Default 1_048_576. */
  maxBodyBytes?: number
  /** Deepest nesting of a request body. Default 64. */
  maxDepth?: number
  /** Where a request comes from. Default: its peer. */
  sourceOf?: (request: IncomingMessage) => string
  /** Told of what the SDK itself could not answer. */
  onError?: (error: Error) => void
}

export interface McpHttp {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>
  /** Tells every open subscription that the list of tools changed. */
  toolsChanged(): void
  /** Resolves once what is being answered has been, `withinMs` at the latest. A subscription, which stays open, is not waited for. */
  answered(withinMs: number): Promise<void>
  close(): Promise<void>
}

/**
 * `/mcp`: Host and Origin, method and media type, token, size, bytes parsed strictly once, and only then the protocol.
 * Clients of 2026-07-28 and of the 2025 revisions are served from the same address.
 */
export function mcpHttp(gate: McpGate, options: McpHttpOptions): McpHttp {
  const { maxBodyBytes = 1_048_576, maxDepth = 64, onError } = options
  const { sourceOf = ({ socket }: IncomingMessage) => socket.remoteAddress ?? 'unknown' } = options
  const report = onError === undefined ? {} : { onerror: onError }
  const identities = new WeakMap<AuthInfo, Identity>()
  const toServer = { identify: identityOf, ...(onError && { onError }) }
  const sdk = createMcpHandler(({ era }) => protocolServer(gate, era, toServer), { legacy: 'stateless', ...report })
  const node = toNodeHandler(sdk, report)
  const underWay = underWayCount()

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answered = underWay.begin()
    response.once('close', answered)
    const turned = turnAway(request, options)
    if (turned !== null) return replyError(response, turned.status, turned.code, turned.message)

    const identity = await authenticated(request, response)
    if (identity === null) return
    // The token stays here: nothing behind this line needs it.
    const auth: AuthInfo = { token: '', clientId: identity.caller.id, scopes: [] }
    identities.set(auth, identity)
    const known = {
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      headers: request.headers,
      auth,
      [Symbol.asyncIterator]: () => request[Symbol.asyncIterator](),
    }
    if (request.method !== 'POST') return node(known, response)

    if (!isJsonContentType(request.headers['content-type'] ?? null)) {
      return replyError(response, 415, -32_600, 'expected content-type application/json')
    }
    const bytes = await readBody(request, maxBodyBytes)
    if (bytes === null) {
      const close = { connection: 'close' }
      return replyError(response, 413, -32_600, `expected a body of at most ${maxBodyBytes} bytes`, close)
    }
    const message = parsed(bytes, response)
    if (message === undefined) return
    if ('method' in message && message.method === SUBSCRIPTION) answered()
    await node(known, response, message)
  }

  async function identityOf(context: ServerContext): Promise<Identity> {
    const auth = context.http?.authInfo
    const identity = auth === undefined ? undefined : identities.get(auth)
    if (identity === undefined) throw new Error('a request reached the protocol without an identity')
    return identity
  }

  async function authenticated(request: IncomingMessage, response: ServerResponse): Promise<Identity | null> {
    try {
      return await gate.authenticate(request.headers.authorization, sourceOf(request))
    } catch (error) {
      if (!(error instanceof Unauthenticated)) throw error
      const headers = {
        ...(error.challenge === '' ? {} : { 'www-authenticate': error.challenge }),
        ...(error.retryAfterS === null ? {} : { 'retry-after': String(error.retryAfterS) }),
      }
      replyError(response, error.status, error.status, error.message, headers)
      return null
    }
  }

  /** The one parse of a request: what is read here is what the SDK and the policy see. */
  function parsed(bytes: Uint8Array, response: ServerResponse): object | undefined {
    try {
      const message = parseStrictJson(bytes, { maxDepth, maxBytes: maxBodyBytes })
      if (Array.isArray(message)) {
        replyError(response, 400, -32_600, 'expected one message, got a batch: send them one by one')
      } else if (typeof message !== 'object' || message === null) {
        replyError(response, 400, -32_600, 'expected a JSON-RPC message')
      } else return message
    } catch (error) {
      if (!(error instanceof StrictJsonError)) throw error
      // The byte from 0: what stands there is not repeated.
      replyError(response, 400, -32_700, error.message, {}, { offset: error.offset })
    }
    return undefined
  }

  return {
    handle,
    toolsChanged: () => sdk.notify.toolsChanged(),
    answered: underWay.none,
    close: () => sdk.close(),
  }
}

/** The request whose answer is a stream that stays open (MCP 2026-07-28, subscriptions). */
const SUBSCRIPTION = 'subscriptions/listen'
