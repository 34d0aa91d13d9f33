import type { IncomingMessage } from 'node:http'

/** The raw bytes of a request; null when there are more than `maxBytes`. What is over the limit is not kept. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Uint8Array | null> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > maxBytes) return null
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    if (size > maxBytes) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
