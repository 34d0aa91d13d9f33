import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { Catalogue, CatalogueTool } from '../../../engine/contract/catalogue.ts'
import type { Erp } from '../../../engine/contract/erp.ts'
import { type Credentials, CredentialsError } from '../../../servers/credentials/credentials.ts'
import { Secret } from '../../../servers/credentials/secret.ts'
import { createErpClient, type ErpClient, type ErpClientOptions } from '../../../servers/erp/client.ts'
import type { ErpCall } from '../../../servers/erp/outcome.ts'

export const AURORA = '12345678000195'
export const BRISA = '12ABC34501DE35'

export interface Seen {
  method: string
  url: string
  headers: IncomingHttpHeaders
  text: string
  body: unknown
}

export interface Answer {
  status?: number
  json?: unknown
  text?: string
  headers?: Record<string, string>
  /** Takes the response over. */
  raw?: (response: ServerResponse) => void
}

export interface LoopbackErp {
  seen: Seen[]
  url: string
  close(): Promise<void>
}

/** A real HTTP server that answers by `answer` and remembers what it was asked. */
export async function erpServer(answer: (seen: Seen, count: number) => Answer | Promise<Answer>): Promise<LoopbackErp> {
  const seen: Seen[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    const entry: Seen = {
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      text,
      body: text === '' ? undefined : JSON.parse(text),
    }
    seen.push(entry)
    const { status = 200, json, text: plain, headers, raw } = await answer(entry, seen.length)
    if (raw !== undefined) return raw(response)
    response.writeHead(status, { 'content-type': plain === undefined ? 'application/json' : 'text/plain', ...headers })
    response.end(plain ?? (json === undefined ? '' : JSON.stringify(json)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    seen,
    url: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export function credentials(values: Record<string, Record<string, string>>, plain: string[] = []): Credentials {
  return {
    companies: () => Object.keys(values).sort(),
    ofPolicy: () => [],
    get(company, name) {
      const value = values[company]?.[name]
      if (value === undefined) throw new CredentialsError('CREDENTIAL_UNKNOWN', 'unknown')
      return plain.includes(name) ? value : new Secret(value)
    },
  }
}

export const SECRETS: Record<string, Record<string, string>> = {
  '12345678000195': { key: 'k-aurora', secret: 's3cr3t-aurora', user: 'maker', password: 'pässword' },
  '12ABC34501DE35': { key: 'k-brisa', secret: 's3cr3t-brisa', user: 'maker2', password: 'other' },
}

export type ErpChange = Partial<Omit<Erp, 'connection'>> & { connection?: Partial<Erp['connection']> }

/** A small erp.yaml, already validated. */
export function erp(baseUrl: string, change: ErpChange = {}): Erp {
  const base: Erp = {
    name: 'omie',
    kind: 'api',
    title: 'Test',
    connection: { baseUrl, allowedHosts: ['127.0.0.1'], timeoutMs: 2_000, maxResponseBytes: 100_000, auth: [] },
    credentials: { secret: ['key', 'secret', 'user', 'password'] },
    request: { method: 'POST' },
    errors: [],
    limits: [],
    paging: {},
  }
  return { ...base, ...change, connection: { ...base.connection, ...change.connection } }
}

/** A small tool of the catalogue: by default a read of one vendor. */
export function tool(change: Partial<CatalogueTool> = {}): CatalogueTool {
  return {
    name: 'get_vendor_by_id',
    entity: 'vendor',
    description: '',
    input: {},
    output: {},
    permission: 'read',
    money: false,
    answerKind: 'one',
    sensitiveFields: [],
    effect: 'read',
    reversible: true,
    native: { path: '/vendors' },
    args: [{ from: '/id', to: '/id' }],
    answer: { record: 'vendor' },
    ...change,
  }
}

/** The same as a write that answers with what was written. */
export function write(change: Partial<CatalogueTool> = {}): CatalogueTool {
  return tool({
    name: 'create_vendor',
    effect: 'create',
    permission: 'write',
    answer: { record: 'written' },
    ...change,
  })
}

export function catalogue(of: Erp, ...tools: CatalogueTool[]): Catalogue {
  return {
    erp: of,
    records: {
      vendor: { fields: { '/id': { from: '/id', as: 'integer' }, '/name': { from: '/name' } }, sensitive: {} },
      written: {
        fields: { '/id': { from: '/id', as: 'integer' }, '/reference': { arg: '/reference' } },
        sensitive: {},
      },
    },
    tools: Object.fromEntries(tools.map((one) => [one.name, one])),
  }
}

export function client(of: Catalogue, options: Partial<ErpClientOptions> = {}): ErpClient {
  return createErpClient({ catalogue: of, credentials: credentials(SECRETS), ...options })
}

export function call(of: CatalogueTool, args: Record<string, unknown> = {}, change: Partial<ErpCall> = {}): ErpCall {
  return { tool: of, args, company: AURORA, resolved: {}, ...change }
}

interface Closable {
  close(): Promise<void> | void
}

export interface Closing {
  add<T extends Closable>(one: T): T
  all(): Promise<void>
}

/** Ends what a test has opened, in reverse order. */
export function closing(): Closing {
  const open: Closable[] = []
  return {
    add(one) {
      open.push(one)
      return one
    },
    async all() {
      for (const one of open.splice(0).reverse()) await one.close()
    },
  }
}
