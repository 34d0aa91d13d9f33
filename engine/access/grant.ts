import type { Config } from '../contract/config.ts'
import type { CheckAssertion } from './assertion.ts'
import { GrantError } from './grant-error.ts'
import type { SigningKey } from './signing-key.ts'
import { issueToken } from './token.ts'

/** What is issued: RFC 6749, 5.1. */
export interface Granted {
  access_token: string
  token_type: 'Bearer'
  /** Seconds. */
  expires_in: number
  /** The roles it has. */
  scope: string
}

export interface GrantRules {
  erp: string
  /** What the ERP's policy in force says. */
  config: Config
  /** The issuer's own address for this ERP, and that of its token endpoint. */
  audiences: readonly string[]
  /** Longest life of a token, in seconds; `token_rotation` may make it shorter. */
  ttlS: number
  /** YYYY-MM-DD: the last day of a registration is judged by it. */
  today: string
}

const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/**
 * One token for a registered caller that proves itself (`client_credentials`, RFC 7523, 2.2). The old one stays good
 * until it expires, so that calls under way go on. Throws GrantError.
 */
export async function grant(
  form: URLSearchParams,
  rules: GrantRules,
  tools: { check: CheckAssertion; key: () => Promise<SigningKey>; now: () => number },
): Promise<Granted> {
  const { erp, config, audiences, ttlS, today } = rules
  if (one(form, 'grant_type') !== 'client_credentials') {
    throw new GrantError('unsupported_grant_type', 'expected `grant_type=client_credentials`')
  }
  if (one(form, 'client_assertion_type') !== ASSERTION_TYPE) {
    throw new GrantError('invalid_request', `expected \`client_assertion_type=${ASSERTION_TYPE}\``)
  }
  checkTarget(form.getAll('resource'), erp)
  const assertion = one(form, 'client_assertion') ?? ''
  const { id, caller } = await tools.check(assertion, { callers: config.rbac.callers, audiences })
  if ((one(form, 'client_id') ?? id) !== id) throw new GrantError('invalid_client', 'expected one caller, got two')
  if (caller.valid_until !== null && today > caller.valid_until) {
    throw new GrantError('invalid_client', 'the registration of this caller has ended')
  }
  const roles = rolesOf(one(form, 'scope'), caller.roles)
  const { token_rotation_s } = config.security
  const { person, companies } = caller
  const request = { erp, sub: id, for: person, kind: 'agent', roles, companies } as const
  const life = Math.max(60, Math.min(ttlS, token_rotation_s))
  const { token } = issueToken({ ...request, ttlS: life }, await tools.key(), tools.now)
  return { access_token: token, token_type: 'Bearer', expires_in: life, scope: roles.join(' ') }
}

// RFC 6749, 3.2: a parameter that is sent twice is an error; one without a value was not sent.
function one(form: URLSearchParams, name: string): string | null {
  const values = form.getAll(name)
  if (values.length > 1) throw new GrantError('invalid_request', `expected \`${name}\` once`)
  return values[0] === '' ? null : (values[0] ?? null)
}

// A token from here is only ever for this ERP's server, by whatever address the client knows it (RFC 8707).
function checkTarget(resources: readonly string[], erp: string): void {
  const known = (resource: string): boolean => {
    const url = URL.parse(resource)
    return resource === `alcada:${erp}` || (url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/mcp')
  }
  if (!resources.every(known)) throw new GrantError('invalid_target', `expected \`resource\` to be \`alcada:${erp}\``)
}

/** A scope is a role: whoever asks for some of theirs gets a token that can do less. */
function rolesOf(scope: string | null, registered: readonly string[]): string[] {
  const asked = scope === null ? [...registered] : [...new Set(scope.split(' '))]
  if (asked.every((role) => registered.includes(role))) return asked
  throw new GrantError('invalid_scope', 'expected roles that rbac.yaml registers for this caller')
}
