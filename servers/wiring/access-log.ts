import type { IncomingMessage } from 'node:http'
import type { ListenerOptions } from '../mcp/listener.ts'
import type { Log } from './log.ts'

/** A line for each request of a client, answered or not. Health is asked all the time and says nothing of anybody. */
export function accessLog(
  log: Log,
  sourceOf: (request: IncomingMessage) => string,
): NonNullable<ListenerOptions['onRequest']> {
  return (request, path) => {
    if (path.startsWith('/health')) return () => undefined
    // Once the connection is gone nobody knows where it came from.
    const source = sourceOf(request)
    const { method = '' } = request
    return ({ status, tookMs }) =>
      log.info('request', { method, path: shownPath(path), status, source, took_ms: Math.round(tookMs) })
  }
}

/**
 * A path as far as it is one that a server has: words of small letters. What else a client writes there may be
 * somebody's, in any encoding, and is only a star.
 */
export function shownPath(path: string): string {
  const parts = path.split('/').map((part) => (/^[.a-z_-]{0,32}$/.test(part) ? part : '*'))
  return parts.length > MOST_PARTS ? `${parts.slice(0, MOST_PARTS).join('/')}/*` : parts.join('/')
}

const MOST_PARTS = 8
