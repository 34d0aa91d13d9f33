import {
  type AnswerMap,
  CODECS,
  type Confirm,
  type FactsMap,
  type Native,
  type RecordMap,
  type ResolveStep,
  type WrittenTool,
  type WrittenToolsFile,
} from '../../contract/tool.ts'
import type { JsonSchema } from '../../contract/universal/json-schema.ts'
import { EFFECTS, PERMISSIONS, SENSITIVE_KINDS } from '../../contract/vocabulary.ts'
import { METHOD, PATH, TARGET, TARGETS } from './erp.ts'
import {
  ANY,
  COUNT,
  FLAG,
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
  textOr,
} from './parts.ts'
import { RECONCILE } from './reconcile.ts'

const CODEC = oneOf(CODECS)
const EFFECT = oneOf(EFFECTS)
const SENSITIVE = mapOf(oneOf(SENSITIVE_KINDS), POINTER)
const SOURCES = ['from', 'first', 'arg', 'const', 'join', 'minus']

const FIELD: JsonSchema = object(
  {
    'from?': POINTER,
    'first?': listOf(POINTER, 1),
    'arg?': POINTER,
    'const?': { type: ['string', 'boolean'] },
    'join?': listOf(POINTER, 1),
    'minus?': { type: 'array', items: POINTER, minItems: 2, maxItems: 2 },
    'as?': CODEC,
    'map?': mapOf({ type: ['string', 'boolean'] }),
  },
  {
    exactlyOne: [SOURCES],
    onlyWith: { map: ['from'], as: ['from', 'first', 'join', 'minus'] },
    dependentRequired: { minus: ['as'] },
  },
)

const RECORD: JsonSchema = object({
  'record?': { type: ['string', 'array'], items: NAME, minLength: 1, minItems: 1, uniqueItems: true },
  'only?': object(
    { pointer: POINTER, 'equals?': SCALAR, 'absent?': { const: true } },
    { exactlyOne: [['equals', 'absent']] },
  ),
  fields: mapOf(FIELD, POINTER),
  sensitive: SENSITIVE,
} satisfies KeysOf<RecordMap>)

const ARGUMENT: JsonSchema = object(
  {
    ...TARGET,
    'from?': POINTER,
    'const?': ANY,
    'credential?': NAME,
    'fact?': POINTER,
    'each?': POINTER,
    'as?': CODEC,
    'map?': mapOf(SCALAR),
    'default?': SCALAR,
    'when?': POINTER,
  },
  {
    exactlyOne: [TARGETS, ['from', 'const', 'credential', 'fact', 'each']],
    onlyWith: { map: ['from'], default: ['from'], as: ['from', 'credential', 'fact', 'each'] },
  },
)

const NATIVE: JsonSchema = object({
  'call?': TEXT,
  'method?': METHOD,
  path: PATH,
  'query?': mapOf(TEXT),
  'result?': POINTER,
} satisfies KeysOf<Native>)

const RESOLVE: JsonSchema = object({
  as: NAME,
  tool: TEXT,
  args: mapOf(POINTER),
  'each?': POINTER,
  'maxAgeS?': COUNT,
  'expect?': mapOf(listOf({ type: ['string', 'boolean'] }, 1), POINTER),
} satisfies KeysOf<ResolveStep>)

const SUM = listOf(POINTER, 1)
const FACTS: JsonSchema = object({
  'amount?': object({ 'sum?': SUM, 'first?': SUM }, { exactlyOne: [['sum', 'first']] }),
  'open_amount?': object({ sum: SUM }),
  'currency?': textOr(
    POINTER,
    object({ const: { type: 'string', pattern: '^[A-Z]{3}$', description: 'a currency code such as `BRL`' } }),
  ),
  'counterparty?': POINTER,
  'due_date?': POINTER,
  'accrual_date?': POINTER,
  'issue_date?': POINTER,
  'cost_center?': POINTER,
  'idempotency_key?': POINTER,
  'bank_change?': object({ present: POINTER }),
  'rows?': POINTER,
  'filtered?': object({ any: SUM }),
} satisfies KeysOf<FactsMap>)

const CONFIRM: JsonSchema = object(
  {
    'tool?': TEXT,
    'args?': mapOf(POINTER),
    'each?': POINTER,
    checks: listOf(
      object(
        {
          pointer: POINTER,
          'equals?': SCALAR,
          'equalsArg?': POINTER,
          'as?': CODEC,
          'since?': POINTER,
          'fellBy?': POINTER,
        },
        {
          exactlyOne: [['equals', 'equalsArg', 'since']],
          onlyWith: { as: ['equalsArg'], fellBy: ['since'] },
          dependentRequired: { since: ['fellBy'] },
        },
      ),
      1,
    ),
    'attempts?': POSITIVE,
    'waitMs?': COUNT,
  } satisfies KeysOf<Confirm>,
  { dependentRequired: { tool: ['args'] }, onlyWith: { args: ['tool'], each: ['tool'] } },
)

const TOOL: JsonSchema = object({
  'review?': TEXT,
  'effect?': EFFECT,
  reversible: FLAG,
  'description?': TEXT,
  'input?': { type: 'object' },
  'output?': { type: 'object' },
  'entity?': NAME,
  'pin?': { type: 'string', pattern: '^sha256:[0-9a-f]{64}$', description: 'what `alcada import-tools` writes' },
  native: NATIVE,
  args: listOf(ARGUMENT),
  'without?': setOf(TEXT),
  'effectOverrides?': listOf(
    object({ when: POINTER, 'equals?': SCALAR, effect: EFFECT, 'permission?': oneOf(PERMISSIONS) }),
    1,
  ),
  'paging?': NAME,
  'answer?': object({
    record: NAME,
    'items?': POINTER,
    'itemsArg?': POINTER,
    'total?': POINTER,
  } satisfies KeysOf<AnswerMap>),
  'resolve?': listOf(RESOLVE, 1),
  'facts?': FACTS,
  'confirm?': CONFIRM,
  'merge?': object({ native: NATIVE, args: listOf(ARGUMENT), 'drop?': listOf(POINTER) }),
  'sensitive?': SENSITIVE,
} satisfies KeysOf<WrittenTool>)

/** `erps/<erp>/tools.yaml`: engine/contract/tool.ts as JSON Schema. */
export const TOOLS_SCHEMA: JsonSchema = object({
  records: mapOf(RECORD, NAME),
  tools: { ...mapOf(TOOL), minProperties: 1 },
  'reconcile?': RECONCILE,
} satisfies KeysOf<WrittenToolsFile>)
