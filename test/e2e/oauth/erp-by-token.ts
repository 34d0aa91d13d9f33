import { createServer, type IncomingMessage } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { NiboStandIn } from '../../../engine/sandbox/nibo/server.ts'
import { AURORA } from '../../helpers/alcada/start.ts'
import type { ErpProvider } from '../../helpers/identity/erp-provider.ts'

/** Nibo's stand-in behind a provider's tokens: what is good there is let in here. */
export interface ErpByToken {
  url: string
  /** The header of the last call that was let in. */
  last(): string
  /** All tokens that came here. */
  tokens(): string[]
  stop(): Promise<void>
}

/** One loopback address for the API and for its tokens, as a server under a development key knows its ERP. */
export async function erpByToken(provider: ErpProvider, nibo: NiboStandIn): Promise<ErpByToken> {
  const seen: string[] = []
  const { origin, pathname } = new URL(nibo.url)
  const token = nibo.credentials[AURORA]?.['api_token'] ?? ''
  const server = createServer(async (request, response) => {
    const isToken = request.url === '/token'
    const { authorization = '' } = request.headers
    if (!isToken) seen.push(authorization)
    if (!isToken && !(await provider.knows(authorization))) return void response.writeHead(401).end()
    const answer = await handOn(request, isToken ? provider.url : origin, isToken ? {} : { apitoken: token })
    if (answer === null) return void response.destroy()
    const type = answer.headers.get('content-type') ?? 'application/json'
    response.writeHead(answer.status, { 'content-type': type }).end(Buffer.from(await answer.arrayBuffer()))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return {
    url: `http://127.0.0.1:${address.port}${pathname}`,
    last: () => seen.at(-1) ?? '',
    tokens: () => [...new Set(seen)].map((header) => header.replace('Bearer ', '')).filter((one) => one !== ''),
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function handOn(
  request: IncomingMessage,
  origin: string,
  more: Record<string, string>,
): Promise<Response | null> {
  const { authorization, 'content-type': type } = request.headers
  const headers = { ...(authorization && { authorization }), ...(type && { 'content-type': type }), ...more }
  const body = request.method === 'GET' ? {} : { body: await buffer(request) }
  return fetch(`${origin}${request.url}`, { method: request.method ?? 'GET', headers, ...body }).catch(() => null)
}
