import { Client, ProtocolError, SdkHttpError, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { toldRefusal } from '../../contract/told-refusal.ts'

/** What a call came to. */
export type Came =
  | { kind: 'done'; data: unknown }
  /** `code`: of the refusal (`erp_not_found`, `arguments_invalid`), `protocol_-32602`, `http_401`, or `no_answer`. */
  | { kind: 'refused'; code: string; message: string; retryAfterS: number | null }

/** Calls tools as an agent does: through the server, by MCP. */
export interface Calls {
  call(tool: string, args: Record<string, unknown>): Promise<Came>
  /** Names that `tools/list` gives. @throws what the client does */
  names(): Promise<string[]>
  close(): Promise<void>
}

/** Longest wait for an answer, in milliseconds. */
const TIMEOUT_MS = 60_000

export function openCalls(mcp: string, token: string | null): Calls {
  let connected: Promise<Client> | null = null
  const connect = async (): Promise<Client> => {
    const made = new Client({ name: 'alcada-verify-erp', version: '1' }, { versionNegotiation: { mode: 'auto' } })
    const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` }
    await made.connect(new StreamableHTTPClientTransport(new URL(mcp), { requestInit: { headers } }))
    return made
  }
  const open = (): Promise<Client> => {
    connected ??= connect().catch((error: unknown) => {
      connected = null
      throw error
    })
    return connected
  }
  return {
    async call(tool, args) {
      try {
        const answer = await (await open()).callTool({ name: tool, arguments: args }, { timeout: TIMEOUT_MS })
        const [block] = answer.content
        const text = block?.type === 'text' ? block.text : ''
        return answer.isError === true ? refusal(text) : { kind: 'done', data: dataOf(answer.structuredContent) }
      } catch (error) {
        return thrown(error)
      }
    },
    async names() {
      const names: string[] = []
      let cursor: string | undefined
      do {
        const page = await (await open()).listTools(cursor === undefined ? {} : { cursor }, { timeout: TIMEOUT_MS })
        names.push(...page.tools.map(({ name }) => name))
        cursor = page.nextCursor
      } while (cursor !== undefined)
      return names
    },
    close: async () => void (await connected?.then((one) => one.close()).catch(() => undefined)),
  }
}

function dataOf(structured: unknown): unknown {
  return typeof structured === 'object' && structured !== null && 'data' in structured ? structured.data : structured
}

function refusal(text: string): Came {
  const told = toldRefusal(text) ?? { code: 'tool_error', message: '', retryAfterS: null }
  return { kind: 'refused', ...told }
}

function thrown(error: unknown): Came {
  const code =
    error instanceof ProtocolError
      ? `protocol_${error.code}`
      : error instanceof SdkHttpError
        ? `http_${error.status}`
        : 'no_answer'
  const message = error instanceof Error ? error.message : String(error)
  return { kind: 'refused', code, message, retryAfterS: null }
}
