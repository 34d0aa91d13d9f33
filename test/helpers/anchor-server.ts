import { createServer, type Server } from 'node:http'

/** An anchor on loopback that takes PUT and answers GET, and replaces nothing. */
export interface AnchorServer {
  /** Base address of the anchor. */
  url: string
  /** What it keeps, by path. */
  kept: Map<string, string>
  close(): Promise<unknown>
}

/** @param token without which it answers 401 */
export async function startAnchorServer(token: string): Promise<AnchorServer> {
  const kept = new Map<string, string>()
  const server: Server = createServer(async (request, response) => {
    let body = ''
    for await (const part of request) body += part
    const { url = '', method, headers } = request
    if (headers.authorization !== `Bearer ${token}`) response.writeHead(401).end()
    else if (method === 'GET') response.writeHead(kept.has(url) ? 200 : 404).end(kept.get(url))
    else if (kept.has(url)) response.writeHead(412).end()
    else {
      kept.set(url, body)
      response.writeHead(201).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    url: `http://127.0.0.1:${port}/anchor`,
    kept,
    close: () => new Promise((resolve) => server.close(resolve)),
  }
}
