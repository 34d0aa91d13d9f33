import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { EncryptJWT, jwtDecrypt } from 'jose'
import type { Approver } from '../../identity/approver.ts'

/** A signed-in approver. */
export interface Session {
  id: string
  approver: Approver
}

export const SESSION_S = 1_800
export const LOGIN_S = 300

export interface Sessions {
  /** A code that signs in once, within five minutes. */
  loginCode(approver: Approver): Promise<string>
  /** The cookie's value for a code that nobody has used yet; null for any other. */
  signIn(code: string): Promise<{ value: string; approver: Approver } | null>
  /** Who is signed in by a cookie's value; null when nobody. */
  read(value: string | undefined): Promise<Session | null>
  /** What a form must send along: good in this session, for these requests. */
  formToken(session: Session, ids: readonly string[]): string
  isFormToken(session: Session, ids: readonly string[], token: string): boolean
}

export interface SessionsOptions {
  erp: string
  key: Uint8Array
  /** True for the first who uses what has this digest, in whichever replica. */
  once(digest: string, untilMs: number): Promise<boolean>
  now(): number
}

/** Sessions that every replica can read: nothing of them is kept but which codes were used. */
export function createSessions({ erp, key, once, now }: SessionsOptions): Sessions {
  const sealed = (approver: Approver, use: string, lifeS: number): Promise<string> => {
    const iat = Math.floor(now() / 1_000)
    const { person, roles, companies, token_age_s } = approver
    return new EncryptJWT({ roles, companies, born: iat - token_age_s })
      .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
      .setSubject(person)
      .setAudience(`alcada:${erp}:${use}`)
      .setJti(randomUUID())
      .setIssuedAt(iat)
      .setExpirationTime(iat + lifeS)
      .encrypt(key)
  }
  const opened = async (text: string, use: string): Promise<(Session & { untilMs: number }) | null> => {
    try {
      const { payload } = await jwtDecrypt(text, key, {
        audience: `alcada:${erp}:${use}`,
        currentDate: new Date(now()),
        keyManagementAlgorithms: ['dir'],
        contentEncryptionAlgorithms: ['A256GCM'],
        requiredClaims: ['sub', 'jti', 'exp'],
      })
      const { sub = '', jti = '', exp = 0, roles, companies, born } = payload
      const token_age_s = Math.max(0, now() / 1_000 - Number(born))
      const approver = { person: sub, roles: texts(roles), companies: texts(companies), token_age_s }
      return { id: jti, untilMs: exp * 1_000, approver }
    } catch {
      return null
    }
  }
  const formToken: Sessions['formToken'] = ({ id }, ids) =>
    createHmac('sha256', key)
      .update(JSON.stringify([id, ...ids]))
      .digest('base64url')
  return {
    loginCode: (approver) => sealed(approver, 'login', LOGIN_S),
    async signIn(code) {
      const login = await opened(code, 'login')
      if (login === null || !(await once(`login ${login.id}`, login.untilMs))) return null
      return { value: await sealed(login.approver, 'console', SESSION_S), approver: login.approver }
    },
    read: async (value) => (value === undefined ? null : opened(value, 'console')),
    formToken,
    isFormToken(session, ids, token) {
      const [given, right] = [Buffer.from(token), Buffer.from(formToken(session, ids))]
      return given.length === right.length && timingSafeEqual(given, right)
    },
  }
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : []
}
