import { ProtocolError, SdkError, SdkErrorCode, SdkHttpError } from '@modelcontextprotocol/client'
import { ErpFailure } from '../outcome.ts'

// Before there was a connection; names of Node and of undici.
const NOT_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
])
// JSON-RPC 2.0, 5.1: parse error, invalid request, method not found, invalid params. The tool did not run.
const NOT_RUN = new Set([-32700, -32600, -32601, -32602])

/** What the client library threw, as a failure in our words: its texts may hold the server's. */
export function mcpFailure(error: unknown, signal?: AbortSignal): ErpFailure {
  const own = chainOf(error).find((link) => link instanceof ErpFailure)
  if (own instanceof ErpFailure) return own
  if (signal?.aborted === true) return new ErpFailure({ kind: 'cancelled', message: 'the call was cancelled' }, false)
  if (error instanceof ProtocolError) {
    const notDone = NOT_RUN.has(error.code)
    return new ErpFailure(
      { kind: notDone ? 'validation' : 'server', message: `the MCP server answered error ${error.code}` },
      notDone,
    )
  }
  if (error instanceof SdkError && error.code === SdkErrorCode.RequestTimeout) {
    return new ErpFailure({ kind: 'timeout', message: 'the MCP server did not answer in time' }, false)
  }
  if (error instanceof SdkHttpError) return httpFailure(error.status)
  const notDone = chainOf(error).some((link) => NOT_CONNECTED.has(codeOf(link)))
  const message = notDone ? 'no connection to the MCP server' : 'the connection to the MCP server was lost'
  return new ErpFailure({ kind: 'connection', message }, notDone)
}

function httpFailure(status: number): ErpFailure {
  const kind = status === 401 ? 'auth' : status === 403 ? 'forbidden' : status === 429 ? 'rate_limited' : 'server'
  return new ErpFailure({ kind, message: `the MCP server answered HTTP ${status}` }, status >= 400 && status < 500)
}

function chainOf(error: unknown): unknown[] {
  const chain: unknown[] = []
  for (let link = error; link instanceof Error && chain.length < 8; link = link.cause) chain.push(link)
  return chain
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
