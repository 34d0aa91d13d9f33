import { randomUUID } from 'node:crypto'
import { isCnpj } from '../contract/cnpj.ts'
import { AccessError } from './access-error.ts'
import type { SigningKey } from './signing-key.ts'

export interface TokenRequest {
  /** The one ERP whose server takes it. */
  erp: string
  /** The agent, or, for `kind: human`, the person. */
  sub: string
  /** The person who answers for the agent. Required for an agent; for a human it can only be the same as `sub`. */
  for?: string | undefined
  kind: 'agent' | 'human'
  /** What it is for: calls of tools (default), or deciding on requests for approval, which only a human may. */
  purpose?: 'calls' | 'approvals' | undefined
  /** None: the token has no such claim, and its bearer has the ERP's default role. */
  roles: readonly string[]
  /** CNPJs without punctuation. None: calls are refused where there is more than one company. */
  companies: readonly string[]
  /** Seconds. Default 86_400, the usual `token_rotation`. From 60 to 604_800. */
  ttlS?: number | undefined
}

/** Claims of a token: `sub` is the person, `act.sub` the agent that acts for them (RFC 8693). */
export interface TokenClaims {
  iss: 'alcada'
  aud: string
  sub: string
  act?: { sub: string }
  kind: 'agent' | 'human'
  roles?: string[]
  companies: string[]
  /** Epoch seconds. */
  iat: number
  exp: number
  jti: string
}

export interface IssuedToken {
  token: string
  claims: TokenClaims
}

const ERP = /^[a-z][a-z0-9_]{0,62}$/
const SUBJECT = /^[A-Za-z0-9][A-Za-z0-9._@:-]{0,63}$/
const ROLE = /^[a-z][a-z0-9_-]{0,63}$/
const LEAST_S = 60
const MOST_S = 7 * 86_400

/**
 * Issues a token for one ERP's server: a JWT signed with EdDSA (RFC 8037) by the embedded issuer's key.
 * @throws AccessError TOKEN_REQUEST_WRONG
 */
export function issueToken(request: TokenRequest, key: SigningKey, now: () => number = Date.now): IssuedToken {
  const ttlS = request.ttlS ?? 86_400
  check(request, ttlS, key)
  const iat = Math.floor(now() / 1000)
  const claims: TokenClaims = {
    iss: 'alcada',
    aud: `alcada:${request.erp}${request.purpose === 'approvals' ? ':approvals' : ''}`,
    sub: request.for ?? request.sub,
    ...(request.kind === 'agent' ? { act: { sub: request.sub } } : {}),
    kind: request.kind,
    ...(request.roles.length > 0 ? { roles: [...request.roles] } : {}),
    companies: [...request.companies],
    iat,
    exp: iat + ttlS,
    jti: randomUUID(),
  }
  const content = `${encode({ alg: 'EdDSA', kid: key.keyId, typ: 'at+jwt' })}.${encode(claims)}`
  const signature = Buffer.from(key.sign(Buffer.from(content))).toString('base64url')
  return { token: `${content}.${signature}`, claims }
}

function check(request: TokenRequest, ttlS: number, key: SigningKey): void {
  const { erp, sub, for: person, kind, purpose, roles, companies } = request
  if (key.use !== 'token') throw wrong('a token key', `a ${key.use} key`)
  if (!ERP.test(erp)) throw wrong('the name of an ERP', erp)
  if (!SUBJECT.test(sub)) throw wrong('a subject of letters, digits and `._@:-`', sub)
  if (person !== undefined && !SUBJECT.test(person)) throw wrong('a person of letters, digits and `._@:-`', person)
  if (kind === 'agent' && person === undefined) throw wrong('the person who answers for the agent', 'none')
  if (purpose === 'approvals' && kind !== 'human') throw wrong('a human to approve', 'an agent')
  if (kind === 'human' && person !== undefined && person !== sub)
    throw wrong('a human to answer for themselves', person)
  for (const role of roles) if (!ROLE.test(role)) throw wrong('a role in lower case', role)
  for (const company of companies) {
    if (!isCnpj(company)) throw wrong('a CNPJ without punctuation and with right check digits', company)
  }
  if (new Set(roles).size < roles.length) throw wrong('each role once', roles.join(', '))
  if (new Set(companies).size < companies.length) throw wrong('each company once', companies.join(', '))
  if (!Number.isInteger(ttlS) || ttlS < LEAST_S || ttlS > MOST_S) {
    throw wrong(`a validity of ${LEAST_S} to ${MOST_S} seconds`, String(ttlS))
  }
}

function wrong(expected: string, got: string): AccessError {
  return new AccessError('TOKEN_REQUEST_WRONG', `expected ${expected}, got \`${got}\``)
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
