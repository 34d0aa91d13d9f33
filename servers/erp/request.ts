import { createHash } from 'node:crypto'
import type { AuthItem, Erp, Target } from '../../engine/contract/erp.ts'
import type { ArgumentMap, Native } from '../../engine/contract/tool.ts'
import { addressOf } from './address.ts'
import { type Condition, domainFilter, odataFilter } from './filter.ts'
import { notSent } from './outcome.ts'
import { type Placed, placeAll } from './place.ts'
import { fill } from './template.ts'
import { argumentValue, type ValueSource } from './value.ts'

/** One HTTP request, whole but for a session's token. */
export interface NativeRequest {
  method: string
  url: URL
  headers: Record<string, string>
  /** JSON text; absent: no body. */
  body?: string
  /** The ERP's own name for what is asked: limits count by it. */
  operation: string
  /** Where the answer's content begins, when the tool says so itself. */
  result?: string
  /** Equal for two requests that ask the same. Digest, since it is taken over everything that is sent. */
  digest: string
}

/** What goes where, before there is a body. */
interface Parts {
  body: Placed[]
  query: [string, string][]
  places: Map<string, string>
  headers: Record<string, string>
  conditions: Condition[]
  filtered: boolean
}

/** Where the address begins, and what the credential adds. */
export interface RequestPlace {
  baseUrl: string
  source: ValueSource
  /** A record that the arguments are put over (merge). */
  base?: unknown
}

/** Builds a request out of a tool's native part and its arguments. Throws ErpFailure; nothing is sent. */
export function buildRequest(
  erp: Erp,
  native: Native,
  args: readonly ArgumentMap[],
  { baseUrl, source, base }: RequestPlace,
): NativeRequest {
  const method = native.method ?? erp.request?.method ?? 'POST'
  const parts = partsOf(args, source)
  const query: [string, string][] = [...Object.entries(native.query ?? {}), ...parts.query]
  const filters = erp.filters
  if (filters?.style === 'domain' && parts.filtered) {
    parts.body.push({ pointer: filters.to, value: domainFilter(parts.conditions) })
  } else if (filters?.style === 'odata' && parts.conditions.length > 0) {
    query.push([filters.query, odataFilter(parts.conditions)])
  }
  const headers = { accept: 'application/json', ...erp.request?.headers, ...parts.headers }
  for (const item of erp.connection.auth) authenticate(item, source, query, headers)
  const url = addressOf({ baseUrl, path: native.path, places: parts.places, query })
  const operation = native.call ?? `${method} ${native.path}`
  const body = bodyOf(erp, native, method, parts.body, source, base)
  const digest = createHash('sha256')
    .update(JSON.stringify([operation, method, url.href, body]))
    .digest('base64url')
  const whole = { method, url, operation, digest, ...(native.result !== undefined && { result: native.result }) }
  if (body === undefined) return { ...whole, headers }
  return { ...whole, headers: { ...headers, 'content-type': 'application/json' }, body }
}

function partsOf(args: readonly ArgumentMap[], source: ValueSource): Parts {
  const parts: Parts = { body: [], query: [], places: new Map(), headers: {}, conditions: [], filtered: false }
  for (const map of args) {
    if ('filter' in map) parts.filtered = true
    const value = argumentValue(map, source)
    if (value !== undefined) put(parts, map, value, 'as' in map ? map.as : undefined)
  }
  return parts
}

function put(parts: Parts, target: Target, value: unknown, as: Condition['as']): void {
  if ('to' in target) parts.body.push({ pointer: target.to, value })
  else if ('query' in target) parts.query.push([target.query, textOf(value)])
  else if ('path' in target) parts.places.set(target.path, textOf(value))
  else if ('header' in target) parts.headers[target.header.toLowerCase()] = headerText(textOf(value))
  else parts.conditions.push({ ...target.filter, value, as })
}

function bodyOf(
  erp: Erp,
  native: Native,
  method: string,
  placed: readonly Placed[],
  source: ValueSource,
  base: unknown,
): string | undefined {
  const bodyAuth = erp.connection.auth.filter((item) => item.in === 'body')
  const bare = method === 'GET' || (method === 'DELETE' && placed.length === 0 && bodyAuth.length === 0)
  if (bare) return undefined
  const args = placeAll(placed, base)
  const template = erp.request?.body
  const envelope = template === undefined ? args : fill(template, { native, args, credential: source.credential })
  const secrets = bodyAuth.map(({ pointer, credential }) => ({ pointer, value: source.credential(credential) }))
  return JSON.stringify(secrets.length === 0 ? envelope : placeAll(secrets, envelope))
}

function authenticate(
  item: AuthItem,
  source: ValueSource,
  query: [string, string][],
  headers: Record<string, string>,
): void {
  if (item.in === 'header') {
    const prefix = item.scheme === undefined ? '' : `${item.scheme} `
    headers[item.name.toLowerCase()] = headerText(`${prefix}${source.credential(item.credential)}`)
  } else if (item.in === 'query') {
    query.push([item.name, source.credential(item.credential)])
  } else if (item.in === 'basic') {
    const pair = `${source.credential(item.user)}:${source.credential(item.password)}`
    headers['authorization'] = `Basic ${Buffer.from(pair).toString('base64')}`
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (JSON.isRawJSON(value)) return value.rawJSON
  throw notSent('validation', 'a list or an object cannot stand in an address or a header')
}

/** A header's value in visible ASCII: nothing in it can begin another header (RFC 9110, 5.5). */
export function headerText(value: string): string {
  if (!/^[\x20-\x7e]*$/.test(value)) throw notSent('validation', 'a value cannot stand in a header')
  return value
}
