import { Ajv, type ValidateFunction } from 'ajv'
import type { Config } from './config.ts'
import { LONGEST_WINDOW_S } from './config-alerts.ts'
import { CONDITION, GUARDS, LIMITS } from './config-limits-guard.ts'
import { TOKEN_ALGORITHMS } from './identity-config.ts'
import { EFFECTS, PERMISSIONS, SENSITIVE_KINDS } from './vocabulary.ts'

const TEXT = { type: 'string', minLength: 1 }
const TEXTS = { type: 'array', items: TEXT }
const COUNT = { type: 'integer', minimum: 0 }
const FLAG = { type: 'boolean' }
const SEVERITY = { enum: ['warning', 'critical'] }
const SEVERITIES = { type: 'array', items: SEVERITY }

interface ObjectSchema {
  type: 'object'
  properties: Record<string, object>
  required: string[]
  additionalProperties: boolean
}

// What an older server does not know yet it must not judge by halves: unknown keys are refused.
function exactly(properties: Record<string, object>): ObjectSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}

// Keys that older bundles do not have.
function perhaps(schema: ObjectSchema, properties: Record<string, object>): ObjectSchema {
  return { ...schema, properties: { ...schema.properties, ...properties } }
}

function mapOf(schema: object): object {
  return { type: 'object', additionalProperties: schema }
}

function alert(...thresholds: string[]): object {
  const limits = Object.fromEntries(thresholds.map((name) => [name, { type: 'number', minimum: 0 }]))
  return perhaps(exactly({ ...limits, severity: SEVERITY }), { for_s: COUNT })
}

const BAND = perhaps(exactly({ up_to: COUNT, currency: TEXT, approvers: COUNT, roles: TEXTS }), { when: CONDITION })

const PER_MINUTE = { type: ['integer', 'null'], minimum: 1 }
const BUDGET = exactly({ calls_per_minute: PER_MINUTE, writes_per_minute: PER_MINUTE })

const CALLER_KEY = {
  oneOf: [
    exactly({ kty: { const: 'OKP' }, crv: { const: 'Ed25519' }, x: TEXT }),
    exactly({ kty: { const: 'EC' }, crv: { const: 'P-256' }, x: TEXT, y: TEXT }),
  ],
}

const CHANNELS = {
  type: 'array',
  items: {
    oneOf: [
      exactly({ type: { const: 'email' }, recipients: TEXTS }),
      exactly({ type: { const: 'slack' }, webhook: TEXT }),
    ],
  },
}

const APPROVALS_ALWAYS = exactly({
  after_approval: { enum: ['client_repeats', 'server_runs'] },
  expires_s: { type: 'integer', minimum: 1 },
  show_amount: FLAG,
  notify: CHANNELS,
  remind_s: { type: ['integer', 'null'], minimum: 1 },
  escalate: { anyOf: [{ type: 'null' }, exactly({ after_s: { type: 'integer', minimum: 1 }, notify: CHANNELS })] },
})

const ALERT = exactly({ not_executed_s: { type: 'integer', minimum: 1 }, notify: CHANNELS })
const APPROVALS = perhaps(APPROVALS_ALWAYS, { alert: { anyOf: [{ type: 'null' }, ALERT] } })

const RBAC_ALWAYS = exactly({
  roles: mapOf({ type: 'array', items: { enum: PERMISSIONS } }),
  callers: mapOf(
    perhaps(exactly({ person: TEXT, companies: TEXTS, roles: TEXTS, valid_until: { type: ['string', 'null'] } }), {
      keys: { type: 'array', items: CALLER_KEY },
      budget: BUDGET,
    }),
  ),
  tools: mapOf({ enum: PERMISSIONS }),
  alcada: {
    type: 'object',
    propertyNames: { enum: EFFECTS },
    additionalProperties: { type: 'array', items: BAND },
  },
})

const REVOKED = exactly({ callers: TEXTS, persons: TEXTS, roles: TEXTS, tools: TEXTS, companies: TEXTS })

const RBAC = perhaps(RBAC_ALWAYS, { ...LIMITS, approvals: APPROVALS, budgets: mapOf(BUDGET), revoked: REVOKED })

const LOGIN = {
  anyOf: [
    { type: 'null' },
    exactly({ name: TEXT, client_id: TEXT, client_secret: { type: ['string', 'null'] }, scopes: TEXTS, person: TEXT }),
  ],
}

const ISSUER_ALWAYS = exactly({
  issuer: TEXT,
  keys: { oneOf: [exactly({ jwks: TEXT }), exactly({ discovery: TEXT })] },
  audience: { type: ['string', 'null'] },
  algorithms: { type: 'array', items: { enum: TOKEN_ALGORITHMS }, minItems: 1 },
  scopes: TEXTS,
  claims: exactly({ person: TEXT, agent: TEXT, roles: TEXT, companies: TEXT }),
  role_names: { type: ['object', 'null'], additionalProperties: TEXT },
})

const ISSUER = perhaps(ISSUER_ALWAYS, { login: LOGIN })

const IDENTITY = exactly({ embedded: FLAG, issuers: { type: 'array', items: ISSUER } })

const SECURITY_ALWAYS = exactly({
  rbac_enabled: FLAG,
  default_role: TEXT,
  admin_approval: FLAG,
  token_rotation_s: COUNT,
  max_failures: COUNT,
  lockout_duration_s: COUNT,
  log_all_requests: FLAG,
  log_sensitive_data: FLAG,
  retention_days: COUNT,
  trail_retention_days: COUNT,
  forbidden_effects: { type: 'array', items: { enum: EFFECTS } },
  clear_for: { type: 'object', propertyNames: { enum: SENSITIVE_KINDS }, additionalProperties: TEXTS },
})

const STALENESS = exactly({
  budget_s: { type: 'integer', minimum: 1 },
  deny: { enum: ['writes', 'all'] },
})

const SECURITY = perhaps(SECURITY_ALWAYS, {
  identity: IDENTITY,
  guards: GUARDS,
  staleness: STALENESS,
  ended_overlays: TEXTS,
})

const NOTIFICATION = {
  oneOf: [
    exactly({ type: { const: 'email' }, recipients: TEXTS, severity: SEVERITIES }),
    exactly({ type: { const: 'slack' }, webhook: TEXT, severity: SEVERITIES }),
  ],
}

const ALERTS_ALWAYS = exactly({
  response_time: alert('threshold_s'),
  error_rate: alert('threshold'),
  rate_limit: alert('threshold_per_minute'),
  authentication_failures: alert('threshold'),
  disk_space: alert('threshold'),
  notifications: { type: 'array', items: NOTIFICATION },
})

const ALERTS = perhaps(ALERTS_ALWAYS, {
  policy_rejected: alert(),
  policy_expiry: alert('threshold_s'),
  approval_not_executed: alert('threshold_s'),
  window_s: { type: 'integer', minimum: 1, maximum: LONGEST_WINDOW_S },
})

const TOOL = exactly({ entity: TEXT, effect: { enum: EFFECTS }, money: FLAG, reversible: FLAG, facts: TEXTS })

/** True for the `config` of a bundle's data.json. */
export const isConfig: ValidateFunction<Config> = new Ajv({ strict: true, allowUnionTypes: true }).compile<Config>(
  exactly({ rbac: RBAC, security: SECURITY, alerts: ALERTS, tools: mapOf(TOOL) }),
)
