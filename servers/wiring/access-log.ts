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
      log.info('request', { method, path: path.slice(0, 128), status, source, took_ms: Math.round(tookMs) })
  }
}
