import type { JWTPayload } from 'jose'
import type { Config } from '../../engine/contract/config.ts'
import { type IssuerConfig, REGISTERED } from '../../engine/contract/identity-config.ts'
import { readPointer } from '../../engine/contract/pointer.ts'
import type { Identity } from './identity.ts'
import { TokenError } from './token-error.ts'

// Names that stand in the ledger, in logs and in policy data: no control characters, no white space.
const NAME = /^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,127}$/
const CNPJ = /^[0-9A-Z]{12}[0-9]{2}$/
const MOST = 64

type Callers = Config['rbac']['callers']

/** How the claims of an issuer are read. */
export type ClaimRules = Pick<IssuerConfig, 'claims' | 'role_names'>

/**
 * Who calls, from the claims of a token whose signature is good. A claim of the wrong shape is never taken for an
 * absent one: a malformed `roles` would otherwise become the default role.
 * @throws TokenError claims_invalid, caller_unregistered, role_unknown
 */
export function identityOf(token: JWTPayload, ageS: number, rules: ClaimRules, callers: Callers): Identity {
  const { claims, role_names } = rules
  const agent = agentOf(token, claims.agent)
  const kind = token['kind'] ?? (agent === null ? 'human' : 'agent')
  if (kind !== 'agent' && kind !== 'human') throw invalid('kind', '`agent` or `human`')
  if (kind === 'human' && agent !== null) throw invalid('kind', '`agent` where an agent is named')
  const person = personOf(token, claims.person, agent, callers)
  const roles = readPointer(token, claims.roles)
  const companies = readPointer(token, claims.companies)
  return {
    caller: {
      id: agent ?? person,
      person,
      kind,
      roles: roles === undefined ? [] : rolesOf(roles, claims.roles, role_names),
      // Whole seconds, and never younger than it is.
      token_age_s: Math.max(0, Math.ceil(ageS)),
    },
    companies: companies === undefined ? [] : listOf(companies, claims.companies, CNPJ),
    rolesClaimed: roles !== undefined,
    tokenId: token['jti'] === undefined ? null : idOf(token['jti']),
  }
}

// RFC 8693, 4.1: a nested `act` is a chain of actors. Only one agent may stand between us and the person.
function agentOf(token: JWTPayload, pointer: string): string | null {
  const { act } = token
  if (act !== undefined) {
    if (typeof act !== 'object' || act === null || Array.isArray(act)) throw invalid('act', 'an object with `sub`')
    if (Object.hasOwn(act, 'act')) throw invalid('act', 'one agent, not a chain of them')
    if (!Object.hasOwn(act, 'sub')) throw invalid('act', 'an object with `sub`')
    // Whoever acts may not go unseen because the agent is looked for elsewhere.
    if (pointer !== '/act/sub') throw invalid('act', `left out, since the agent stands in \`${pointer}\``)
  }
  const agent = readPointer(token, pointer)
  return agent === undefined ? null : nameOf(agent, pointer)
}

function personOf(token: JWTPayload, pointer: string, agent: string | null, callers: Callers): string {
  if (pointer !== REGISTERED) return nameOf(readPointer(token, pointer), pointer)
  if (agent === null) throw new TokenError('claims_invalid', 'expected the token to name an agent')
  const caller = Object.hasOwn(callers, agent) ? callers[agent] : undefined
  if (caller !== undefined) return caller.person
  throw new TokenError('caller_unregistered', 'nobody is registered to answer for this agent')
}

// Whoever claims no role at all is not the same as whoever does not say: only the latter has the default role.
function rolesOf(value: unknown, claim: string, names: ClaimRules['role_names']): string[] {
  const roles = listOf(value, claim, names === null ? NAME : ANY_NAME)
  if (roles.length === 0) throw invalid(claim, 'left out, or to name at least one')
  if (names === null) return roles
  // A provider's groups are for many systems: those that are no role of ours are left out, but one has to be.
  const ours = roles.flatMap((role) => (Object.hasOwn(names, role) ? (names[role] ?? []) : []))
  if (ours.length === 0) throw new TokenError('role_unknown', 'the token names no role that the policy knows')
  return [...new Set(ours)]
}

const ANY_NAME = /^[^\p{C}]{1,256}$/u

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

// RFC 7519, 4.1.7: any text. Providers draw it at random, and it may begin with `-` or `_`.
function idOf(value: unknown): string {
  if (typeof value !== 'string' || !ANY_NAME.test(value)) throw invalid('jti', 'text of at most 256 characters')
  return value
}
