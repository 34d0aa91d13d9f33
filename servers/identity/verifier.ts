import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import type { Config } from '../../engine/contract/config.ts'
import { DEFAULT_CLAIMS, type IdentityConfig } from '../../engine/contract/identity-config.ts'
import { bearerToken } from './bearer.ts'
import { identityOf } from './claims.ts'
import type { Identity } from './identity.ts'
import { type Issuer, type TrustedIssuer, trustedIssuers } from './issuers.ts'
import { narrowed } from './registered.ts'
import type { RemoteKeysOptions } from './remote-keys.ts'
import { TokenError } from './token-error.ts'
import { unverifiedClaims } from './unverified.ts'

const CLOCK_SKEW_S = 30
/** Tokens whose signature is remembered. Only good ones are: nobody can fill this without the issuer's key. */
const KNOWN = 1_000

export interface VerifierOptions {
  /** Issuers whose keys are at hand: the embedded one. */
  issuers: readonly TrustedIssuer[]
  /** `alcada:<erp>`: a token for another ERP's server is refused here. */
  audience: string
  /** Epoch milliseconds. */
  now: () => number
  /** Epoch milliseconds: a token issued before it is refused. Default 0. */
  issuedSince?: number
  /** How keys of the policy's own issuers are fetched. Default: over https only. */
  remote?: RemoteKeysOptions
}

/** What the active policy asks of a token beyond its signature. */
export interface TokenLimits {
  /** `token_rotation`: an older token is refused, whatever its `exp`. Seconds. */
  maxAgeS: number
  /** Roles that rbac.yaml defines; a claimed role that is none of them is refused. Null where role claims are ignored. */
  roles: readonly string[] | null
  /** Agents of rbac.yaml. Default none. */
  callers?: Config['rbac']['callers']
  /** Whose tokens are taken. Default: those of the embedded issuer alone. */
  identity?: IdentityConfig | undefined
}

export interface Verifier {
  /** From the value of an Authorization header. Throws TokenError. */
  verify(authorization: string | undefined, limits?: TokenLimits): Promise<Identity>
  /** From a token as it stands in a file. Throws TokenError. */
  verifyToken(token: string, limits?: TokenLimits): Promise<Identity>
  /** Who signed in, from the ID token that an issuer with `login` gave for this nonce. Throws TokenError. */
  verifyIdToken(token: string, asked: { issuer: string; nonce: string }, limits: TokenLimits): Promise<Identity>
}

/** Verifies the tokens of one ERP's callers. */
export function createVerifier({ issuers, audience, now, remote, issuedSince = 0 }: VerifierOptions): Verifier {
  const trusted = trustedIssuers(issuers, remote ?? { development: false })

  // A signature that is good stays good while its key does, and agents send one token with every call. What time
  // changes is looked at anew. The keys of a provider may go at any time: its tokens are checked with each call.
  const known = new Map<string, { claims: JWTPayload; keys: unknown }>()
  const claimsOf = async (token: string, issuer: Issuer): Promise<JWTPayload> => {
    const keys = issuer.keySet?.()
    const before = keys === undefined ? undefined : known.get(token)
    if (before?.claims.exp !== undefined && before.keys === keys && now() / 1_000 < before.claims.exp)
      return before.claims
    known.delete(token)
    const claims = await verified(token, issuer, { audience: issuer.audience ?? audience, types: ACCESS }, now())
    if (known.size >= KNOWN) known.clear()
    if (keys !== undefined) known.set(token, { claims, keys })
    return claims
  }

  const verifyToken = async (token: string, limits?: TokenLimits): Promise<Identity> => {
    const said = unverifiedClaims(token)
    if (said === null) throw new TokenError('token_invalid', NO_JWT)
    const issuer = trusted(limits?.identity).get(said['iss'] ?? '')
    if (issuer === undefined) throw new TokenError('wrong_issuer', 'the issuer of the token is not trusted here')
    const claims = await claimsOf(token, issuer)
    fresh(claims, issuedSince)
    const ageS = now() / 1_000 - (claims.iat ?? 0)
    const identity = identityOf(claims, ageS, issuer, limits?.callers ?? {})
    if (limits !== undefined) withinLimits(identity, limits)
    inScope(claims, issuer.scopes)
    return narrowed(identity, limits?.callers ?? {})
  }
  const verifyIdToken: Verifier['verifyIdToken'] = async (token, asked, limits) => {
    const issuer = trusted(limits.identity).get(asked.issuer)
    if (!issuer?.login) throw new TokenError('wrong_issuer', 'nobody signs in with this issuer here')
    const { client_id, person } = issuer.login
    const claims = await verified(token, issuer, { audience: client_id, types: ID }, now())
    fresh(claims, issuedSince)
    if (claims['nonce'] !== asked.nonce) throw new TokenError('token_invalid', 'the ID token is of another sign-in')
    // Another party that the provider gave it to did not sign in here (OpenID Connect Core 1.0, 3.1.3.7).
    const party = claims['azp'] ?? client_id
    if (party !== client_id) throw new TokenError('wrong_audience', 'the ID token is for another client')
    const rules = { ...issuer, claims: { ...issuer.claims, person, agent: DEFAULT_CLAIMS.agent } }
    const identity = identityOf(claims, now() / 1_000 - (claims.iat ?? 0), rules, {})
    withinLimits(identity, limits)
    return identity
  }
  return {
    verifyToken,
    verifyIdToken,
    verify: async (authorization, limits) => verifyToken(bearerToken(authorization), limits),
  }
}

/** A kind of token: whom it is for, and what its header may call it. */
interface Kind {
  audience: string
  types: readonly (string | undefined)[]
}

// RFC 9068 tokens, and plain ones. Another kind of JWT by the same key (a signature, a receipt) is no token.
const ACCESS = ['jwt', 'at+jwt', 'application/at+jwt']
// Many providers leave it out of ID tokens; none calls them access tokens.
const ID = ['jwt', undefined]

async function verified(token: string, issuer: Issuer, { audience, types }: Kind, nowMs: number): Promise<JWTPayload> {
  const findKey: JWTVerifyGetKey = (header, jws) => issuer.findKey(header, jws)
  try {
    const { payload, protectedHeader } = await jwtVerify(token, findKey, {
      algorithms: issuer.algorithms,
      audience,
      issuer: issuer.issuer,
      clockTolerance: CLOCK_SKEW_S,
      currentDate: new Date(nowMs),
      requiredClaims: ['iss', 'aud', 'sub', 'iat', 'exp'],
    })
    // One audience only: a token that other servers take too could be sent here by any of them.
    if ([payload.aud].flat().length !== 1) {
      throw new TokenError('wrong_audience', 'the token is not for this server alone')
    }
    if (!types.includes(protectedHeader.typ?.toLowerCase())) {
      throw new TokenError('token_invalid', 'expected a token of type `at+jwt` or `JWT`')
    }
    if ((payload.iat ?? 0) > nowMs / 1_000 + CLOCK_SKEW_S) {
      throw new TokenError('token_invalid', 'the token is from the future')
    }
    return payload
  } catch (cause) {
    throw toTokenError(cause)
  }
}

function fresh({ iat = 0 }: JWTPayload, issuedSince: number): void {
  if (iat * 1_000 >= issuedSince) return
  throw new TokenError('token_too_old', 'the token is older than the restore of this server: get a new one')
}

function withinLimits({ caller, rolesClaimed }: Identity, { maxAgeS, roles }: TokenLimits): void {
  if (caller.token_age_s > maxAgeS) {
    throw new TokenError('token_too_old', `the token is older than ${maxAgeS} seconds: get a new one`)
  }
  if (roles !== null && rolesClaimed && !caller.roles.every((role) => roles.includes(role))) {
    throw new TokenError('role_unknown', 'the token claims a role that the policy does not define')
  }
}

/** `scope` is one text, its parts apart by a space (RFC 9068, 2.2.3). */
function inScope({ scope }: JWTPayload, needed: readonly string[]): void {
  const held = typeof scope === 'string' ? scope.split(' ') : []
  if (needed.every((one) => held.includes(one))) return
  throw new TokenError('insufficient_scope', 'the token lacks a scope that this server asks for', { scopes: needed })
}

// Providers give out opaque tokens to whoever does not say for which server: nothing here could tell whose one is.
const NO_JWT =
  'expected a JWT, got another kind of token: ask the issuer for one that names this server as its audience'

function toTokenError(cause: unknown): TokenError {
  if (cause instanceof TokenError) return cause
  if (cause instanceof errors.JWTExpired) return new TokenError('token_expired', 'the token has expired', { cause })
  if (cause instanceof errors.JWTClaimValidationFailed) {
    if (cause.claim === 'aud') return new TokenError('wrong_audience', 'the token is not for this server', { cause })
    return new TokenError('token_invalid', `claim \`${cause.claim}\` of the token is missing or not good`, { cause })
  }
  return new TokenError('token_invalid', 'the token is not good', { cause })
}
