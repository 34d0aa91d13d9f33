import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, ProtocolError, ProtocolErrorCode, Server } from '@modelcontextprotocol/server'
import { UPSTREAM_TOOLS } from './upstream-tools.ts'

export interface Upstream {
  url: string
  /** Names of the tools that were really run. */
  ran: string[]
  /** Every header of every request that came, as `name: value`. */
  headers: Set<string>
  /** Called while a tool runs, before it answers. */
  onRun: (tool: string) => Promise<void>
  close(): Promise<void>
}

/** A plain server of the SDK on loopback with the tools of the conformance suite; its callers need a token. */
export async function startUpstream(token: string): Promise<Upstream> {
  const upstream: Pick<Upstream, 'ran' | 'onRun' | 'headers'> = {
    ran: [],
    headers: new Set(),
    onRun: async () => undefined,
  }
  const handler = createMcpHandler(() => fixture(upstream), { legacy: 'stateless' })
  const node = toNodeHandler(handler)
  const server = createServer((request, response) => {
    const { method = 'GET', url = '/', headers } = request
    for (const [name, value] of Object.entries(headers)) upstream.headers.add(`${name}: ${value}`)
    const known = { method, url, headers, [Symbol.asyncIterator]: () => request[Symbol.asyncIterator]() }
    if (headers.authorization === `Bearer ${token}`) void node(known, response)
    else response.writeHead(401).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = addressOf(server.address())
  return Object.assign(upstream, {
    url: `http://127.0.0.1:${port}/mcp`,
    async close() {
      await handler.close()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  })
}

function fixture(upstream: Pick<Upstream, 'ran' | 'onRun'>): Server {
  const server = new Server({ name: 'conformance-fixture', version: '1.0.0' }, { capabilities: { tools: {} } })
  server.setRequestHandler('tools/list', async () => ({
    tools: Object.keys(UPSTREAM_TOOLS).map((name) => ({ name, inputSchema: { type: 'object' as const } })),
  }))
  server.setRequestHandler('tools/call', async ({ params }, context) => {
    const tool = UPSTREAM_TOOLS[params.name]
    if (tool === undefined) throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'unknown tool')
    upstream.ran.push(params.name)
    await upstream.onRun(params.name)
    return tool(context)
  })
  return server
}

export function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('expected a TCP address')
  return address
}
