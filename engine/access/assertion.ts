import { decodeJwt, errors, importJWK, type JWTPayload, jwtVerify } from 'jose'
import type { RegisteredCaller } from '../contract/config.ts'
import type { CallerKey } from '../contract/identity-config.ts'
import { GrantError } from './grant-error.ts'

const CLOCK_SKEW_S = 30
/** Longest life of an assertion. */
const MOST_S = 300
/** Assertions that are remembered so that none is taken twice. */
const REMEMBERED = 10_000

export interface AssertionRules {
  callers: Readonly<Record<string, RegisteredCaller>>
  /** Addresses an assertion may be made out to: the issuer's, or its token endpoint's. */
  audiences: readonly string[]
}

export interface ProvenCaller {
  id: string
  caller: RegisteredCaller
}

/** Takes a client assertion once. Throws GrantError. */
export type CheckAssertion = (assertion: string, rules: AssertionRules) => Promise<ProvenCaller>

/**
 * Who asks for a token, by a JWT signed with a key that rbac.yaml names for the caller (RFC 7523, 3): made out to us, at
 * most five minutes long, and taken once. What was taken is remembered in memory: an assertion from before this process
 * began is refused, since the one before may have taken it.
 * @param now epoch milliseconds
 */
export function assertionChecker(now: () => number): CheckAssertion {
  const beganS = Math.ceil(now() / 1_000)
  const taken = new Map<string, number>()

  const takeOnce = (id: string, audience: string, { jti, exp = 0, iat = 0 }: JWTPayload): void => {
    if (typeof jti !== 'string' || jti.length > 128) throw refused('expected `jti` of at most 128 characters')
    const nowS = now() / 1_000
    if (exp - iat > MOST_S) throw refused(`expected an assertion of at most ${MOST_S} seconds`)
    if (iat > nowS + CLOCK_SKEW_S) throw refused('the assertion is from the future')
    if (iat < beganS) throw refused('the assertion was made before this issuer began: make a new one')
    const key = JSON.stringify([audience, id, jti])
    if ((taken.get(key) ?? 0) > nowS) throw refused('the assertion was used before: make a new one for each request')
    if (taken.size >= REMEMBERED) for (const [old, until] of taken) if (until <= nowS) taken.delete(old)
    if (taken.size >= REMEMBERED) throw new GrantError('temporarily_unavailable', 'too many requests at once')
    taken.set(key, exp + CLOCK_SKEW_S)
  }
  return async (assertion, { callers, audiences }) => {
    const id = subjectOf(assertion)
    const caller = Object.hasOwn(callers, id) ? callers[id] : undefined
    if (caller?.keys === undefined) throw refused('no key is registered for this caller: add one in rbac.yaml')
    const claims = await verified(assertion, id, caller.keys, audiences, now())
    takeOnce(id, String(claims.aud), claims)
    return { id, caller }
  }
}

// Only to find the keys: nothing of it is believed before the signature is checked.
function subjectOf(assertion: string): string {
  try {
    return decodeJwt(assertion).sub ?? ''
  } catch (cause) {
    throw new GrantError('invalid_client', 'expected a JWT as `client_assertion`', { cause })
  }
}

async function verified(
  assertion: string,
  id: string,
  keys: readonly CallerKey[],
  audiences: readonly string[],
  nowMs: number,
): Promise<JWTPayload> {
  for (const key of keys) {
    const algorithms = key.kty === 'OKP' ? ['EdDSA', 'Ed25519'] : ['ES256']
    const [algorithm = ''] = algorithms
    try {
      const { payload } = await jwtVerify(assertion, await importJWK({ ...key }, algorithm), {
        algorithms,
        issuer: id,
        subject: id,
        audience: [...audiences],
        clockTolerance: CLOCK_SKEW_S,
        currentDate: new Date(nowMs),
        requiredClaims: ['exp', 'iat', 'jti'],
      })
      // One audience: an assertion that others take too could be sent here by any of them.
      if (typeof payload.aud !== 'string') throw refused('expected one audience')
      return payload
    } catch (cause) {
      if (cause instanceof GrantError) throw cause
      if (cause instanceof errors.JWTClaimValidationFailed || cause instanceof errors.JWTExpired) {
        throw new GrantError('invalid_client', `claim \`${cause.claim}\` of the assertion is not good`, { cause })
      }
      // Another of the caller's keys may be the one: two overlap while one takes the other's place.
    }
  }
  throw refused('the assertion is not signed with a key of this caller')
}

function refused(message: string): GrantError {
  return new GrantError('invalid_client', message)
}
