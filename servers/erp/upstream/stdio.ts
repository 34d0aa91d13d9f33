import type { JSONRPCMessage, Transport } from '@modelcontextprotocol/client'
import { isJSONRPCNotification, isJSONRPCRequest, isJSONRPCResponse } from '@modelcontextprotocol/client'
import { parseStrictJson } from '../../../engine/contract/strict-json.ts'
import { ErpFailure } from '../outcome.ts'
import type { Running } from './process.ts'

export interface StdioOptions {
  /** Longest message that is taken, in bytes. A longer one ends the process. */
  maxBytes: number
  start(): Running
}

/** A transport over a confined process: one message a line (MCP 2025-11-25, transports, stdio), each bounded, each of the right shape. */
export class ProcessTransport implements Transport {
  // These two are how the SDK knows that this is a local pipe, where silence means an older server.
  readonly stderr = null
  get pid(): number | null {
    return this.#running?.child.pid ?? null
  }
  onclose?: () => void
  onerror?: (error: Error) => void
  onmessage?: (message: JSONRPCMessage) => void
  /** Why this end came: what was wrong with what the upstream said. */
  failure: ErpFailure | null = null
  readonly #options: StdioOptions
  #running: Running | null = null
  #parts: Buffer[] = []
  #size = 0

  constructor(options: StdioOptions) {
    this.#options = options
  }

  async start(): Promise<void> {
    const running = this.#options.start()
    this.#running = running
    running.child.stdout?.on('data', (chunk: Buffer) => this.#read(chunk))
    void running.ended.then(() => this.onclose?.())
  }

  async send(message: JSONRPCMessage): Promise<void> {
    const stdin = this.#running?.child.stdin
    if (stdin?.writable !== true) throw new ErpFailure({ kind: 'connection', message: GONE }, true)
    await new Promise<void>((resolve) => stdin.write(`${JSON.stringify(message)}\n`, () => resolve()))
  }

  async close(): Promise<void> {
    await this.#running?.end()
  }

  #read(chunk: Buffer): void {
    let rest = chunk
    for (;;) {
      if (this.failure !== null) return
      const end = rest.indexOf(NEWLINE)
      const part = end < 0 ? rest : rest.subarray(0, end)
      this.#size += part.length
      if (this.#size > this.#options.maxBytes) {
        const message = `the answer is longer than ${this.#options.maxBytes} bytes`
        this.#broken(new ErpFailure({ kind: 'response_too_large', message }, false))
        return
      }
      this.#parts.push(part)
      if (end < 0) return
      const line = Buffer.concat(this.#parts)
      this.#parts = []
      this.#size = 0
      rest = rest.subarray(end + 1)
      if (line.length > 0) this.#take(line)
    }
  }

  #take(line: Buffer): void {
    const message = messageIn(line)
    if (message !== null) this.onmessage?.(message)
    else this.#broken(new ErpFailure({ kind: 'unreadable_answer', message: UNREADABLE }, false))
  }

  /** What a process says after it has once said something wrong counts for nothing. */
  #broken(failure: ErpFailure): void {
    this.failure = failure
    this.onerror?.(failure)
    void this.close()
  }
}

const NEWLINE = 10
const UNREADABLE = 'the MCP server answered what is no message of the protocol'
const GONE = 'the MCP server is not running'

function messageIn(line: Buffer): JSONRPCMessage | null {
  try {
    const value: unknown = parseStrictJson(line, { maxDepth: 128, maxBytes: line.length, numbers: 'any' })
    if (isJSONRPCRequest(value) || isJSONRPCNotification(value) || isJSONRPCResponse(value)) return value
  } catch {
    // Not JSON, or JSON that two readers could understand differently.
  }
  return null
}
