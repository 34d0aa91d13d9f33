import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { Account } from './access.ts'
import { HttpError } from './errors.ts'

/** `[session] timeout` of trytond, 300 s by default: failed log-ins count this long, and a session is fresh this long. */
const windowMs = 300_000

/** An account that may sign in. */
export interface User extends Account {
  password: string
}

export interface SignInOptions {
  users: readonly User[]
  now: () => number
  /** `[session] max_attempt` of trytond: as many failures and one more within 300 s, then 429. */
  maxAttempts: number
}

export interface SignIn {
  /** `common.db.login`. @returns the user's id and a session's token @throws HttpError 401 or 429 */
  open(login: string, password: string): [number, string]
  /** The account behind an `Authorization` header. @throws HttpError 429; null where nobody is behind it */
  account(header: string | undefined): Account | null
  /** Id of the company whose valid credential or session is in the header; nothing is counted. */
  companyBehind(header: string | undefined): number | null
  /** Whether the session in the header is fresh; Basic always is. A session that is not ends with the question. */
  isFresh(header: string | undefined): boolean
  /** Keeps a session that is still fresh so, after a call that was served. */
  touch(header: string | undefined): void
  /** Ends the session in the header. */
  end(header: string | undefined): void
}

export function signIn({ users, now, maxAttempts }: SignInOptions): SignIn {
  const sessions = new Map<string, { user: User; usedAt: number }>()
  const failures = new Map<string, number[]>()

  const check = (login: string, password: string): User | null => {
    const recent = (failures.get(login) ?? []).filter((at) => at >= now() - windowMs)
    const user = users.find((one) => one.login === login)
    if (recent.length <= maxAttempts && user !== undefined && same(user.password, password)) {
      failures.delete(login)
      return user
    }
    failures.set(login, [...recent, now()])
    if (recent.length > maxAttempts) throw new HttpError(429)
    return null
  }
  const sessionOf = (header: string | undefined): { user: User; usedAt: number } | undefined => {
    const { scheme, text } = parse(header)
    const [, , token = ''] = text.split(':')
    return scheme === 'session' ? sessions.get(token) : undefined
  }
  const end = (header: string | undefined): void => {
    const [, , token = ''] = parse(header).text.split(':')
    sessions.delete(token)
  }

  return {
    open(login, password) {
      const user = check(login, password)
      if (user === null) throw new HttpError(401)
      const token = randomBytes(32).toString('hex')
      sessions.set(token, { user, usedAt: now() })
      return [user.id, token]
    },
    account(header) {
      const { scheme, text } = parse(header)
      if (scheme === 'session') return sessionOf(header)?.user ?? null
      const colon = text.indexOf(':')
      return scheme === 'basic' && colon >= 0 ? check(text.slice(0, colon), text.slice(colon + 1)) : null
    },
    companyBehind(header) {
      const { scheme, text } = parse(header)
      if (scheme === 'session') return sessionOf(header)?.user.company ?? null
      const user = users.find((one) => one.login === text.slice(0, text.indexOf(':')))
      const isRight = user !== undefined && same(user.password, text.slice(user.login.length + 1))
      return scheme === 'basic' && isRight ? user.company : null
    },
    isFresh(header) {
      const session = sessionOf(header)
      if (session === undefined || now() - session.usedAt < windowMs) return true
      end(header)
      return false
    },
    touch(header) {
      const session = sessionOf(header)
      if (session !== undefined && now() - session.usedAt <= windowMs) session.usedAt = now()
    },
    end,
  }
}

function parse(header: string | undefined): { scheme: string; text: string } {
  const [scheme = '', encoded = ''] = (header ?? '').split(' ')
  return { scheme: scheme.toLowerCase(), text: Buffer.from(encoded, 'base64').toString('utf8') }
}

function same(left: string, right: string): boolean {
  const a = Buffer.from(left)
  const b = Buffer.from(right)
  return a.length === b.length && timingSafeEqual(a, b)
}
