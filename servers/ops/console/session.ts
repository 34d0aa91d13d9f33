import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { EncryptJWT, type JWTPayload, jwtDecrypt } from 'jose'
import type { Approver } from '../../identity/approver.ts'
import type { LoginChecks } from '../../identity/provider-client.ts'

/** A signed-in approver. */
export interface Session {
  id: string
  approver: Approver
  /** The issuer they signed in with; null: a link. */
  via: string | null
}

/** A sign-in with a provider that has begun in this browser. */
export interface Flow {
  issuer: string
  checks: LoginChecks
  /** Path of the console to go on to. */
  to: string
}

export const SESSION_S = 1_800
export const LOGIN_S = 300
/** How long somebody may take at the provider, in seconds. */
export const FLOW_S = 600

export interface Sessions {
  /** A code that signs in once, within five minutes. */
  loginCode(approver: Approver): Promise<string>
  /** The cookie's value for a code that nobody has used yet; null for any other. */
  signIn(code: string): Promise<{ value: string; approver: Approver } | null>
  /** The cookie's value for somebody whom a provider has told. */
  start(approver: Approver, via: string): Promise<string>
  /** Who is signed in by a cookie's value; null when nobody. */
  read(value: string | undefined): Promise<Session | null>
  /** Signs out: the cookie's value is good for nothing any more, wherever it was copied to. */
  end(session: Session): Promise<void>
  /** What a browser keeps while it is at a provider. */
  flow(flow: Flow): Promise<string>
  /** The flow in a cookie's value that nobody has brought back yet; null for any other. */
  takeFlow(value: string | undefined): Promise<Flow | null>
  /** What a form must send along: good in this session, for these requests. */
  formToken(session: Session, ids: readonly string[]): string
  isFormToken(session: Session, ids: readonly string[], token: string): boolean
}

export interface SessionsOptions {
  erp: string
  key: Uint8Array
  /** True for the first who uses what has this digest, in whichever replica. */
  once(digest: string, untilMs: number): Promise<boolean>
  /** Whether somebody used what has this digest. */
  used(digest: string): Promise<boolean>
  now(): number
}

type Use = 'login' | 'console' | 'provider'

/** Sessions that every replica can read: nothing of them is kept but what was used up and who signed out. */
export function createSessions({ erp, key, once, used, now }: SessionsOptions): Sessions {
  const sealed = (content: JWTPayload, use: Use, lifeS: number): Promise<string> => {
    const iat = Math.floor(now() / 1_000)
    return new EncryptJWT(content)
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setAudience(`alcada:${erp}:${use}`)
      .setJti(randomUUID())
      .setIssuedAt(iat)
      .setExpirationTime(iat + lifeS)
      .encrypt(key)
  }
  const opened = async (text: string, use: Use): Promise<Opened | null> => {
    try {
      const { payload } = await jwtDecrypt(text, key, {
        audience: `alcada:${erp}:${use}`,
        currentDate: new Date(now()),
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        requiredClaims: ['jti', 'exp'],
      })
      return { payload, id: payload.jti ?? '', untilMs: (payload.exp ?? 0) * 1_000 }
    } catch {
      return null
    }
  }
  const sealedApprover = (approver: Approver, via: string | null, use: Use, lifeS: number): Promise<string> => {
    const { person, roles, companies, token_age_s } = approver
    const born = Math.floor(now() / 1_000) - token_age_s
    return sealed({ sub: person, roles, companies, born, via }, use, lifeS)
  }
  const approverIn = ({ sub = '', roles, companies, born }: JWTPayload): Approver => {
    const token_age_s = Math.max(0, Math.ceil(now() / 1_000 - Number(born)))
    return { person: sub, roles: texts(roles), companies: texts(companies), token_age_s }
  }
  const formToken: Sessions['formToken'] = ({ id }, ids) =>
    createHmac('sha256', key)
      .update(JSON.stringify([id, ...ids]))
      .digest('base64url')
  return {
    loginCode: (approver) => sealedApprover(approver, null, 'login', LOGIN_S),
    async signIn(code) {
      const login = await opened(code, 'login')
      if (login === null || !(await once(`login ${login.id}`, login.untilMs))) return null
      const approver = approverIn(login.payload)
      return { value: await sealedApprover(approver, null, 'console', SESSION_S), approver }
    },
    start: (approver, via) => sealedApprover(approver, via, 'console', SESSION_S),
    async read(value) {
      const session = value === undefined ? null : await opened(value, 'console')
      if (session === null || (await used(signedOut(session.id)))) return null
      const { via } = session.payload
      return { id: session.id, approver: approverIn(session.payload), via: typeof via === 'string' ? via : null }
    },
    async end({ id }) {
      await once(signedOut(id), now() + SESSION_S * 1_000)
    },
    flow: (flow) => sealed({ flow: JSON.stringify(flow) }, 'provider', FLOW_S),
    async takeFlow(value) {
      const found = value === undefined ? null : await opened(value, 'provider')
      if (found === null || !(await once(`provider ${found.id}`, found.untilMs))) return null
      // Written by `flow` alone: nobody else has the key.
      return JSON.parse(String(found.payload['flow']))
    },
    formToken,
    isFormToken(session, ids, token) {
      const [given, right] = [Buffer.from(token), Buffer.from(formToken(session, ids))]
      return given.length === right.length && timingSafeEqual(given, right)
    },
  }
}

interface Opened {
  payload: JWTPayload
  id: string
  untilMs: number
}

function signedOut(id: string): string {
  return `signed out ${id}`
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
