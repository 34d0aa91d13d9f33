import type { Target } from './erp.ts'
import type { ReconcileMap } from './reconcile.ts'
import type { JsonSchema } from './universal/json-schema.ts'
import type { Effect, Permission, SensitiveKind } from './vocabulary.ts'

/**
 * `erps/<erp>/tools.yaml`, parsed and validated: how this ERP does each universal tool.
 * What the tool means (arguments, result) stands in universal/tool.ts for `kind: api`, and in `input`/`output` for `kind: mcp`.
 */
export interface ToolsFile {
  /** How native records become universal ones; tools name them. */
  records: Record<string, RecordMap>
  tools: Record<string, ToolMap>
  /** Default: `alcada reconcile` has nothing to compare. */
  reconcile?: ReconcileMap
}

export interface RecordMap {
  /** The universal record, or records of one shape, it becomes. Default: its own name. */
  record?: string | string[]
  /** Only a native item with this value, or without any there, is such a record: another that answers to the id is not found. */
  only?: { pointer: string; equals: string | number | boolean } | { pointer: string; absent: true }
  /** Universal pointer → where the value stands in one native item. Fields left out are null. */
  fields: Record<string, FieldSource>
  /** Universal pointers whose values are personal or secret data. A mapped sensitive field must stand here. */
  sensitive: Record<string, SensitiveKind>
}

export type FieldSource =
  | { from: string; as?: Codec; map?: Record<string, string | boolean> }
  /** The first of several pointers that holds a value. */
  | { first: string[]; as?: Codec }
  /** An argument of the call, for writes whose answer does not repeat it. */
  | { arg: string }
  | { const: string | boolean }
  /** Texts put one behind the other; null when none is there. */
  | { join: string[]; as?: Codec }
  /** One pointer less another, both money. */
  | { minus: [string, string]; as: Codec }

/**
 * How a value is written in the ERP's language, and read back:
 * text; decimal_abs (a money value read without its sign); id (string ↔ integer where the ERP has integers: `integer`); decimal (money ↔ JSON number with two decimals);
 * decimal_string; tryton_decimal; date_iso (also with a time behind it); date_br (dd/mm/yyyy); tryton_date;
 * boolean; not (inverted); sn (S/N); not_sn; digits (strips all but digits); alnum (strips punctuation, upper case);
 * guid; like (%text%); phone_area and phone_local (the first two digits of a Brazilian number, and the rest); document_kind (CPF or CNPJ, upper case);
 * person_letter (F of a CPF, J of a CNPJ: natural or legal person); tryton_document_kind (br_cpf, br_cnpj).
 */
export const CODECS = [
  'text',
  'integer',
  'decimal',
  'decimal_abs',
  'decimal_string',
  'tryton_decimal',
  'date_iso',
  'date_br',
  'tryton_date',
  'boolean',
  'not',
  'sn',
  'not_sn',
  'digits',
  'alnum',
  'guid',
  'like',
  'phone_area',
  'phone_local',
  'document_kind',
  'person_letter',
  'tryton_document_kind',
] as const
export type Codec = (typeof CODECS)[number]

/** One value of the request. The source is an argument, a constant, a credential value, or a resolved record. */
export type ArgumentMap = Target &
  (
    | { from: string; as?: Codec; map?: Record<string, string | number | boolean>; default?: string | number | boolean }
    | { const: unknown }
    | { credential: string; as?: Codec }
    /** JSON Pointer into {args, resolved}: `/resolved/payable/vendor_id`. */
    | { fact: string; as?: Codec }
    /** An argument that is a list of scalars, each through `as`. */
    | { each: string; as?: Codec }
  ) & {
    /** Only when this argument is present. */
    when?: string
  }

/** tools.yaml as written: an imported tool has no effect until somebody declares one, and is absent until then. */
export interface WrittenToolsFile {
  records: Record<string, RecordMap>
  tools: Record<string, WrittenTool>
  reconcile?: ReconcileMap
}

export type WrittenTool = Omit<ToolMap, 'effect'> & {
  effect?: Effect
  /** What a proposal was made from: nobody has compared the tool with the documentation yet. No server reads it. */
  review?: string
}

export interface ToolMap {
  effect: Effect
  /** Whether the ERP can take it back through its API. */
  reversible: boolean
  /** Only for `kind: mcp`: the tool's own words and schemas. */
  description?: string
  input?: JsonSchema
  output?: JsonSchema
  entity?: string
  /** Only for `kind: mcp`: digest of what the upstream said of the tool when it was reviewed (contract/upstream-tool.ts). */
  pin?: string
  native: Native
  args: ArgumentMap[]
  /** Optional universal arguments, or parts of one (`bank/pix_key`), this ERP cannot take. */
  without?: string[]
  /** Raises the effect when an argument is present, or has this value. Never lowers it. */
  effectOverrides?: { when: string; equals?: string | number | boolean; effect: Effect; permission?: Permission }[]
  paging?: string
  answer?: AnswerMap
  resolve?: ResolveStep[]
  facts?: FactsMap
  confirm?: Confirm
  /** Read the record first, put the changes over it, send the whole: where the ERP's update replaces everything. */
  merge?: { native: Native; args: ArgumentMap[]; drop?: string[] }
  /** Sensitive fields of a result without a record map (`kind: mcp`): pointer into structured content → kind. */
  sensitive?: Record<string, SensitiveKind>
}

export interface Native {
  /** For envelopes with {$native: call}; for `kind: mcp` the upstream tool's name. */
  call?: string
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below baseUrl; `{name}` places are filled by `path` targets, percent-encoded. */
  path: string
  query?: Record<string, string>
  /** Where this answer's content begins, when it is elsewhere than request.result says. */
  result?: string
}

export interface AnswerMap {
  /** Key of `records`. */
  record: string
  /** Pointer to the list (below request.result); without it the answer is one record. */
  items?: string
  /** For writes that answer nothing: one record per element of this argument, which `from: ''` reaches. */
  itemsArg?: string
  total?: string
}

/** A read that is run before deciding; its `data` stands in the facts document at /resolved/<as>. */
export interface ResolveStep {
  as: string
  tool: string
  /** Tool argument → JSON Pointer into {args, resolved}. */
  args: Record<string, string>
  /** Pointer to a list in {args}: one read per element, whose value `args` reaches as /each. */
  each?: string
  /** A value at most this old, in seconds, may be reused. Default 0: never. */
  maxAgeS?: number
  /** Pointer into each record read → the values it may have; any other denies `record_state`. */
  expect?: Record<string, (string | boolean)[]>
}

/** Fact name → where it stands in {args, resolved}; `*` for every element of a list. */
export interface FactsMap {
  /** A sum, or the first value there is (a change that may leave the amount as it was). */
  amount?: { sum: string[] } | { first: string[] }
  open_amount?: { sum: string[] }
  currency?: { const: string } | string
  counterparty?: string
  due_date?: string
  accrual_date?: string
  issue_date?: string
  cost_center?: string
  idempotency_key?: string
  /** True when the argument is present. */
  bank_change?: { present: string }
  rows?: string
  /** True when one of these arguments is a text that narrows the list. */
  filtered?: { any: string[] }
}

/** Shows that the ERP did it; otherwise the outcome is unknown. */
export interface Confirm {
  /** A read tool and its arguments (pointers into {args, resolved, answer}); without it the write's own answer is looked at. */
  tool?: string
  args?: Record<string, string>
  /** Pointer to a list in {args}: one read per element, whose value `args` reaches as /each. */
  each?: string
  /** All must hold. Pointers into the read's `data`, or into the native answer. */
  checks: (
    | { pointer: string; equals: string | number | boolean }
    | { pointer: string; equalsArg: string; as?: Codec }
    /** The value fell by an argument since it was resolved (money). */
    | { pointer: string; since: string; fellBy: string }
  )[]
  /** For ERPs whose lists lag behind. Default 1. */
  attempts?: number
  /** Between attempts, in milliseconds. Default 0. */
  waitMs?: number
}
