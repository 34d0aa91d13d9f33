import { TOKEN_ALGORITHMS } from '../../contract/identity-config.ts'
import type { JsonSchema } from '../../contract/universal/json-schema.ts'
import { EFFECTS, PERMISSIONS, SENSITIVE_KINDS } from '../../contract/vocabulary.ts'
import type { RevokedEntry } from '../policy-files.ts'
import { APPROVALS_SCHEMA } from './approvals.ts'
import { COMPANY, DATE, GUARDS, WINDOW_DAYS } from './guards.ts'
import {
  DURATION,
  FLAG,
  type KeysOf,
  listOf,
  mapOf,
  NAME,
  object,
  oneOf,
  POINTER,
  POSITIVE,
  REAIS,
  setOf,
  TEXT,
  tagged,
  textOr,
} from './parts.ts'

const ROLES = setOf(NAME)

const ADDRESS: JsonSchema = { type: 'string', format: 'uri', maxLength: 2000, description: 'a web address' }
const SCOPE: JsonSchema = { type: 'string', pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,128}$', description: 'a scope' }
const CLAIM: JsonSchema = {
  type: 'string',
  pattern: '^(/([^~/]|~[01])+)+$',
  description: 'a JSON Pointer into the token such as `/sub`',
}
const PERSON_CLAIM: JsonSchema = {
  type: 'string',
  pattern: '^(registered|(/([^~/]|~[01])+)+)$',
  description: 'a JSON Pointer into the token such as `/sub`, or `registered`',
}

const ISSUER: JsonSchema = object(
  {
    issuer: ADDRESS,
    'jwks?': ADDRESS,
    'discovery?': ADDRESS,
    'audience?': TEXT,
    'algorithms?': setOf(oneOf(TOKEN_ALGORITHMS), 1),
    'scopes?': setOf(SCOPE, 1),
    'claims?': object({ 'person?': PERSON_CLAIM, 'agent?': CLAIM, 'roles?': CLAIM, 'companies?': CLAIM }),
    'role_names?': { ...mapOf(NAME), minProperties: 1 },
    'login?': object({
      client_id: TEXT,
      'client_secret?': TEXT,
      'scopes?': setOf(SCOPE, 1),
      'person?': CLAIM,
      'name?': TEXT,
    }),
  },
  { exactlyOne: [['jwks', 'discovery']] },
)

const OVERLAY_ID: JsonSchema = {
  type: 'string',
  pattern: '^([1-9][0-9]{0,15}|c-[0-9a-f]{8})$',
  description: 'the id of an emergency narrowing, in quotes, such as `"1795421702"`',
}

/** `security.yaml`: design, sections 2 (S1) and 8. */
export const SECURITY_SCHEMA: JsonSchema = object({
  security: object({
    authentication: object({
      type: { const: 'token_based' },
      token_rotation: DURATION,
      max_failures: POSITIVE,
      lockout_duration: DURATION,
      encryption: { const: 'AES-256' },
    }),
    authorization: object({ rbac_enabled: FLAG, default_role: NAME, admin_approval: FLAG }),
    audit: object({
      log_all_requests: FLAG,
      log_sensitive_data: FLAG,
      retention_days: POSITIVE,
      'trail_retention_days?': POSITIVE,
    }),
    'forbidden_effects?': setOf(oneOf(EFFECTS)),
    'clear_for?': mapOf(ROLES, oneOf(SENSITIVE_KINDS)),
    'staleness?': object({ budget: DURATION, deny: oneOf(['writes', 'all']) }),
    'ended_overlays?': setOf(OVERLAY_ID, 1),
    'identity?': object({ 'embedded?': FLAG, issuers: listOf(ISSUER) }),
    'guards?': GUARDS,
  }),
})

// The contract's facts code takes every amount for centavos of BRL unless the ERP says otherwise.
const CURRENCY: JsonSchema = { type: 'string', pattern: '^[A-Z]{3}$', description: 'a currency code such as `BRL`' }

const TOTAL: JsonSchema = object({ 'day?': REAIS, 'window?': REAIS })

const COORDINATE: JsonSchema = {
  type: 'string',
  pattern: '^[A-Za-z0-9_-]{43}$',
  description: 'a coordinate of a public key, 43 characters of base64url',
}
// Public halves only: `d` is a key that is not known here.
const CALLER_KEY: JsonSchema = tagged('kty', [
  object({ kty: { const: 'OKP' }, crv: { const: 'Ed25519' }, x: COORDINATE }),
  object({ kty: { const: 'EC' }, crv: { const: 'P-256' }, x: COORDINATE, y: COORDINATE }),
])

const BUDGET: JsonSchema = {
  ...object({ 'calls_per_minute?': POSITIVE, 'writes_per_minute?': POSITIVE }),
  minProperties: 1,
}

const REVOKED: JsonSchema = object({
  'callers?': setOf(TEXT, 1),
  'persons?': setOf(TEXT, 1),
  'roles?': setOf(NAME, 1),
  'tools?': setOf(TEXT, 1),
  'companies?': setOf(COMPANY, 1),
  'effects?': setOf(oneOf(EFFECTS), 1),
} satisfies KeysOf<RevokedEntry>)

/** `rbac.yaml`: design, section 4. */
export const RBAC_SCHEMA: JsonSchema = object({
  rbac: object({
    roles: { ...mapOf(object({ permissions: setOf(oneOf(PERMISSIONS)) }), NAME), minProperties: 1 },
    'callers?': mapOf(
      object({
        person: TEXT,
        companies: setOf(COMPANY, 1),
        roles: setOf(NAME, 1),
        'valid_until?': DATE,
        'keys?': { ...setOf(CALLER_KEY, 1), maxItems: 5 },
        'budget?': BUDGET,
      }),
      TEXT,
    ),
    'budgets?': mapOf(BUDGET, NAME),
    'tools?': mapOf(object({ permission: oneOf(PERMISSIONS) }), {
      type: 'string',
      pattern: '^[A-Za-z0-9_.-]+\\*?$',
      description: 'a tool name, or its beginning with `*` behind',
    }),
    'alcada?': mapOf(
      listOf(
        object({
          up_to: REAIS,
          currency: CURRENCY,
          approvers: { type: 'integer', minimum: 0, maximum: 5 },
          'roles?': ROLES,
          'caller_roles?': setOf(NAME, 1),
          'counterparty_class?': NAME,
          'cost_centers?': setOf(TEXT, 1),
          'day_total?': REAIS,
          'valid_from?': DATE,
          'valid_until?': DATE,
        }),
        1,
      ),
      oneOf(EFFECTS),
    ),
    'approvals?': APPROVALS_SCHEMA,
    'duties?': object({ window_days: WINDOW_DAYS }),
    'totals?': object({
      window_days: WINDOW_DAYS,
      'caller?': TOTAL,
      'person?': TOTAL,
      'company?': TOTAL,
      'counterparty?': TOTAL,
    }),
    'counterparty_classes?': mapOf(setOf(TEXT, 1), NAME),
    'revoked?': REVOKED,
    'substitutes?': listOf(object({ person: TEXT, role: NAME, from: DATE, until: DATE })),
  }),
})

const THEN = 'then'
const CODE: JsonSchema = { type: 'string', pattern: '^[a-z][a-z0-9_]*$', description: 'a reason code in snake_case' }

/** `decisions.yaml`: what the policy is expected to answer. */
export const DECISIONS_SCHEMA: JsonSchema = object({
  examples: mapOf(object({ args: { type: 'object' }, 'resolved?': { type: 'object' } })),
  decisions: listOf(
    object({
      'name?': TEXT,
      as: { type: ['string', 'array'], items: NAME, minLength: 1, uniqueItems: true },
      does: TEXT,
      'with?': mapOf({}, POINTER),
      'given?': mapOf({}, POINTER),
      [THEN]: textOr(
        oneOf(['allow']),
        object(
          {
            'deny?': setOf(CODE, 1),
            'require_approval?': object({ count: POSITIVE, roles: setOf(NAME, 1) }),
          },
          { exactlyOne: [['deny', 'require_approval']] },
        ),
      ),
      'masks?': setOf(POINTER),
    }),
    1,
  ),
  'indifferent?': mapOf(mapOf({ type: 'string', minLength: 5, maxLength: 500 }, POINTER)),
})
