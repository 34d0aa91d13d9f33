import type { JWTPayload } from 'jose'
import type { Identity } from './identity.ts'
import { TokenError } from './token-error.ts'

// Names that stand in the ledger, in logs and in policy data: no control characters, no white space.
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$/
const CNPJ = /^[0-9A-Z]{12}[0-9]{2}$/
const MOST = 64

/**
 * Who calls, from the claims of a token whose signature is good. A claim of the wrong shape is never taken for an
 * absent one: a malformed `roles` would otherwise become the default role.
 * @throws TokenError claims_invalid
 */
export function identityOf(claims: JWTPayload, ageS: number): Identity {
  const person = nameOf(claims['sub'], 'sub')
  const agent = actorOf(claims['act'])
  const kind = claims['kind'] ?? (agent === null ? 'human' : 'agent')
  if (kind !== 'agent' && kind !== 'human') throw invalid('kind', '`agent` or `human`')
  if (kind === 'human' && agent !== null) throw invalid('kind', '`agent` where `act` names one')
  const roles = claims['roles']
  return {
    caller: {
      id: agent ?? person,
      person,
      kind,
      roles: roles === undefined ? [] : rolesOf(roles),
      token_age_s: Math.max(0, ageS),
    },
    companies: claims['companies'] === undefined ? [] : listOf(claims['companies'], 'companies', CNPJ),
    rolesClaimed: roles !== undefined,
    tokenId: claims['jti'] === undefined ? null : nameOf(claims['jti'], 'jti'),
  }
}

// RFC 8693, 4.1: a nested `act` is a chain of actors. Only one agent may stand between us and the person.
function actorOf(act: unknown): string | null {
  if (act === undefined) return null
  if (typeof act !== 'object' || act === null || Array.isArray(act)) throw invalid('act', 'an object with `sub`')
  if (Object.keys(act).join() !== 'sub') throw invalid('act', '`sub` and nothing else')
  return nameOf(Reflect.get(act, 'sub'), 'act.sub')
}

// Whoever claims no role at all is not the same as whoever does not say: only the latter has the default role.
function rolesOf(value: unknown): string[] {
  const roles = listOf(value, 'roles', NAME)
  if (roles.length === 0) throw invalid('roles', 'left out, or to name at least one')
  return roles
}

function nameOf(value: unknown, claim: string): string {
  if (typeof value !== 'string' || !NAME.test(value)) throw invalid(claim, 'a name of at most 128 characters')
  return value
}

function listOf(value: unknown, claim: string, pattern: RegExp): string[] {
  if (!Array.isArray(value) || value.length > MOST) throw invalid(claim, `a list of at most ${MOST} texts`)
  const texts = value.filter((item): item is string => typeof item === 'string' && pattern.test(item))
  if (texts.length !== value.length) throw invalid(claim, 'a list of well-formed texts')
  if (new Set(texts).size !== texts.length) throw invalid(claim, 'a list without repetitions')
  return texts
}

function invalid(claim: string, expected: string): TokenError {
  return new TokenError('claims_invalid', `expected claim \`${claim}\` to be ${expected}`)
}
