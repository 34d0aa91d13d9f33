import { notSent } from './outcome.ts'

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost'])

export function isLoopback(url: URL): boolean {
  return LOOPBACK.has(url.hostname)
}

/** What goes into an address. */
export interface AddressParts {
  baseUrl: string
  /** Below baseUrl, with `{name}` places. */
  path: string
  places: ReadonlyMap<string, string>
  query: readonly (readonly [string, string])[]
}

/**
 * The address of one request. A value fills exactly one segment of the path, percent-encoded: nothing in it can change
 * the path. Throws ErpFailure.
 */
export function addressOf({ baseUrl, path, places, query }: AddressParts): URL {
  const base = new URL(baseUrl)
  const filled = path.replace(/\{([a-z0-9_]+)\}/gi, (_, name: string) => segment(places.get(name)))
  const expected = `${base.pathname.replace(/\/$/, '')}${filled}`
  const url = new URL(base)
  url.pathname = expected
  // The parser resolves dot segments and turns backslashes; what it makes of the path must be what was meant.
  if (url.pathname !== expected) throw notSent('internal', 'the path of the request is not the one declared')
  for (const [name, value] of query) url.searchParams.append(name, value)
  return url
}

/** Refuses every address that is not https, or http on loopback, on an allowed host. Throws ErpFailure. */
export function checkHost(url: URL, allowedHosts: readonly string[]): void {
  const allowed = allowedHosts.includes(url.hostname) || allowedHosts.includes(url.host)
  const secure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url))
  if (!allowed || !secure || url.username !== '' || url.password !== '') {
    throw notSent('host_not_allowed', 'the address of the request is not among the allowed hosts')
  }
}

function segment(value: string | undefined): string {
  // `%2E%2E` is a dot segment too (WHATWG URL), so encoding does not help against these.
  if (value === undefined || value === '' || value === '.' || value === '..') {
    throw notSent('validation', 'a value cannot stand in the path of the request')
  }
  return encodeURIComponent(value)
}
