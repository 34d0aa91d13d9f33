import type { ServerResponse } from 'node:http'

/** Answers a JSON-RPC error for a request whose id is not known. */
export function replyError(
  response: ServerResponse,
  status: number,
  code: number,
  message: string,
  headers: Record<string, string> = {},
  data?: object,
): void {
  const error = { code, message, ...(data && { data }) }
  replyJson(response, status, { jsonrpc: '2.0', id: null, error }, headers)
}

/** Answers JSON, never cached. */
export function replyJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent || response.destroyed) return
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    ...headers,
  })
  response.end(text)
}
