import type { IncomingMessage, ServerResponse } from 'node:http'

/** The body of a request as bytes; null when there are more than `most`. */
export async function bodyOf(request: IncomingMessage, most = 65_536): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > most) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

export function sendJson(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Record<string, string> = {},
): void {
  const text = JSON.stringify(body)
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  })
  response.end(text)
}

/** Whether the request names a host that this listener is known by: another name may lead here too (DNS rebinding). */
export function isKnownHost(request: IncomingMessage, origin: string): boolean {
  const host = request.headers.host
  if (host === undefined || !URL.canParse(`http://${host}`)) return false
  const { hostname } = new URL(`http://${host}`)
  return host === new URL(origin).host || ['127.0.0.1', 'localhost', '[::1]'].includes(hostname)
}

/** Whether a browser sends this from a page of ours. Every form of ours carries Origin (Fetch, 3.1). */
export function isFromHere(request: IncomingMessage, ours: string): boolean {
  const { origin, host } = request.headers
  if (origin === undefined || host === undefined || !URL.canParse(origin)) return false
  return origin === new URL(ours).origin || new URL(origin).host === host
}
