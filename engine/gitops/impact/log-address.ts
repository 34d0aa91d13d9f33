import { Readable } from 'node:stream'

export interface LogAccess {
  /** Sent as a bearer token. Default none. */
  token?: string
  /** The file that holds it, for registries. Default none. */
  tokenFile?: string
  /** Whose logs a registry is asked for. Default none. */
  erps?: readonly string[]
}

/** A log that is there and cannot be read. */
export class LogError extends Error {
  readonly code = 'LOG_UNREADABLE'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'LogError'
  }
}

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost'])

/**
 * What stands at an address, as it comes. Only https leaves this machine, and nothing is followed elsewhere: the token
 * is for this address.
 * @returns null where nothing stands there (404)
 * @throws LogError
 */
export async function openAddress(address: string, { token }: LogAccess): Promise<Readable | null> {
  const url = checkedAddress(address)
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  const answer = await fetch(url, { headers, redirect: 'error' }).catch((cause: unknown) => {
    throw new LogError(`expected a decision log at \`${url.origin}${url.pathname}\`, got no answer`, { cause })
  })
  if (answer.ok && answer.body !== null) return Readable.fromWeb(answer.body)
  await answer.body?.cancel()
  if (answer.status === 404) return null
  throw new LogError(`expected a decision log at \`${url.origin}${url.pathname}\`, got HTTP ${answer.status}`)
}

/** Throws LogError. */
export function checkedAddress(address: string): URL {
  const url = URL.parse(address)
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && LOOPBACK.has(url.hostname))
  if (url !== null && isSafe && url.username === '' && url.password === '') return url
  throw new LogError('expected an https address without a user and password in it: those belong in a token file')
}
