import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { mixOf, type SeenTool, type Step } from './mix.ts'
import { type Came, standingOfAnswer, standingOfError } from './standing.ts'

/** Somebody who works with an ERP, one call after the other. */
export interface User {
  role: string
  /** What it does next, in one go. Never throws. */
  act(signal: AbortSignal): Promise<Came & { tool: string }>
  close(): Promise<void>
}

export interface UserOptions {
  mcp: URL
  token: string
  role: string
  writes: boolean
  /** Longest wait for an answer, in milliseconds. */
  timeoutMs: number
}

const LIST = 'tools/list'

/** A user with an MCP client and a connection of its own; its first step connects and lists the tools it may see. */
export function mcpUser({ mcp, token, role, writes, timeoutMs }: UserOptions): User {
  let client: Client | null = null
  let mix: ReturnType<typeof mixOf> | null = null

  async function listTools(signal: AbortSignal): Promise<Came & { tool: string }> {
    if (client === null) {
      const made = new Client({ name: 'alcada-load-test', version: '1' }, { versionNegotiation: { mode: 'auto' } })
      const headers = { authorization: `Bearer ${token}` }
      await made.connect(new StreamableHTTPClientTransport(mcp, { requestInit: { headers } }), {
        signal,
        timeout: timeoutMs,
      })
      client = made
    }
    const { tools } = await client.listTools({}, { signal, timeout: timeoutMs })
    mix ??= mixOf({ tools: tools.map(seen), writes })
    return { tool: LIST, standing: 'success', kind: null }
  }
  async function call({ tool, args }: Extract<Step, { does: 'call' }>, signal: AbortSignal): Promise<Came> {
    const answer = await client?.callTool({ name: tool, arguments: args }, { signal, timeout: timeoutMs })
    const [block] = answer?.content ?? []
    mix?.saw(tool, dataOf(answer?.structuredContent))
    return standingOfAnswer(answer?.isError === true, block?.type === 'text' ? block.text : '')
  }
  return {
    role,
    async act(signal) {
      const step: Step = mix?.next() ?? { does: 'list_tools' }
      const tool = step.does === 'call' ? step.tool : LIST
      try {
        return step.does === 'call' ? { tool, ...(await call(step, signal)) } : await listTools(signal)
      } catch (error) {
        return { tool, ...standingOfError(error) }
      }
    },
    close: async () => void (await client?.close()),
  }
}

function dataOf(structured: unknown): unknown {
  return typeof structured === 'object' && structured !== null && 'data' in structured ? structured.data : null
}

function seen({ name, inputSchema, annotations }: SeenTool): SeenTool {
  return { name, inputSchema: { required: inputSchema.required, properties: inputSchema.properties }, annotations }
}
