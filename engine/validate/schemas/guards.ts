import type { JsonSchema } from '../../contract/universal/json-schema.ts'
import { EFFECTS } from '../../contract/vocabulary.ts'
import type { GuardsEntry } from '../policy-files.ts'
import { DURATION, FLAG, type KeysOf, mapOf, NAME, object, oneOf, POSITIVE, setOf, TEXT } from './parts.ts'

export const DATE: JsonSchema = { type: 'string', format: 'date', description: 'a date such as `2027-03-31`' }
export const COMPANY: JsonSchema = {
  type: 'string',
  format: 'cnpj',
  description: 'a CNPJ of 14 characters without punctuation, with right check digits, in quotes',
}
/** How far back the ledger is asked for a single call: a year at most. */
export const WINDOW_DAYS: JsonSchema = { type: 'integer', minimum: 1, maximum: 366 }

const CONSENT: Record<string, JsonSchema> = {
  approvers: { type: 'integer', minimum: 1, maximum: 5 },
  roles: setOf(NAME, 1),
}

function hour(minimum: number, maximum: number): JsonSchema {
  return { type: 'integer', minimum, maximum, description: 'an hour of the day' }
}

/** `security.guards`: facts of the Brazilian practice that policies/README.md explains one by one. */
export const GUARDS: JsonSchema = object({
  'bank_freeze?': object({ ...CONSENT, hold: DURATION }),
  'deletes?': object({ forbidden_to: setOf(oneOf(['agent', 'human']), 1), 'reason_min_length?': POSITIVE }),
  'period_lock?': object({ locked_until: mapOf(DATE, COMPANY) }),
  'export?': object({
    rows_per_call: POSITIVE,
    rows_per_day: POSITIVE,
    entities: setOf(NAME),
    'filter_required?': setOf(NAME),
  }),
  'duplicates?': object({ ...CONSENT, window_days: WINDOW_DAYS }),
  'hours?': object({
    effects: setOf(oneOf(EFFECTS), 1),
    business_days: FLAG,
    from: hour(0, 23),
    until: hour(1, 24),
    'zone?': TEXT,
    'holidays?': setOf(DATE),
  }),
} satisfies KeysOf<GuardsEntry>)
