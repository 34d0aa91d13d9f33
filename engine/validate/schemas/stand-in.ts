import type { StandInCollection, StandInExchange, StandInFile, StandInRate } from '../../contract/stand-in.ts'
import { STAND_IN_ERRORS } from '../../contract/stand-in.ts'
import type { JsonSchema } from '../../contract/universal/json-schema.ts'
import { AUTH, PATH, STATUS_CODE } from './erp.ts'
import {
  ANY,
  type KeysOf,
  listOf,
  mapOf,
  NAME,
  object,
  oneOf,
  POINTER,
  POSITIVE,
  SCALAR,
  setOf,
  TEXT,
  tagged,
  textOr,
} from './parts.ts'

const ROUTE_METHOD = oneOf(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
const PLACE: Record<string, JsonSchema> = { 'to?': POINTER, 'query?': TEXT, 'path?': NAME, 'header?': TEXT }
const PLACES: readonly string[] = ['to', 'query', 'path', 'header']
const FIELDS: JsonSchema = { type: 'object' }

const COMMON: Record<string, JsonSchema> = {
  method: ROUTE_METHOD,
  path: PATH,
  'when?': mapOf(SCALAR, POINTER),
  of: NAME,
  'result?': POINTER,
  'status?': STATUS_CODE,
}
const ONE: Record<string, JsonSchema> = { 'at?': POINTER, 'answer?': oneOf(['record', 'key', 'none']) }
const ID: Record<string, JsonSchema> = { 'id?': object(PLACE, { exactlyOne: [PLACES] }) }
const WRITTEN: Record<string, JsonSchema> = { 'body?': FIELDS, 'from?': POINTER, 'set?': FIELDS }

const ROUTE: JsonSchema = tagged('does', [
  object({
    ...COMMON,
    does: { const: 'list' },
    'paging?': NAME,
    'filters?': listOf(
      object({ ...PLACE, field: POINTER, 'op?': oneOf(['eq', 'contains', 'ge', 'le']) }, { exactlyOne: [PLACES] }),
    ),
    'items?': POINTER,
    'total?': POINTER,
    'body?': FIELDS,
  }),
  object({ ...COMMON, ...ONE, ...WRITTEN, does: { const: 'create' } }),
  object({ ...COMMON, ...ONE, ...ID, does: oneOf(['get', 'delete']), 'body?': FIELDS }),
  object({ ...COMMON, ...ONE, ...ID, ...WRITTEN, does: oneOf(['update', 'replace']) }),
  object({ ...COMMON, ...ONE, ...ID, does: { const: 'set' }, set: FIELDS, 'body?': FIELDS }),
])

const ERROR: JsonSchema = object({ status: STATUS_CODE, 'headers?': mapOf(TEXT), 'body?': ANY })

/** `erps/<erp>/sandbox/stand-in.yaml`: engine/contract/stand-in.ts as JSON Schema. */
export const STAND_IN_SCHEMA: JsonSchema = object({
  'companies?': setOf({ type: 'string', format: 'cnpj', description: 'a CNPJ without punctuation' }, 1),
  'auth?': listOf(AUTH),
  'plain?': mapOf(TEXT, NAME),
  'collections?': mapOf(
    object({
      'key?': POINTER,
      'newKey?': oneOf(['integer', 'text', 'uuid']),
      'unique?': setOf(POINTER),
      seed: listOf(FIELDS),
    } satisfies KeysOf<StandInCollection>),
    NAME,
  ),
  'routes?': listOf(ROUTE),
  'exchanges?': listOf(
    object({
      method: ROUTE_METHOD,
      path: PATH,
      'query?': mapOf(textOr({ type: 'string' }, object({ $any: { const: true } }))),
      'body?': ANY,
      status: STATUS_CODE,
      'headers?': mapOf({ type: 'string' }),
      'answer?': ANY,
    } satisfies KeysOf<StandInExchange>),
  ),
  'errors?': object(Object.fromEntries(STAND_IN_ERRORS.map((kind) => [`${kind}?`, ERROR]))),
  'rate?': object({
    max: POSITIVE,
    perMs: POSITIVE,
    'retryAfterS?': POSITIVE,
  } satisfies KeysOf<StandInRate>),
} satisfies KeysOf<StandInFile>)
