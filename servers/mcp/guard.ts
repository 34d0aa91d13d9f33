import type { IncomingMessage } from 'node:http'

export interface GuardOptions {
  /** Host names, without port, this listener answers to. Guards against DNS rebinding. */
  allowedHosts: readonly string[]
  /** Origins a browser may call from: `https://console.example`. Default none: a present Origin must be of an allowed host on loopback. */
  allowedOrigins: readonly string[]
}

/** Why a request is turned away before anything of it is read. */
export interface Turned {
  status: number
  code: number
  message: string
}

/** Host and Origin, checked before anything else. A present and wrong Origin is 403 (MCP 2026-07-28, transports). */
export function turnAway(request: IncomingMessage, options: GuardOptions): Turned | null {
  const host = hostName(request.headers.host)
  if (host === null || !options.allowedHosts.includes(host)) {
    return { status: 403, code: 403, message: 'expected a Host this server answers to' }
  }
  const origin = request.headers.origin
  if (origin !== undefined && !isAllowedOrigin(origin, options)) {
    return { status: 403, code: 403, message: 'expected no Origin, or one this server allows' }
  }
  if (new URL(request.url ?? '/', 'http://localhost').searchParams.has('access_token')) {
    // RFC 6750 2.3 allows it, MCP forbids it: a token in an address ends up in logs.
    return { status: 400, code: -32_600, message: 'expected the token in the Authorization header, not in the address' }
  }
  return null
}

function isAllowedOrigin(origin: string, options: GuardOptions): boolean {
  if (options.allowedOrigins.includes(origin)) return true
  const host = URL.canParse(origin) ? new URL(origin).hostname : null
  return host !== null && LOOPBACK.has(host) && options.allowedHosts.includes(host)
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])

/** A name or an address, and a port: nothing else may stand in it (RFC 9110, 7.2). */
const HOST = /^([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?$/

/** As it was written: `127.1` is not `127.0.0.1` here, whatever a resolver makes of it. */
function hostName(header: string | undefined): string | null {
  return HOST.exec(header ?? '')?.[1]?.toLowerCase() ?? null
}
