import { basic, type RpcAnswer, session } from '../../helpers/tryton/rpc.ts'

/** A request below the level of calls: what it says in headers and body. */
export interface RawRequest {
  shows: string
  method?: string
  /** Default `/erp/`. */
  path?: string
  headers?: Record<string, string>
  body?: string
}

const json = { 'content-type': 'application/json' }
const body = (method: string, params: unknown, more: object = {}): string =>
  JSON.stringify({ id: 7, method, params, ...more })
const count = body('model.party.category.search_count', [[], {}])
const login = (...params: unknown[]): string => body('common.db.login', params)

/** @param user a login @param password the one that is right for it */
export function rawCalls(user: string, password: string): RawRequest[] {
  const signed = { ...json, authorization: basic(user, password) }
  return [
    { shows: 'nobody', headers: json, body: count },
    { shows: 'Basic', headers: signed, body: count },
    { shows: 'Basic with a wrong password', headers: { ...json, authorization: basic(user, 'wrong') }, body: count },
    { shows: 'Basic for nobody', headers: { ...json, authorization: basic('nobody', 'x') }, body: count },
    { shows: 'an unknown session', headers: { ...json, authorization: session(user, 2, 'unknown') }, body: count },
    { shows: 'another scheme', headers: { ...json, authorization: 'Bearer x' }, body: count },
    { shows: 'log-in', headers: json, body: login(user, { password }, 'en') },
    { shows: 'log-in with a wrong password', headers: json, body: login('checker', { password: 'x' }, 'en') },
    { shows: 'log-in without a password', headers: json, body: login('maker', {}, 'en') },
    { shows: 'log-out of nobody', headers: json, body: body('common.db.logout', []) },
    { shows: 'no JSON', headers: signed, body: '{bad' },
    { shows: 'an empty body', headers: signed, body: '' },
    { shows: 'a list', headers: signed, body: '[]' },
    { shows: 'no content type', headers: { authorization: basic(user, password), 'content-type': '' }, body: count },
    {
      shows: 'one key more',
      headers: signed,
      body: body('model.party.category.search_count', [[], {}], { jsonrpc: '2.0' }),
    },
    {
      shows: 'no id',
      headers: signed,
      body: JSON.stringify({ method: 'model.party.category.search_count', params: [[], {}] }),
    },
    {
      shows: 'a refusal without envelope',
      headers: signed,
      body: body('model.party.category.create', [[{ name: 'X' }], {}], { jsonrpc: '2.0' }),
    },
    {
      shows: 'no params',
      headers: signed,
      body: JSON.stringify({ id: 7, method: 'model.party.category.search_count' }),
    },
    { shows: 'params by name', headers: signed, body: body('model.party.category.search_count', {}) },
    { shows: 'no method', headers: signed, body: JSON.stringify({ id: 7, params: [] }) },
    { shows: 'a method without dots', headers: signed, body: body('nope', [[], {}]) },
    { shows: 'an unknown method', headers: signed, body: body('model.party.category.nope', [[], {}]) },
    { shows: 'an unknown database', path: '/nope/', headers: signed, body: count },
    { shows: 'log-in to an unknown database', path: '/nope/', headers: json, body: login(user, { password }, 'en') },
    { shows: 'nobody at an unknown database', path: '/nope/', headers: json, body: count },
    { shows: 'no slash at the end', path: '/erp', headers: signed, body: count },
    { shows: 'GET', method: 'GET', headers: signed },
    { shows: 'version', path: '/', headers: json, body: body('common.server.version', []) },
    { shows: 'databases', path: '/', headers: json, body: body('common.db.list', []) },
  ]
}

export interface RawReply extends RpcAnswer {
  type: string | null
  challenge: string | null
}

export async function send(base: string, request: RawRequest): Promise<RawReply> {
  const response = await fetch(base + (request.path ?? '/erp/'), {
    method: request.method ?? 'POST',
    redirect: 'manual',
    headers: request.headers ?? {},
    ...(request.body !== undefined && { body: request.body }),
  })
  const text = await response.text()
  const { status, headers } = response
  const type = headers.get('content-type')
  const parsed: unknown = type?.includes('json') === true ? JSON.parse(text) : text
  return { status, body: parsed, type: text === '' ? null : type, challenge: headers.get('www-authenticate') }
}

/** Without what must differ: tokens, paths of the machine, definitions of fields; of a page, its title. */
export function comparable<Answer extends RpcAnswer>(answer: Answer): Answer {
  return { ...answer, body: plain(answer.body) }
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) {
    // The ERP adds many KB of field definitions to a broken domain.
    if (value.length === 3 && value[1] === '' && Array.isArray(value[2])) return [plain(value[0]), '', 'definitions']
    return value.map(plain)
  }
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]))
  }
  if (typeof value !== 'string') return value
  if (value.startsWith('<!doctype html>')) return /<title>.*<\/title>/.exec(value)?.[0]
  return value.replace(/^[0-9a-f]{64}$/, 'token').replace(/Database '.*\/([^/]+)\.sqlite'/, "Database '$1'")
}
