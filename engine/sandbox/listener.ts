import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'

/** One HTTP request, read whole. */
export interface RawCall {
  method: string
  /** Path as sent, without the query; percent-decoding is left to the ERP. */
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: Buffer
  /** IP the request came from; some limits are counted on it. */
  ip: string
}

/** What an ERP answers. */
export interface RawAnswer {
  status: number
  /** An object is sent as JSON, a string as plain text as it is, undefined as no body. */
  body?: unknown
  headers?: Record<string, string>
  /** Cuts the connection; nothing is sent. */
  dropConnection?: boolean
}

export interface ListenerOptions {
  /** TCP port on 127.0.0.1. Default 0: any free one. */
  port?: number
  /** Greatest body in bytes that is kept; a longer one is answered 413 and never served. Default 10 MiB. */
  maxBodyBytes?: number
  /** Serves one call. A throw is answered with HTTP 500 and an empty body. */
  answer(call: RawCall): Promise<RawAnswer> | RawAnswer
}

export interface Listener {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  url: string
  /** Ends at once: open connections are cut. */
  close(): Promise<void>
}

/** Listens on loopback only and hands every call, its body read whole, to `answer`. */
export async function listen(options: ListenerOptions): Promise<Listener> {
  const server = createServer((request, response) => {
    serve(request, response, options).catch(() => response.destroy())
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address on loopback')
  return {
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function serve(request: IncomingMessage, response: ServerResponse, options: ListenerOptions): Promise<void> {
  const body = await readBody(request, options.maxBodyBytes ?? 10 * 1024 * 1024)
  if (body === undefined) return send(response, { status: 413 })
  const url = new URL(request.url ?? '/', 'http://127.0.0.1')
  const call: RawCall = {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body,
    ip: request.socket.remoteAddress ?? '127.0.0.1',
  }
  send(response, await answerOf(call, options))
}

async function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size <= limit) chunks.push(chunk)
  }
  return size <= limit ? Buffer.concat(chunks) : undefined
}

async function answerOf(call: RawCall, options: ListenerOptions): Promise<RawAnswer> {
  try {
    return await options.answer(call)
  } catch {
    return { status: 500 }
  }
}

function send(response: ServerResponse, answer: RawAnswer): void {
  if (answer.dropConnection === true) {
    response.destroy()
    return
  }
  const { status, body } = answer
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body)
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json; charset=utf-8'
  response.writeHead(status, { ...(text !== '' && { 'content-type': type }), ...answer.headers })
  response.end(text)
}
