import type { SessionAuth } from '../../engine/contract/erp.ts'
import { readPointer } from '../../engine/contract/pointer.ts'
import { scalarText } from './exact-json.ts'
import { ErpFailure } from './outcome.ts'
import { headerText } from './request.ts'

/** The header that carries a session. */
export interface SessionHeader {
  name: string
  value: string
}

export interface Sessions {
  /** The company's session, opened when there is none. Throws ErpFailure when the login fails: nothing else was sent. */
  header(company: string): Promise<SessionHeader>
  /** The session was refused: the next call logs in again, unless somebody has already. */
  refused(company: string, header: SessionHeader): void
  /** The company's credential is another: its session ends here, and one that was refused is tried again. */
  renew(company: string): void
  /** What the ERP ends where nobody uses it for long is used. Absent where it does not. Never rejects. */
  keepAlive?(companies: readonly string[]): Promise<void>
  /** Companies that a person has to log in again. Absent where nobody ever has to. */
  ended?(): string[]
  /** Resolves once nothing is under way that would be lost. Absent where nothing would be. */
  settled?(): Promise<void>
}

export interface SessionsOptions {
  auth: SessionAuth
  now: () => number
  credential: (company: string, name: string) => string
  /** Sends the login and answers its document. Throws ErpFailure. */
  login: (company: string) => Promise<unknown>
  /** Hears what a session is recognised by. */
  learn: (secrets: readonly string[]) => void
}

// Five wrong passwords lock a Tryton login for everybody: a refused credential is not tried again at once.
const REFUSED_MS = 60_000
/** Characters. */
const LEAST_SECRET = 16

/** Logs in once per company, however many calls wait for it. */
export function openSessions({ auth, now, credential, login, learn }: SessionsOptions): Sessions {
  const open = new Map<string, Promise<SessionHeader>>()
  const current = new Map<string, SessionHeader>()
  const refusedUntil = new Map<string, number>()
  const renewals = new Map<string, number>()
  const credentialsOf = (company: string): number => renewals.get(company) ?? 0

  async function begin(company: string): Promise<SessionHeader> {
    const asked = credentialsOf(company)
    const left = (refusedUntil.get(company) ?? 0) - now()
    if (left > 0) {
      const retryAfterS = Math.ceil(left / 1000)
      throw new ErpFailure({ kind: 'auth', message: 'the ERP refused the login', retryAfterS }, true)
    }
    try {
      return { name: auth.header.toLowerCase(), value: headerText(tokenOf(company, await login(company))) }
    } catch (error) {
      if (!(error instanceof ErpFailure)) throw error
      // What the credential before this one met says nothing of it.
      if (error.error.kind === 'auth' && asked === credentialsOf(company)) refusedUntil.set(company, now() + REFUSED_MS)
      // Whatever became of the login, the call behind it was not sent.
      throw new ErpFailure(error.error, true)
    }
  }

  function tokenOf(company: string, document: unknown): string {
    const given: string[] = []
    const parts = auth.token.join.map((part) => {
      if ('text' in part) return part.text
      if ('credential' in part) return credential(company, part.credential)
      const text = scalarText(readPointer(document, part.pointer))
      if (text === null) throw new ErpFailure({ kind: 'auth', message: 'the ERP answered no session' }, true)
      // A user's number is no secret, and would be met everywhere.
      if (text.length >= LEAST_SECRET) given.push(text)
      return text
    })
    const token = auth.token.encode === 'base64' ? Buffer.from(parts.join('')).toString('base64') : parts.join('')
    learn([token, ...given])
    return auth.scheme === undefined ? token : `${auth.scheme} ${token}`
  }

  return {
    async header(company) {
      const running = open.get(company) ?? begin(company)
      open.set(company, running)
      try {
        const header = await running
        if (open.get(company) === running) current.set(company, header)
        return header
      } catch (error) {
        if (open.get(company) === running) open.delete(company)
        throw error
      }
    },
    refused(company, header) {
      if (current.get(company) !== header) return
      current.delete(company)
      open.delete(company)
    },
    renew(company) {
      current.delete(company)
      open.delete(company)
      refusedUntil.delete(company)
      renewals.set(company, credentialsOf(company) + 1)
    },
  }
}
