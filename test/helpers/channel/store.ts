import { createHash } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { Authority } from './authority.ts'

/** A store over HTTPS on loopback that gives tags and writes on conditions, as S3 does behind what signs for it. */
export interface Store {
  /** `https://localhost:<port>/prod` */
  url: string
  files: Map<string, Buffer>
  /** Of each request: method, path, status. */
  asked: string[]
  /** Takes the place of the next answers to this path, until it is taken away. */
  instead: Map<string, RequestListener>
  /** Bytes of files that were sent. */
  sent: number
  /** Switched off: overwrites whatever stands there, as many a server does. */
  conditions: boolean
  stop(): Promise<void>
  /** Listens again where it did. */
  again(): Promise<void>
}

/** @param token without which it answers 401; null: it asks for none */
export async function startStore(authority: Authority, token: string | null = null): Promise<Store> {
  let port = 0
  const server = createServer({ key: authority.key, cert: authority.cert }, (request, response) => {
    void answer(request, response)
  })
  const listen = (): Promise<void> => new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve()))

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part)
    const { method = '', headers } = request
    const path = (request.url ?? '').replace(/^\/prod\//, '')
    response.once('finish', () => store.asked.push(`${method} ${path} ${response.statusCode}`))
    const other = store.instead.get(path)
    if (other !== undefined) return other(request, response)
    if (token !== null && headers.authorization !== `Bearer ${token}`) return void response.writeHead(401).end()
    const standing = store.files.get(path)
    const etag = standing === undefined ? undefined : `"${createHash('md5').update(standing).digest('hex')}"`
    if (method === 'PUT') {
      const wrong =
        (headers['if-none-match'] === '*' && standing !== undefined) ||
        (headers['if-match'] !== undefined && headers['if-match'] !== etag)
      if (wrong && store.conditions) return void response.writeHead(412).end()
      store.files.set(path, Buffer.concat(parts))
      return void response.writeHead(standing === undefined ? 201 : 204).end()
    }
    if (standing === undefined || etag === undefined) return void response.writeHead(404).end()
    if (headers['if-none-match'] === etag) return void response.writeHead(304, { etag }).end()
    store.sent += standing.length
    response.writeHead(200, { etag, 'content-type': 'application/octet-stream' }).end(standing)
  }

  await listen()
  const address = server.address()
  port = typeof address === 'object' && address !== null ? address.port : 0
  const store: Store = {
    url: `https://localhost:${port}/prod`,
    files: new Map(),
    asked: [],
    instead: new Map(),
    sent: 0,
    conditions: true,
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
    again: listen,
  }
  return store
}
