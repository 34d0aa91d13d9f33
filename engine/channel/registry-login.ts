import type { Answer, Ask, Exchange } from './exchange.ts'
import { ChannelError } from './source.ts'

export interface LoginOptions {
  /** The registry's origin. */
  base: URL
  exchange: Exchange
  /** `user:password`, or a token of the registry; null: nobody in particular. Read anew for every login. */
  credentials(): Promise<string | null>
}

/**
 * Asks a registry, and logs in where it wants that: `Basic`, or the token that its `Bearer` challenge says where to get
 * (the token authentication of the distribution project). A token is kept until the registry refuses it.
 */
export function withLogin({ base, exchange, credentials }: LoginOptions): Exchange {
  /** By what it is for: `pull`, or `pull,push`. */
  const known = new Map<string, string>()
  const asked = async (url: URL, ask: Ask): Promise<Answer> => {
    const purpose = ask.method === 'PUT' || ask.method === 'POST' ? 'push' : 'pull'
    const held = known.get(purpose)
    const answer = await exchange(url, held === undefined ? ask : withAuthorization(ask, held))
    if (answer.status !== 401) return answer
    known.delete(purpose)
    const authorization = await login(String(answer.headers['www-authenticate'] ?? ''))
    if (authorization === null) return answer
    const again = await exchange(url, withAuthorization(ask, authorization))
    if (again.status !== 401) known.set(purpose, authorization)
    return again
  }

  /** @returns the value of an Authorization header; null where there is nothing to log in with */
  async function login(challenge: string): Promise<string | null> {
    const secret = await credentials()
    const basic = secret?.includes(':') === true ? `Basic ${Buffer.from(secret).toString('base64')}` : null
    if (/^basic\b/i.test(challenge)) return basic
    if (!/^bearer\b/i.test(challenge)) return null
    // A token of the registry itself is given as it is.
    if (secret !== null && basic === null) return `Bearer ${secret}`
    const { realm = '', service, scope } = parametersOf(challenge)
    const url = URL.parse(realm)
    if (url === null || url.protocol !== base.protocol) {
      const message = `${base.origin}: expected a ${base.protocol} address of its token server, got \`${realm}\``
      throw new ChannelError('CHANNEL_UNAVAILABLE', message)
    }
    if (service !== undefined) url.searchParams.set('service', service)
    if (scope !== undefined) url.searchParams.set('scope', scope)
    const headers = basic === null ? {} : { authorization: basic }
    const { status, body } = await exchange(url, { headers, maxBytes: MAX_TOKEN_BYTES })
    const token = status === 200 ? tokenIn(body) : null
    if (token !== null) return `Bearer ${token}`
    throw new ChannelError('CHANNEL_UNAVAILABLE', `${url.origin}: expected a token, got ${status}`)
  }
  return Object.assign(asked, { close: exchange.close })
}

const MAX_TOKEN_BYTES = 65_536

function withAuthorization(ask: Ask, authorization: string): Ask {
  return { ...ask, headers: { ...ask.headers, authorization } }
}

function parametersOf(challenge: string): Record<string, string> {
  return Object.fromEntries(
    [...challenge.matchAll(/([a-z]+)="([^"]*)"/gi)].map(([, name = '', value = '']) => [name.toLowerCase(), value]),
  )
}

function tokenIn(body: Uint8Array): string | null {
  try {
    const told: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    if (typeof told !== 'object' || told === null) return null
    const token = 'token' in told ? told.token : 'access_token' in told ? told.access_token : null
    return typeof token === 'string' && /^[\x21-\x7e]+$/.test(token) ? token : null
  } catch {
    return null
  }
}
