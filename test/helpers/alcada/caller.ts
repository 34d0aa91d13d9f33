import { type Client, ProtocolError } from '@modelcontextprotocol/client'
import type { Refusal, ToolResult } from '../../../engine/contract/result.ts'
import { connect2026 } from '../mcp/clients.ts'

/** What a call came to, as the client sees it. */
export type Told =
  | ({ kind: 'result' } & ToolResult)
  | ({ kind: 'refusal' } & Refusal)
  /** An error of the protocol, such as -32602 for a tool this caller may not know of. */
  | { kind: 'protocol_error'; code: number; message: string }

/** One caller with a connection of its own. */
export interface TestCaller {
  client: Client
  call(tool: string, args?: Record<string, unknown>): Promise<Told>
  /** The `data` of a result. Throws with what was answered when it is none. */
  data(tool: string, args?: Record<string, unknown>): Promise<unknown>
  /** The id of what a write made or changed. */
  id(tool: string, args?: Record<string, unknown>): Promise<string>
  close(): Promise<void>
}

/** Connects a real MCP client of 2026-07-28 with this token; `heard` gets every answer. */
export async function connectCaller(
  mcp: URL,
  token: string,
  heard: (tool: string, told: Told) => void = () => undefined,
): Promise<TestCaller> {
  const client = await connect2026(mcp, token)
  const ask = async (tool: string, args: Record<string, unknown>): Promise<Told> => {
    try {
      const { isError, structuredContent, content } = await client.callTool({ name: tool, arguments: args })
      return read(isError === true, structuredContent, content)
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      return { kind: 'protocol_error', code: error.code, message: error.message }
    }
  }
  const call: TestCaller['call'] = async (tool, args = {}) => {
    const told = await ask(tool, args)
    heard(tool, told)
    return told
  }
  const data: TestCaller['data'] = async (tool, args) => {
    const told = await call(tool, args)
    if (told.kind !== 'result') throw new Error(`expected ${tool} to be done, got ${JSON.stringify(told)}`)
    return told.data
  }
  return {
    client,
    call,
    data,
    async id(tool, args) {
      const written = await data(tool, args)
      if (typeof written === 'object' && written !== null && 'id' in written) return String(written.id)
      throw new Error(`expected an id from ${tool}, got ${JSON.stringify(written)}`)
    },
    close: () => client.close(),
  }
}

function read(isError: boolean, structured: unknown, content: readonly { type: string }[]): Told {
  const [block] = content
  if (block === undefined || !('text' in block)) throw new Error('expected a text that says what the answer says')
  // Both carry the answer, and a client reads the one or the other.
  if (JSON.stringify(structured) !== block.text) throw new Error('expected the text to be the structured content')
  if (isError && isRefusal(structured)) return { kind: 'refusal', ...structured }
  if (!isError && isResult(structured)) return { kind: 'result', ...structured }
  throw new Error(`expected a result or a refusal, got ${block.text}`)
}

function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'error' in value && 'alcada' in value
}

function isResult(value: unknown): value is ToolResult {
  return typeof value === 'object' && value !== null && 'data' in value && 'metadata' in value && 'alcada' in value
}
