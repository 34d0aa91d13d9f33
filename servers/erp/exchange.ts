import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import type { ErpErrorKind } from './outcome.ts'
import { ErpFailure } from './outcome.ts'

/** What an ERP answered. */
export interface RawAnswer {
  status: number
  headers: IncomingMessage['headers']
  bytes: Uint8Array
}

export interface ExchangeOptions {
  /** For the whole exchange, in milliseconds. */
  timeoutMs: number
  /** Greatest answer in bytes, counted while it comes in. */
  maxBytes: number
  signal?: AbortSignal | undefined
}

export interface Exchange {
  send(
    request: { method: string; url: URL; headers: Record<string, string>; body?: string },
    options: ExchangeOptions,
  ): Promise<RawAnswer>
  close(): void
}

// Shorter than servers keep idle connections (5 s and more): a write on one that they just closed would end unknown.
const IDLE_MS = 4_000

/**
 * HTTP with connections kept open. node:http and not fetch, since its events tell whether a connection stood when
 * something went wrong: before that, a write is known not done. It follows no redirect and reads no proxy setting.
 */
export function openExchange(): Exchange {
  const kept = { keepAlive: true, timeout: IDLE_MS }
  const agents = { http: new HttpAgent(kept), https: new HttpsAgent(kept) }
  return {
    send: (request, options) => send(request, options, agents),
    close() {
      agents.http.destroy()
      agents.https.destroy()
    },
  }
}

function send(
  { method, url, headers, body }: Parameters<Exchange['send']>[0],
  { timeoutMs, maxBytes, signal }: ExchangeOptions,
  agents: { http: HttpAgent; https: HttpsAgent },
): Promise<RawAnswer> {
  const limit = AbortSignal.timeout(timeoutMs)
  const signals = signal === undefined ? limit : AbortSignal.any([limit, signal])
  const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  const options = {
    method,
    headers: { ...headers, ...length, 'accept-encoding': 'identity', 'user-agent': 'alcada' },
    signal: signals,
  }
  return new Promise((resolve, reject) => {
    let connected = false
    const fail = (error: unknown) => reject(failureOf(error, !connected, limit, signal))
    if (signals.aborted) return fail(signals.reason)
    const outgoing =
      url.protocol === 'https:'
        ? httpsRequest(url, { ...options, agent: agents.https })
        : httpRequest(url, { ...options, agent: agents.http })
    outgoing.on('socket', (socket) => {
      // A kept connection counts as standing: whether the other side still reads from it cannot be known.
      if (!socket.connecting) {
        connected = true
        return
      }
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        connected = true
      })
    })
    outgoing.on('error', fail)
    outgoing.on('response', (response) => void read(response, maxBytes).then(resolve, fail))
    outgoing.end(body)
  })
}

async function read(response: IncomingMessage, maxBytes: number): Promise<RawAnswer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    size += chunk.length
    if (size > maxBytes) {
      response.destroy()
      throw new ErpFailure(
        { kind: 'response_too_large', message: `the answer is longer than ${maxBytes} bytes` },
        false,
      )
    }
    chunks.push(chunk)
  }
  return { status: response.statusCode ?? 0, headers: response.headers, bytes: Buffer.concat(chunks) }
}

function failureOf(error: unknown, notDone: boolean, limit: AbortSignal, signal: AbortSignal | undefined): ErpFailure {
  if (error instanceof ErpFailure) return error
  const failure = (kind: ErpErrorKind, message: string) => new ErpFailure({ kind, message }, notDone)
  if (signal?.aborted === true) return failure('cancelled', 'the call was cancelled')
  if (limit.aborted) return failure('timeout', 'the ERP did not answer in time')
  return failure('connection', notDone ? 'no connection to the ERP' : 'the connection to the ERP was lost')
}
