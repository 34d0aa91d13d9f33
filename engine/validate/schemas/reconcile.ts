import type { ReconcileMap, SettlementCall, SettlementMap } from '../../contract/reconcile.ts'
import type { JsonSchema } from '../../contract/universal/json-schema.ts'
import { FLAG, type KeysOf, listOf, mapOf, NAME, object, oneOf, POINTER, POSITIVE, setOf, TEXT } from './parts.ts'

const CALL: JsonSchema = object({
  does: oneOf(['draft', 'change', 'settle', 'remove']),
  id: POINTER,
  'of?': POINTER,
  'amount?': setOf(POINTER, 1),
  'date?': POINTER,
  'counterparty?': POINTER,
} satisfies KeysOf<SettlementCall>)

const SETTLEMENTS: JsonSchema = object({
  name: NAME,
  list: NAME,
  'days?': object({ from: NAME, to: NAME, 'most?': POSITIVE } satisfies KeysOf<NonNullable<SettlementMap['days']>>),
  'read?': NAME,
  'each?': FLAG,
  record: object({
    id: POINTER,
    amount: POINTER,
    'date?': POINTER,
    'of?': POINTER,
    'counterparty?': POINTER,
    'status?': POINTER,
    'since?': setOf(POINTER, 1),
  } satisfies KeysOf<SettlementMap['record']>),
  'settled?': setOf(TEXT, 1),
  'sums?': FLAG,
  calls: { ...mapOf(CALL), minProperties: 1 },
} satisfies KeysOf<SettlementMap>)

/** `reconcile:` of tools.yaml: engine/contract/reconcile.ts as JSON Schema. */
export const RECONCILE: JsonSchema = object({
  settlements: listOf(SETTLEMENTS),
  'bank?': setOf(NAME, 1),
  'untold?': listOf(TEXT, 1),
} satisfies KeysOf<ReconcileMap>)
