import { afterEach } from 'vitest'
import type { AuthItem, Erp } from '../../../engine/contract/erp.ts'
import type { StandInFile } from '../../../engine/contract/stand-in.ts'
import { startGeneric } from '../../../engine/sandbox/generic/server.ts'
import type { ReceivedCall, StandIn, StandInOptions } from '../../../engine/sandbox/stand-in.ts'

export const ERP: Erp = {
  name: 'feira',
  kind: 'api',
  title: 'Feira',
  connection: { timeoutMs: 1000, maxResponseBytes: 1024, auth: [{ in: 'header', name: 'X-Key', credential: 'key' }] },
  credentials: { secret: ['key'], plain: ['user'] },
  request: { method: 'GET' },
  errors: [],
  limits: [],
  paging: {
    pages: { style: 'page', page: { query: 'page' }, size: { query: 'size' }, max: 10, pages: '/pages' },
    rest: { style: 'offset', offset: { query: 'skip' }, size: { query: 'top' }, max: 2 },
  },
}
export const FILE: StandInFile = {
  plain: { user: 'ana' },
  collections: {
    customers: {
      newKey: 'text',
      unique: ['/document'],
      seed: [1, 2, 3].map((n) => ({
        id: `c${n}`,
        name: `Name ${n}`,
        document: `d${n}`,
        at: { city: 'Recife', uf: 'PE' },
      })),
    },
  },
  routes: [
    {
      ...{
        method: 'GET',
        path: '/customers',
        does: 'list',
        of: 'customers',
        paging: 'pages',
        items: '/items',
        total: '/n',
      },
      filters: [{ query: 'name', field: '/name', op: 'contains' }],
    },
    { method: 'GET', path: '/rest', does: 'list', of: 'customers', paging: 'rest' },
    { method: 'GET', path: '/customers/{id}', does: 'get', of: 'customers', at: '/data' },
    {
      ...{ method: 'POST', path: '/customers', does: 'create', of: 'customers', answer: 'key', at: '/code' },
      ...{
        set: { active: true },
        body: { type: 'object', required: ['name'], properties: { name: { maxLength: 9 } } },
      },
    },
    { method: 'PUT', path: '/customers/{id}', does: 'update', of: 'customers' },
    { method: 'PUT', path: '/customers/{id}/whole', does: 'replace', of: 'customers' },
    { method: 'POST', path: '/customers/{id}/archive', does: 'set', of: 'customers', set: { active: false } },
    { method: 'DELETE', path: '/customers/{id}', does: 'delete', of: 'customers' },
  ],
}

let open: StandIn | null = null
afterEach(async () => open?.close())

export interface Sent {
  headers?: Record<string, string>
  body?: unknown
}

export type Ask = (method: string, path: string, sent?: Sent) => Promise<[number, unknown, Headers]>

/** Starts it for one test. */
export async function start(file: StandInFile = FILE, erp: Erp = ERP, options: StandInOptions = {}): Promise<Ask> {
  const standIn = await startGeneric(erp, file, options)
  open = standIn
  return async (method, path, { headers = { 'X-Key': own()['key'] ?? '' }, body } = {}) => {
    const text = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }
    const answer = await fetch(`${standIn.url}${path}`, { method, headers, ...text })
    const said = await answer.text()
    return [answer.status, said === '' ? null : JSON.parse(said), answer.headers]
  }
}

/** The credential of the first company. */
export function own(): Record<string, string> {
  return open?.credentials['12345678000195'] ?? {}
}

export function withAuth(...auth: AuthItem[]): Erp {
  return { ...ERP, connection: { ...ERP.connection, auth } }
}

export function received(): readonly ReceivedCall[] {
  return open?.received ?? []
}

export function records(company: string = '12345678000195'): readonly Record<string, unknown>[] {
  return open?.records(company, 'customers') ?? []
}
