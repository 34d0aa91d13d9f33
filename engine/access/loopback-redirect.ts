import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import { AccessError } from './access-error.ts'

/** Waits on this machine for the browser that an ERP leads back (RFC 8252, 7.3). */
export interface LoopbackRedirect {
  /** The address that the browser came back to. Rejects with AccessError after the time, and with what `isAnswer` throws. */
  answer: Promise<URL>
  close(): Promise<void>
}

/** Whether a browser can be led back to us at this address. */
export function isLoopbackRedirect(redirectUri: string): boolean {
  const url = URL.parse(redirectUri)
  return url?.protocol === 'http:' && ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname) && url.port !== ''
}

/**
 * Listens at a loopback address until the right answer comes.
 * @param isAnswer whether it is; throws where it is a no
 * @param withinMs milliseconds
 * @throws AccessError LOGIN_PORT_TAKEN
 */
export async function loopbackRedirect(
  redirectUri: string,
  isAnswer: (back: URL) => boolean,
  withinMs: number,
): Promise<LoopbackRedirect> {
  const expected = new URL(redirectUri)
  const { promise, resolve, reject } = Promise.withResolvers<URL>()
  const server = createServer((request, response) => {
    const back = URL.parse(request.url ?? '', expected.origin)
    if (back === null || back.pathname !== expected.pathname || request.method !== 'GET') {
      return say(response, 404, 'Nothing is here.')
    }
    try {
      if (!isAnswer(back)) return say(response, 400, 'This is not the answer that alcada waits for.')
      say(response, 200, 'alcada has the answer: this window can be closed, the terminal tells the rest.')
      resolve(back)
    } catch (error) {
      say(response, 200, 'The ERP did not let the server in: the terminal tells more.')
      reject(error)
    }
  })
  server.listen(Number(expected.port), expected.hostname.replace(/^\[|\]$/g, ''))
  try {
    await once(server, 'listening')
  } catch (cause) {
    const help = 'end what listens there, or give another --redirect-uri that the ERP knows, or --paste'
    throw new AccessError('LOGIN_PORT_TAKEN', `expected to listen at ${expected.origin}: ${help}`, { cause })
  }
  const late = new AccessError('LOGIN_REFUSED', 'nobody came back from the ERP in time: log in once more')
  const timer = setTimeout(() => reject(late), withinMs)
  // Whoever closes it before has stopped waiting.
  promise.catch(() => undefined)
  return {
    answer: promise,
    async close() {
      clearTimeout(timer)
      server.closeAllConnections()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}

function say(response: ServerResponse, status: number, text: string): void {
  const headers = {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  }
  response.writeHead(status, headers).end(`${text}\n`)
}
