import { Agent as HttpAgent, type IncomingHttpHeaders, type IncomingMessage, request as overHttp } from 'node:http'
import { Agent as HttpsAgent, request as overHttps } from 'node:https'
import { ChannelError } from './source.ts'

export interface Ask {
  /** Default GET. */
  method?: 'GET' | 'HEAD' | 'POST' | 'PUT'
  headers?: Readonly<Record<string, string>>
  body?: Uint8Array
  /** Of the body of an answer that gives what was asked for; more ends the exchange. */
  maxBytes: number
}

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Uint8Array
}

export interface Exchange {
  /** One request, one whole answer, whatever its status. Follows nothing. @throws ChannelError */
  (url: URL, ask: Ask): Promise<Answer>
  close(): void
}

export interface ExchangeOptions {
  /** Authorities trusted for these addresses, in place of the system's. Default: the system's. */
  ca?: string | undefined
  /** Until the whole answer is there, in milliseconds. Default 30_000. */
  timeoutMs?: number | undefined
}

/**
 * HTTP with an end to everything: bytes, time, hops. Node's `fetch` takes no authority for one client alone.
 * Connections are kept between looks.
 */
export function openExchange({ ca, timeoutMs = 30_000 }: ExchangeOptions = {}): Exchange {
  const agents = {
    'https:': new HttpsAgent({ keepAlive: true, maxSockets: 4, ...(ca === undefined ? {} : { ca }) }),
    'http:': new HttpAgent({ keepAlive: true, maxSockets: 4 }),
  }
  const once = (url: URL, ask: Ask): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { method = 'GET', headers = {}, body, maxBytes } = ask
      const secure = url.protocol === 'https:'
      const options = {
        ...{ method, agent: secure ? agents['https:'] : agents['http:'], signal: AbortSignal.timeout(timeoutMs) },
        // What is sent as it is can be told by its digest.
        headers: { 'accept-encoding': 'identity', 'user-agent': 'alcada', ...headers, ...lengthOf(method, body) },
      }
      const sent = (secure ? overHttps : overHttp)(url, options, (answer) => {
        whole(answer, maxBytes, url).then(resolve, reject)
      })
      sent.once('error', (error) => reject(Object.assign(error, { reused: sent.reusedSocket })))
      sent.end(body)
    })
  const exchange = async (url: URL, ask: Ask): Promise<Answer> => {
    try {
      // The other side may have ended a kept connection just now (Node's documentation of `reusedSocket`).
      return await once(url, ask).catch((error: unknown) => {
        if (wasReset(error)) return once(url, ask)
        throw error
      })
    } catch (cause) {
      if (cause instanceof ChannelError) throw cause
      throw new ChannelError('CHANNEL_UNAVAILABLE', `${url.origin}${url.pathname}: ${reason(cause, timeoutMs)}`, {
        cause,
      })
    }
  }
  return Object.assign(exchange, {
    close() {
      for (const agent of Object.values(agents)) agent.destroy()
    },
  })
}

async function whole(answer: IncomingMessage, maxBytes: number, url: URL): Promise<Answer> {
  const parts: Buffer[] = []
  const status = answer.statusCode ?? 0
  const isAsked = status >= 200 && status < 300
  let size = 0
  for await (const part of answer) {
    size += part.length
    // Nobody reads a refusal to its end.
    if (!isAsked && size > MAX_REFUSAL_BYTES) break
    if (isAsked && size > maxBytes) {
      answer.destroy()
      const message = `expected at most ${maxBytes} bytes at ${url.origin}${url.pathname}, got more`
      throw new ChannelError('CHANNEL_TOO_LARGE', message)
    }
    parts.push(part)
  }
  return { status, headers: answer.headers, body: Buffer.concat(parts) }
}

const MAX_REFUSAL_BYTES = 65_536

function lengthOf(method: string, body: Uint8Array | undefined): Record<string, string> {
  return method === 'PUT' || method === 'POST' ? { 'content-length': String(body?.length ?? 0) } : {}
}

function wasReset(error: unknown): boolean {
  return error instanceof Error && 'reused' in error && error.reused === true && codeOf(error) === 'ECONNRESET'
}

function reason(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'AbortError') return `no whole answer within ${timeoutMs} ms`
  const code = codeOf(error)
  return code === '' ? 'no answer' : `no answer (${code})`
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
