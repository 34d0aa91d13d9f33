import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { bearerToken } from './bearer.ts'
import { identityOf } from './claims.ts'
import type { Identity } from './identity.ts'
import { TokenError } from './token-error.ts'

/** The only algorithm: a list that a token's own header cannot widen (RFC 8725, 3.1). */
const ALGORITHMS = ['EdDSA', 'Ed25519']
const CLOCK_SKEW_S = 30
/** Tokens whose signature is remembered. Only good ones are: nobody can fill this without the issuer's key. */
const KNOWN = 1_000

export interface TrustedIssuer {
  /** The exact `iss`. */
  issuer: string
  /** Its public keys; each with `kid`. */
  jwks: JSONWebKeySet
}

export interface VerifierOptions {
  issuers: readonly TrustedIssuer[]
  /** `alcada:<erp>`: a token for another ERP's server is refused here. */
  audience: string
  /** Epoch milliseconds. */
  now: () => number
}

/** What the active policy asks of a token beyond its signature. */
export interface TokenLimits {
  /** `token_rotation`: an older token is refused, whatever its `exp`. Seconds. */
  maxAgeS: number
  /** Roles that rbac.yaml defines; a claimed role that is none of them is refused. Null where role claims are ignored. */
  roles: readonly string[] | null
}

export interface Verifier {
  /** From the value of an Authorization header. Throws TokenError. */
  verify(authorization: string | undefined, limits?: TokenLimits): Promise<Identity>
  /** From a token as it stands in a file. Throws TokenError. */
  verifyToken(token: string, limits?: TokenLimits): Promise<Identity>
}

/** Verifies the tokens of one ERP's callers. */
export function createVerifier({ issuers, audience, now }: VerifierOptions): Verifier {
  const keys = new Map<string, JWTVerifyGetKey>(issuers.map(({ issuer, jwks }) => [issuer, createLocalJWKSet(jwks)]))

  // A signature that is good stays good, and agents send one token with every call. What time changes is looked at anew.
  const known = new Map<string, JWTPayload>()
  const claimsOf = async (token: string): Promise<JWTPayload> => {
    const before = known.get(token)
    if (before?.exp !== undefined && now() / 1_000 < before.exp) return before
    known.delete(token)
    const claims = await verified(token, keys, audience, now())
    if (known.size >= KNOWN) known.clear()
    known.set(token, claims)
    return claims
  }

  const verifyToken = async (token: string, limits?: TokenLimits): Promise<Identity> => {
    const claims = await claimsOf(token)
    const ageS = now() / 1_000 - (claims.iat ?? 0)
    const identity = identityOf(claims, ageS)
    if (limits !== undefined) withinLimits(identity, limits)
    return identity
  }
  return { verifyToken, verify: async (authorization, limits) => verifyToken(bearerToken(authorization), limits) }
}

async function verified(
  token: string,
  keys: ReadonlyMap<string, JWTVerifyGetKey>,
  audience: string,
  nowMs: number,
): Promise<JWTPayload> {
  const findKey: JWTVerifyGetKey = (header, jws) => {
    const key = keys.get(issuerOf(jws.payload))
    if (key === undefined) throw new TokenError('wrong_issuer', 'the issuer of the token is not trusted here')
    return key(header, jws)
  }
  try {
    const { payload, protectedHeader } = await jwtVerify(token, findKey, {
      algorithms: ALGORITHMS,
      audience,
      issuer: [...keys.keys()],
      clockTolerance: CLOCK_SKEW_S,
      currentDate: new Date(nowMs),
      requiredClaims: ['iss', 'aud', 'sub', 'iat', 'exp'],
    })
    // One audience only: a token that other servers take too could be sent here by any of them.
    if (payload.aud !== audience) throw new TokenError('wrong_audience', 'the token is not for this server alone')
    const type = protectedHeader.typ?.toLowerCase()
    // RFC 9068 tokens, and plain ones. Another kind of JWT by the same key (a signature, a receipt) is no token.
    if (type !== 'jwt' && type !== 'at+jwt' && type !== 'application/at+jwt') {
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

function withinLimits({ caller, rolesClaimed }: Identity, { maxAgeS, roles }: TokenLimits): void {
  if (caller.token_age_s > maxAgeS) {
    throw new TokenError('token_too_old', `the token is older than ${maxAgeS} seconds: get a new one`)
  }
  if (roles !== null && rolesClaimed && !caller.roles.every((role) => roles.includes(role))) {
    throw new TokenError('role_unknown', 'the token claims a role that the policy does not define')
  }
}

// Only to choose the keys: nothing of it is believed before the signature is checked.
function issuerOf(payload: string | Uint8Array): string {
  const text = typeof payload === 'string' ? Buffer.from(payload, 'base64url') : payload
  try {
    const claims: unknown = JSON.parse(Buffer.from(text).toString())
    const issuer = typeof claims === 'object' && claims !== null ? Reflect.get(claims, 'iss') : undefined
    return typeof issuer === 'string' ? issuer : ''
  } catch {
    return ''
  }
}

function toTokenError(cause: unknown): TokenError {
  if (cause instanceof TokenError) return cause
  if (cause instanceof errors.JWTExpired) return new TokenError('token_expired', 'the token has expired', { cause })
  if (cause instanceof errors.JWTClaimValidationFailed) {
    if (cause.claim === 'aud') return new TokenError('wrong_audience', 'the token is not for this server', { cause })
    if (cause.claim === 'iss')
      return new TokenError('wrong_issuer', 'the issuer of the token is not trusted here', { cause })
    return new TokenError('token_invalid', `claim \`${cause.claim}\` of the token is missing or not good`, { cause })
  }
  return new TokenError('token_invalid', 'the token is not good', { cause })
}
