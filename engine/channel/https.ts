import { sha256 } from '../contract/canonical.ts'
import type { Answer, Exchange } from './exchange.ts'
import { ChannelError, type ChannelSource, type Found, type ReadOptions } from './source.ts'

export interface HttpsChannelOptions {
  /** Ends with a slash. */
  base: URL
  exchange: Exchange
  /** Read anew for every request: secrets are rotated. null: nothing is sent. */
  token(): Promise<string | null>
}

/** Files below an https address. An answer is asked for only where the file is another than is had (RFC 9110 13.1.2). */
export function httpsSource({ base, exchange, token }: HttpsChannelOptions): ChannelSource {
  const urlOf = (path: string): URL => new URL(path, base)
  return {
    at: (path) => urlOf(path).href,
    async read(path, { maxBytes, known }) {
      const etag = known !== undefined && isTag(known) ? { 'if-none-match': known } : {}
      const headers = { ...(await authorization(token)), ...etag }
      const answer = await exchange(urlOf(path), { headers, maxBytes })
      return foundIn(answer, { path: urlOf(path).href, asked: 'if-none-match' in headers, known, maxBytes })
    },
    watch: () => () => undefined,
    near: false,
    close: exchange.close,
  }
}

export async function authorization(token: () => Promise<string | null>): Promise<{ authorization?: string }> {
  const value = await token()
  return value === null ? {} : { authorization: `Bearer ${value}` }
}

interface Asked extends ReadOptions {
  path: string
  /** Whether "not modified" is an answer to what was asked. */
  asked: boolean
}

function foundIn(answer: Answer, { path, asked, known }: Asked): Found | 'unchanged' | null {
  const { status, headers, body } = answer
  if (status === 404 || status === 410) return null
  if (status === 304 && asked) return 'unchanged'
  if (status !== 200) throw refusedWith(answer, path)
  const type = (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
  // A page of a proxy or of a sign-in says less of itself once it is taken for a bundle.
  if (type === 'text/html' || type === 'application/xhtml+xml') {
    throw new ChannelError('CHANNEL_UNAVAILABLE', `expected a file at ${path}, got a page (${type})`)
  }
  const version = versionOf(headers.etag, body)
  return version === known ? 'unchanged' : { bytes: body, version }
}

/** What an answer other than the file says, and whether it asks to be left alone for a while. */
export function refusedWith({ status, headers }: Answer, path: string): ChannelError {
  const away = status >= 300 && status < 400 && status !== 304 ? ', and redirects are not followed' : ''
  const seconds = /^\d{1,5}$/.test(headers['retry-after'] ?? '') ? Number(headers['retry-after']) : null
  const retryAfterMs = (status === 429 || status === 503) && seconds !== null ? seconds * 1_000 : null
  return new ChannelError('CHANNEL_UNAVAILABLE', `expected 200 at ${path}, got ${status}${away}`, { retryAfterMs })
}

// Without a tag the content stands for itself: it is sent each time.
function versionOf(etag: string | undefined, body: Uint8Array): string {
  return etag !== undefined && isTag(etag) ? etag : sha256(body)
}

function isTag(text: string): boolean {
  return /^(W\/)?"[\x21\x23-\x7e\x80-\xff]*"$/.test(text)
}
