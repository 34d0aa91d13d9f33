import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Clean, cleanResponses } from './outgoing.ts'
import { connectionPlaces } from './places.ts'
import { replyJson } from './reply.ts'

export interface ListenerOptions {
  host: string
  /** 0: any free port. */
  port: number
  /** Connections served at once. One more takes the place of one that is only kept open; where all are busy its request is answered 503. */
  maxConnections: number
  /** Every body and header passes it before it leaves. */
  clean: Clean
  /** Called for each request turned away because of `maxConnections`. */
  onOverload?: () => void
  /** Called for each request; what it gives, once the answer is out or the connection gone. */
  onRequest?: (request: IncomingMessage, path: string) => (answered: { status: number; tookMs: number }) => void
  onError?: (error: Error) => void
}

export interface Listener {
  url: string
  connections(): number
  /** Takes no more connections; those there are end with the answer that is under way. */
  leave(): void
  /** Stops taking requests and waits for those under way, at most `graceMs`. */
  close(graceMs: number): Promise<void>
}

/** A path and what answers it. */
export type Route = (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void> | void

/** Connections above the limit that are still told why they are not served. */
const UNPLACED = 200

/** An HTTP listener that survives whatever a handler throws and limits its connections. */
export async function listen(route: Route, options: ListenerOptions): Promise<Listener> {
  const places = connectionPlaces(options.maxConnections)
  const limits = { maxHeaderSize: 16_384, requestTimeout: 60_000, headersTimeout: 20_000 }
  const server = createServer({ ...limits, ServerResponse: cleanResponses(options.clean) })
  // Those without a place are told so; of far too many even that is too much.
  server.maxConnections = options.maxConnections + UNPLACED
  server.on('connection', places.arrived)
  server.on('drop', () => options.onOverload?.())
  let leaving = false
  server.on('request', (request, response) => {
    // Who is told so opens the next connection elsewhere.
    if (leaving) response.shouldKeepAlive = false
    const { socket } = request
    const path = pathOf(request)
    const startedMs = performance.now()
    const answered = options.onRequest?.(request, path)
    response.once('close', () => answered?.({ status: response.statusCode, tookMs: performance.now() - startedMs }))
    if (!places.begun(socket)) {
      options.onOverload?.()
      const error = { error: { code: 'overloaded', message: `expected at most ${options.maxConnections} connections` } }
      return replyJson(response, 503, error, { 'retry-after': '1', connection: 'close' })
    }
    response.once('close', () => places.ended(socket))
    Promise.resolve()
      .then(() => route(request, response, path))
      .catch((error: unknown) => {
        options.onError?.(error instanceof Error ? error : new Error(String(error)))
        replyJson(response, 500, { error: { code: 'internal', message: 'the server could not answer this request' } })
      })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  const { port } = addressOf(server)
  const name = options.host.includes(':') ? `[${options.host}]` : options.host
  return {
    url: `http://${name}:${port}`,
    connections: places.open,
    leave() {
      leaving = true
      server.close()
    },
    close: (graceMs) => closed(server, graceMs),
  }
}

function pathOf({ url = '/' }: IncomingMessage): string {
  return URL.canParse(url, 'http://localhost') ? new URL(url, 'http://localhost').pathname : '/'
}

function addressOf(server: Server): AddressInfo {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the listener has no port')
  return address
}

async function closed(server: Server, graceMs: number): Promise<void> {
  const gone = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), graceMs)
  await gone
  clearTimeout(timer)
}
