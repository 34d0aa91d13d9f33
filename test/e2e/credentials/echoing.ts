import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An ERP that repeats, in whatever it answers, every secret that it was ever sent. */
export interface Echoing {
  url: string
  /** Every secret that came in, as it was sent. */
  secrets(): string[]
  /** The next call of this operation fails, with the secrets in the ERP's own words. */
  failNext(operation: string): void
  close(): Promise<void>
}

export interface EchoingOptions {
  /** The stand-in that does the work. */
  url: string
  /** What of a request is secret. */
  secretsIn: (request: { headers: IncomingHttpHeaders; body: Record<string, unknown> }) => string[]
  /** Names of texts in an answer that the secrets are put into. */
  into: readonly string[]
  /** The ERP's own way to say that something is wrong. */
  fault: (words: string) => { status: number; body: object }
}

/** Stands between the server and its ERP. */
export async function startEchoing({ url, secretsIn, into, fault }: EchoingOptions): Promise<Echoing> {
  const known = new Set<string>()
  const failing: string[] = []
  const all = (): string => [...known].flatMap(formsOf).join(' | ')
  const server = createServer(async (request, response) => {
    const text = await textOf(request)
    const body: Record<string, unknown> = text === '' ? {} : JSON.parse(text)
    for (const secret of secretsIn({ headers: request.headers, body })) known.add(secret)
    const at = failing.findIndex((operation) => text.includes(`"${operation}"`))
    if (at >= 0) {
      failing.splice(at, 1)
      const { status, body: said } = fault(`the credential ${all()} was refused`)
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said))
      return
    }
    const { authorization } = request.headers
    const headers = { 'content-type': 'application/json', ...(authorization === undefined ? {} : { authorization }) }
    const answer = await fetch(new URL(request.url ?? '/', url), {
      method: request.method ?? 'POST',
      headers,
      body: text,
    })
    const said: unknown = JSON.parse(await answer.text(), (name, value: unknown) =>
      into.includes(name) && typeof value === 'string' ? `${value} ${all()}` : value,
    )
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(said))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: originOf(server.address(), new URL(url).pathname),
    secrets: () => [...known],
    failNext: (operation) => void failing.push(operation),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** A secret as it may stand in a text: plain, in capitals, in an address, encoded. */
export function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret)
  return [
    secret,
    secret.toUpperCase(),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    bytes.toString('hex'),
  ]
}

async function textOf(stream: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

function originOf(address: string | AddressInfo | null, path: string): string {
  if (address === null || typeof address === 'string') throw new Error('expected a port')
  return `http://127.0.0.1:${address.port}${path === '/' ? '' : path}`
}
