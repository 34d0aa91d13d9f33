import type { BandCondition } from './config.ts'
import type { Guards } from './config-guards.ts'
import { EFFECTS } from './vocabulary.ts'

const COUNT = { type: 'integer', minimum: 0 }
const TEXTS = { type: 'array', items: { type: 'string', minLength: 1 } }
const TEXT = { type: 'string', minLength: 1 }
const CONSENT = { approvers: COUNT, roles: TEXTS }

function exactly(properties: Record<string, object>): object {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}

function orNull(schema: object): object {
  return { anyOf: [schema, { type: 'null' }] }
}

function mapOf(schema: object): object {
  return { type: 'object', additionalProperties: schema }
}

function orOff(properties: Record<string, object>): object {
  return orNull(exactly(properties))
}

const CONDITION_KEYS = {
  caller_roles: orNull(TEXTS),
  counterparty_class: orNull(TEXT),
  cost_centers: orNull(TEXTS),
  day_total: orNull(COUNT),
  valid_from: orNull(TEXT),
  valid_until: orNull(TEXT),
} satisfies Record<keyof BandCondition, object>

/** `when` of a band. */
export const CONDITION: object = orOff(CONDITION_KEYS)

const LIMIT = exactly({
  of: { enum: ['caller', 'person', 'company', 'counterparty'] },
  over: { enum: ['day', 'window'] },
  up_to: COUNT,
})

/** What `rbac` of a bundle's data.json holds beside roles and bands. */
export const LIMITS: Record<string, object> = {
  duties: orOff({ window_days: COUNT, window_ms: COUNT }),
  totals: orOff({ window_days: COUNT, limits: { type: 'array', items: LIMIT } }),
  counterparty_classes: mapOf(TEXTS),
  substitutes: mapOf({ type: 'array', items: exactly({ role: TEXT, from_ms: COUNT, until_ms: COUNT }) }),
}

/** `security.guards` of a bundle's data.json. */
export const GUARDS: object = exactly({
  bank_freeze: orOff({ ...CONSENT, hold_ms: COUNT }),
  deletes: orOff({
    forbidden_to: { type: 'array', items: { enum: ['agent', 'human'] } },
    reason_min_length: COUNT,
  }),
  period_lock: orOff({ locked_until: { type: 'object', additionalProperties: TEXT } }),
  export: orOff({ rows_per_call: COUNT, rows_per_day: COUNT, entities: TEXTS, filter_required: TEXTS }),
  duplicates: orOff({ ...CONSENT, window_days: COUNT }),
  hours: orOff({
    effects: { type: 'array', items: { enum: EFFECTS } },
    business_days: { type: 'boolean' },
    from: COUNT,
    until: COUNT,
    zone: TEXT,
    holidays: { type: 'object', additionalProperties: { const: true } },
    calendar_from: TEXT,
    calendar_until: TEXT,
  }),
} satisfies Record<keyof Guards, object>)
