import { createServer, request } from 'node:http'
import { addressOf } from './upstream.ts'

export interface TokenProxy {
  url: string
  close(): Promise<void>
}

/**
 * Adds the Authorization header to every request and changes nothing else, Host and Origin included: for clients that
 * cannot send a token.
 */
export async function startTokenProxy(target: URL, token: string): Promise<TokenProxy> {
  const server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, authorization: `Bearer ${token}` }
    const passed = request(target, { method: incoming.method ?? 'GET', headers, setHost: false }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      outgoing.flushHeaders()
      answer.pipe(outgoing)
    })
    passed.on('error', () => outgoing.destroy())
    outgoing.on('close', () => passed.destroy())
    incoming.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${addressOf(server.address()).port}${target.pathname}`,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
