import { request } from 'node:http'

export interface Sent {
  method?: string
  headers?: Record<string, string>
  body?: string | Uint8Array
  /** Sends the body in chunks, without saying how long it will be. */
  chunked?: boolean
}

export interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  text: string
  /** The answer's JSON, or the first message of an event stream. */
  json: unknown
}

/** One HTTP exchange exactly as given: `fetch` would not let a test choose Host, or send a wrong one. */
export function post(url: URL, sent: Sent = {}): Promise<Answer> {
  const { method = 'POST', body = '' } = sent
  const length = sent.chunked === true ? {} : { 'content-length': String(Buffer.byteLength(body)) }
  return new Promise((resolve, reject) => {
    const headers = { ...HEADERS, ...length, ...sent.headers }
    const outgoing = request(url, { method, headers, agent: false }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: jsonOf(text) })
      })
    })
    outgoing.on('error', reject)
    // A body that is ended at once would be given its length.
    if (sent.chunked === true) outgoing.write(body)
    outgoing.end(sent.chunked === true ? '' : body)
  })
}

const HEADERS = {
  authorization: 'Bearer operator',
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
}

/** Headers and body of a request as a 2026-07-28 client sends it. */
export function modern(
  method: string,
  params: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Sent {
  const name: Record<string, string> = typeof params['name'] === 'string' ? { 'mcp-name': params['name'] } : {}
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
    'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  }
  return {
    headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': method, ...name, ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { _meta, ...params } }),
  }
}

/** A request as a 2025-11-25 client sends it to a stateless server. */
export function legacy(method: string, params: Record<string, unknown> = {}): Sent {
  return {
    headers: { 'mcp-protocol-version': '2025-11-25' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  }
}

function jsonOf(text: string): unknown {
  const data = /^data: (\{.*\})$/m.exec(text)?.[1] ?? text
  try {
    return JSON.parse(data)
  } catch {
    return null
  }
}
