import { PassThrough, type Readable, type Writable } from 'node:stream'
import { parseJSONRPCMessage, type Server, type ServerContext } from '@modelcontextprotocol/server'
import { StdioServerTransport, serveStdio } from '@modelcontextprotocol/server/stdio'
import { parseStrictJson, StrictJsonError } from '../../engine/contract/strict-json.ts'
import type { Identity, McpGate } from './gate.ts'
import { protocolServer } from './protocol.ts'

export interface McpStdioOptions {
  stdin: Readable
  stdout: Writable
  /** Who calls, verified anew at every request: the token may have been renewed, or have expired. */
  identify: (context: ServerContext) => Promise<Identity>
  /** Longest line, in bytes. Default 1_048_576. */
  maxLineBytes?: number
  /** Deepest nesting of a message. Default 64. */
  maxDepth?: number
  /** Told of what went wrong inside. */
  onError?: (error: Error) => void
}

export interface McpStdio {
  /** Tells the client that the list of tools changed. */
  toolsChanged(): void
  close(): Promise<void>
}

/** MCP over stdin and stdout, a line a message. Lines are parsed strictly by us; the SDK gets what we read. */
export function mcpStdio(gate: McpGate, options: McpStdioOptions): McpStdio {
  const { stdin, stdout, maxLineBytes = 1_048_576, maxDepth = 64, onError } = options
  const report = onError === undefined ? {} : { onerror: onError }
  const accepted = new PassThrough()
  const refuse = (code: number, message: string, data?: object): void => {
    const error = { code, message, ...(data && { data }) }
    stdout.write(`${JSON.stringify({ jsonrpc: '2.0', id: null, error })}\n`)
  }
  const onLine = (line: Uint8Array): void => {
    try {
      const message = parseStrictJson(line, { maxDepth, maxBytes: maxLineBytes })
      if (Array.isArray(message)) refuse(-32_600, 'expected one message, got a batch: send them one by one')
      else if (!isMessage(message)) refuse(-32_600, 'expected a JSON-RPC message')
      else accepted.write(`${JSON.stringify(message)}\n`)
    } catch (error) {
      if (!(error instanceof StrictJsonError)) throw error
      refuse(-32_700, error.message, { offset: error.offset })
    }
  }
  splitLines(stdin, maxLineBytes, onLine, () => refuse(-32_600, `expected a line of at most ${maxLineBytes} bytes`))
  stdin.once('end', () => accepted.end())

  // The SDK makes a second one when a client that asked for the newest revision falls back to an older.
  let server: Server | null = null
  const made = (next: Server): Server => {
    server = next
    return next
  }
  const serving = serveStdio(({ era }) => made(protocolServer(gate, era, options)), {
    transport: new StdioServerTransport(accepted, stdout),
    ...report,
  })
  return {
    toolsChanged: () => {
      server?.sendToolListChanged().catch((error: Error) => onError?.(error))
    },
    close: () => serving.close(),
  }
}

function isMessage(value: unknown): boolean {
  try {
    parseJSONRPCMessage(value)
    return true
  } catch {
    return false
  }
}

function splitLines(input: Readable, maxBytes: number, onLine: (line: Uint8Array) => void, tooLong: () => void): void {
  let rest = Buffer.alloc(0)
  let skipping = false
  input.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = rest.subarray(0, end)
      rest = rest.subarray(end + 1)
      if (!skipping && line.length > maxBytes) tooLong()
      else if (!skipping && line.length > 0) onLine(line)
      skipping = false
    }
    if (rest.length > maxBytes) {
      if (!skipping) tooLong()
      skipping = true
      rest = Buffer.alloc(0)
    }
  })
}
