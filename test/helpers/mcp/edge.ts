import { type McpHttpOptions, mcpHttp } from '../../../servers/mcp/http.ts'
import { listen } from '../../../servers/mcp/listener.ts'
import { replyJson } from '../../../servers/mcp/reply.ts'
import { type TestGate, testGate } from './gate.ts'

export interface Edge {
  /** `http://127.0.0.1:<port>`. */
  origin: string
  /** The address of `/mcp`. */
  url: URL
  port: number
  gate: TestGate
  /** What the edge reported as not answered. */
  errors: string[]
  toolsChanged(): void
  /** As a server that was asked to end: takes no more, answers what is under way, `withinMs` at the latest, and is gone. */
  leave(withinMs: number): Promise<void>
  stop(): Promise<void>
}

/** The protocol's edge on a real listener, in front of a gate of the test's own. */
export async function startEdge(options: Partial<McpHttpOptions> & { maxConnections?: number } = {}): Promise<Edge> {
  const { maxConnections = 100, ...http } = options
  const gate = testGate()
  const errors: string[] = []
  const onError = (error: Error): void => {
    errors.push(error.message)
  }
  const mcp = mcpHttp(gate, { allowedHosts: ['127.0.0.1', 'localhost'], allowedOrigins: [], onError, ...http })
  const listener = await listen(
    (request, response, path) =>
      path === '/mcp' ? mcp.handle(request, response) : replyJson(response, 404, { error: { code: 'not_found' } }),
    { host: '127.0.0.1', port: 0, maxConnections, clean: (text) => text, onError },
  )
  const url = new URL('/mcp', listener.url)
  return {
    origin: url.origin,
    url,
    port: Number(url.port),
    gate,
    errors,
    toolsChanged: () => mcp.toolsChanged(),
    leave: async (withinMs) => {
      listener.leave()
      await mcp.answered(withinMs)
      await mcp.close()
      await listener.close(100)
    },
    stop: async () => {
      await mcp.close()
      await listener.close(100)
    },
  }
}
