import { rmSync } from 'node:fs'
import { Agent, request as ask, createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface FrontOptions {
  listen: URL
  /** The server behind it; the same address before and after an exchange. */
  target: URL
  /** Path of the Unix socket by which it is told to hold and to release. */
  control: string
  /** Requests are held this long at most, in milliseconds. Default 120_000. */
  patienceMs?: number
}

export interface Front {
  stop(): Promise<void>
}

/** What a request may hold, in bytes; the server behind takes less. */
const MOST_BODY = 4 * 1024 * 1024
const RETRY_MS = 50
const LEFT = 499
const HOP = ['connection', 'keep-alive', 'proxy-connection', 'transfer-encoding', 'upgrade', 'expect']

/**
 * Passes each request on as it came. While it holds, new ones wait instead of being refused. One whose connection broke before
 * an answer began is sent again: the ledger knows a repeat by its caller and arguments, and does nothing twice.
 */
export async function frontListener(options: FrontOptions): Promise<Front> {
  const { listen, target, control, patienceMs = 120_000 } = options
  const agent = new Agent({ keepAlive: false })
  let released: Promise<void> | null = null
  let release = (): void => undefined
  let underWay = 0
  let idle = (): void => undefined

  const hold = async (withinMs: number): Promise<void> => {
    if (released === null) {
      const gate = Promise.withResolvers<void>()
      const timer = setTimeout(gate.resolve, patienceMs)
      released = gate.promise
      release = () => {
        clearTimeout(timer)
        released = null
        gate.resolve()
      }
    }
    if (underWay > 0)
      await Promise.race([new Promise<void>((resolve) => (idle = resolve)), sleep(withinMs, undefined, { ref: false })])
  }

  const pass = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await bodyOf(request)
    if (body === null) return refuse(response, 413, 'too_large')
    const until = performance.now() + patienceMs
    for (;;) {
      while (released !== null) await released
      // A stream that stands open is no call that could end.
      const counts = request.method === 'GET' ? 0 : 1
      underWay += counts
      try {
        const answer = await send(request, body, target, agent, response)
        // What a server says of a call that it had to leave when it ended.
        if (answer.statusCode === LEFT) {
          answer.resume()
          throw new Error('the server ended before it answered')
        }
        await copied(answer, response)
        return
      } catch {
        if (response.headersSent) return void response.destroy()
        if (response.destroyed) return
        if (performance.now() > until) return refuse(response, 503, 'unavailable')
      } finally {
        underWay -= counts
        if (underWay === 0) idle()
      }
      await sleep(RETRY_MS)
    }
  }

  const server = createServer((request, response) => {
    pass(request, response).catch(() => response.destroy())
  })
  const orders = createServer((request, response) => {
    const done = (): void =>
      void response
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ held: released !== null, underWay }))
    if (request.method === 'POST' && request.url === '/hold') return void hold(30_000).then(done)
    if (request.method === 'POST' && request.url === '/release') release()
    done()
  })
  server.keepAliveTimeout = 65_000
  rmSync(control, { force: true })
  await Promise.all([
    listening(server, { port: Number(listen.port || 80), host: listen.hostname }),
    listening(orders, { path: control }),
  ])
  return {
    async stop() {
      release()
      await Promise.all([server, orders].map((one) => new Promise<void>((resolve) => one.close(() => resolve()))))
    },
  }
}

function listening(server: Server, at: { port: number; host: string } | { path: string }): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(at, resolve)
  })
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of request) {
    size += part.length
    if (size > MOST_BODY) return null
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function send(
  request: IncomingMessage,
  body: Buffer,
  target: URL,
  agent: Agent,
  response: ServerResponse,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const { method, url, headers, socket } = request
    const passed = Object.fromEntries(
      Object.entries(headers).filter(([name]) => !HOP.includes(name) && name !== 'content-length'),
    )
    const hops = [headers['x-forwarded-for'], socket.remoteAddress].flat().filter(Boolean).join(', ')
    const length = body.length > 0 || method === 'POST' ? { 'content-length': body.length } : {}
    const onward = ask({
      ...{ host: target.hostname, port: target.port, method, path: url, agent },
      headers: { ...passed, ...length, 'x-forwarded-for': hops },
    })
    onward.once('response', resolve)
    onward.once('error', reject)
    // A client that is gone waits for nothing.
    response.once('close', () => onward.destroy())
    onward.end(body)
  })
}

function copied(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = Object.fromEntries(Object.entries(answer.headers).filter(([name]) => !HOP.includes(name)))
    response.writeHead(answer.statusCode ?? 502, headers)
    answer.pipe(response)
    answer.once('error', reject)
    response.once('close', resolve)
  })
}

function refuse(response: ServerResponse, status: number, code: string): void {
  const message = 'the server of this ERP could not be reached'
  response
    .writeHead(status, { 'content-type': 'application/json', 'retry-after': '5' })
    .end(JSON.stringify({ error: { code, message } }))
}
