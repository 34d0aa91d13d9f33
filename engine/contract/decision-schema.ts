import type { JsonSchema } from './universal/json-schema.ts'
import { EFFECTS, PERMISSIONS, SENSITIVE_KINDS } from './vocabulary.ts'

// `type: [x, 'null']` is read as x alone by `opa check`, which then refuses `== null`: hence anyOf.
function orNull(schema: JsonSchema): JsonSchema {
  return { anyOf: [schema, { type: 'null' }] }
}

function closed(properties: Record<string, JsonSchema>): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}

function listOf(items: JsonSchema): JsonSchema {
  return { type: 'array', items }
}

const TEXT: JsonSchema = { type: 'string' }
const NAME: JsonSchema = { type: 'string', minLength: 1 }
const FLAG: JsonSchema = { type: 'boolean' }
const COUNT: JsonSchema = { type: 'integer', minimum: 0 }
const CENTAVOS: JsonSchema = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER }
const DAY: JsonSchema = { type: 'string', pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' }
const CNPJ: JsonSchema = { type: 'string', pattern: '^[0-9A-Z]{12}[0-9]{2}$' }
const EFFECT: JsonSchema = { type: 'string', enum: EFFECTS }

const CALLER: JsonSchema = closed({
  id: NAME,
  person: NAME,
  kind: { type: 'string', enum: ['agent', 'human'] },
  roles: listOf(NAME),
  company: orNull(CNPJ),
  token_age_s: { type: 'number', minimum: 0 },
})

const TOOL: JsonSchema = closed({
  name: NAME,
  entity: NAME,
  effect: EFFECT,
  permission: { type: 'string', enum: PERMISSIONS },
  reversible: FLAG,
  money: FLAG,
  sensitive: listOf(closed({ pointer: TEXT, kind: { type: 'string', enum: SENSITIVE_KINDS } })),
})

const FACTS: JsonSchema = closed({
  amount: orNull(CENTAVOS),
  open_amount: orNull(CENTAVOS),
  currency: NAME,
  counterparty: orNull(NAME),
  due_date: orNull(DAY),
  accrual_date: orNull(DAY),
  issue_date: orNull(DAY),
  cost_center: orNull(NAME),
  bank_change: FLAG,
  idempotency_key: orNull(NAME),
  rows: orNull(COUNT),
  filtered: FLAG,
})

const SETTLED: JsonSchema = closed({ day: CENTAVOS, window: CENTAVOS })

const HISTORY: JsonSchema = closed({
  settled_today: CENTAVOS,
  settled: closed({ caller: SETTLED, person: SETTLED, company: SETTLED, counterparty: SETTLED }),
  similar: listOf(closed({ entry: NAME, at_ms: COUNT, amount: CENTAVOS, due_date: orNull(DAY) })),
  counterparty_touched: listOf(
    closed({ by: NAME, person: NAME, what: { type: 'string', enum: ['create', 'update'] }, at_ms: COUNT }),
  ),
  bank_changed_ms: orNull(COUNT),
  rows_today: COUNT,
})

const TIME: JsonSchema = closed({
  epoch_ms: COUNT,
  date: DAY,
  weekday: { type: 'integer', minimum: 0, maximum: 6 },
  hour: { type: 'integer', minimum: 0, maximum: 23 },
  zone: NAME,
})

const WINDOW: JsonSchema = closed({
  total: COUNT,
  failed: COUNT,
  denied: COUNT,
  response_time_s: { type: 'number', minimum: 0 },
  rate_limit_hits_per_minute: { type: 'number', minimum: 0 },
  authentication_failures: COUNT,
  disk_used: { type: 'number', minimum: 0, maximum: 1 },
  policy_rejected: FLAG,
  policy_expires_in_s: { type: 'number', minimum: 0 },
  approved_wait_s: { type: 'number', minimum: 0 },
})

/** Of `<erp>/decision`. Arguments are free here: the tool's own schema has already judged them. */
export const DECISION_INPUT_SCHEMA: JsonSchema = closed({
  caller: CALLER,
  tool: TOOL,
  args: { type: 'object' },
  facts: FACTS,
  history: HISTORY,
  time: TIME,
  approvals: listOf(closed({ by: NAME, person: NAME, roles: listOf(NAME), at_ms: COUNT })),
})

/** Of `<erp>/visible`. */
export const VISIBLE_INPUT_SCHEMA: JsonSchema = closed({ caller: CALLER })

/** Of `<erp>/alerts`. */
export const ALERTS_INPUT_SCHEMA: JsonSchema = closed({ window: WINDOW })

/**
 * What Rego may read of `input` anywhere, for `opa check`: all entrypoints in one, since a single schema file
 * applies to every rule without annotations that somebody could forget.
 * @param args every argument that some tool of the ERP takes, so that a misspelt `input.args.` is found
 */
export function regoInputSchema(args: Readonly<Record<string, JsonSchema>>): JsonSchema {
  const open = { type: 'object', properties: args, additionalProperties: false }
  return closed({
    caller: CALLER,
    tool: TOOL,
    args: open,
    facts: FACTS,
    history: HISTORY,
    time: TIME,
    approvals: listOf(closed({ by: NAME, person: NAME, roles: listOf(NAME), at_ms: COUNT })),
    window: WINDOW,
  })
}
