import { setTimeout } from 'node:timers/promises'
import { type CallToolResult, Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client'
import { type ToldRefusal, toldRefusal } from '../../contract/told-refusal.ts'

/** Reads an ERP through its server, as any caller does: each read has its own entry in the ledger. */
export interface Reader {
  /** Every record of a list, page after page. @throws ReadError */
  list(tool: string, args: Readonly<Record<string, unknown>>): AsyncGenerator<unknown>
  /** One record; null where there is none. @throws ReadError */
  one(tool: string, args: Readonly<Record<string, unknown>>): Promise<unknown>
  close(): Promise<void>
}

/** The server refuses a read, or nothing answers. */
export class ReadError extends Error {
  /** Code of the refusal. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'ReadError'
    this.code = code
  }
}

export interface ReaderOptions {
  mcp: URL
  token: string
  /** Longest wait for an answer, in milliseconds. Default 60_000. */
  timeoutMs?: number
  /** Longest wait that the server may ask for before the same read, in seconds. Default 120. */
  maxWaitS?: number
  /** Hears of such a wait. */
  onWait?: (seconds: number, code: string) => void
}

const PAGE = 500
const TRIES = 5

/** Opens a connection to the server of an ERP. @throws ReadError */
export async function openReader(options: ReaderOptions): Promise<Reader> {
  const { mcp, token, timeoutMs: timeout = 60_000, maxWaitS = 120, onWait = () => undefined } = options
  const client = new Client({ name: 'alcada-reconcile', version: '1' }, { versionNegotiation: { mode: 'auto' } })
  const headers = { authorization: `Bearer ${token}` }
  const sizes = new Map<string, number>()
  try {
    await client.connect(new StreamableHTTPClientTransport(mcp, { requestInit: { headers } }), { timeout })
    for (const { name, inputSchema } of (await client.listTools({}, { timeout })).tools) {
      sizes.set(name, largestPage(inputSchema))
    }
  } catch (cause) {
    await client.close()
    throw new ReadError('no_connection', `\`${mcp.href}\` does not answer, or not to this token`, { cause })
  }

  async function answer(tool: string, args: Readonly<Record<string, unknown>>): Promise<Answered> {
    if (!sizes.has(tool)) {
      throw new ReadError('not_visible', `\`${tool}\` is none of this token's tools: it needs a role that reads`)
    }
    for (let tries = 1; ; tries++) {
      const told = await client.callTool({ name: tool, arguments: { ...args } }, { timeout }).catch((cause: Error) => {
        throw new ReadError('no_answer', `\`${tool}\` is not answered: ${cause.message}`, { cause })
      })
      const refused = told.isError === true ? refusalIn(told) : null
      if (refused === null) return answeredBy(told)
      const { code, message, retryAfterS } = refused
      if (retryAfterS === null || retryAfterS > maxWaitS || tries === TRIES) {
        throw new ReadError(code, `\`${tool}\` is refused, ${code}: ${message}`)
      }
      onWait(retryAfterS, code)
      await setTimeout(retryAfterS * 1_000)
    }
  }

  return {
    async *list(tool, args) {
      let size = sizes.get(tool) ?? PAGE
      for (let page = 1, more = true; more; ) {
        try {
          const { data, has_next } = await answer(tool, { ...args, page, page_size: size })
          // Taken for an empty list, it would look as if nothing had happened in the ERP.
          if (!Array.isArray(data)) throw new ReadError('no_list', `\`${tool}\` answers no list`)
          if (has_next && data.length === 0) {
            throw new ReadError('no_end', `\`${tool}\` says that more follows, and page ${page} holds nothing`)
          }
          yield* data
          page += 1
          more = has_next
        } catch (error) {
          // The policy may give out fewer rows at once than the ERP does.
          if (!(error instanceof ReadError) || error.code !== 'rows_above_cap' || page > 1 || size < 2) throw error
          size = Math.floor(size / 2)
        }
      }
    },
    async one(tool, args) {
      try {
        return (await answer(tool, args)).data
      } catch (error) {
        if (error instanceof ReadError && error.code === 'erp_not_found') return null
        throw error
      }
    },
    close: () => client.close(),
  }
}

interface Answered {
  data: unknown
  has_next: boolean
}

function answeredBy({ structuredContent }: CallToolResult): Answered {
  const told: { data?: unknown; metadata?: { has_next?: unknown } } = structuredContent ?? {}
  return { data: told.data ?? null, has_next: told.metadata?.has_next === true }
}

function refusalIn({ content: [block] }: CallToolResult): ToldRefusal {
  const told = block?.type === 'text' ? toldRefusal(block.text) : null
  return told ?? { code: 'tool_error', message: 'the server does not say why', retryAfterS: null }
}

function largestPage({ properties }: { properties?: Record<string, unknown> | undefined }): number {
  const size: { maximum?: unknown } = Object(properties?.['page_size'])
  return typeof size.maximum === 'number' ? Math.min(size.maximum, PAGE) : PAGE
}
