import type { AuthItem, ErrorKind, Target } from './erp.ts'
import type { JsonSchema } from './universal/json-schema.ts'

/**
 * `erps/<erp>/sandbox/stand-in.yaml`, parsed and validated: what answers in the ERP's place on loopback. Paths stand
 * below `connection.baseUrl`. Where `request.body` of erp.yaml has an envelope, "the arguments" are what stands at its
 * `$args`, and an answer is put where `request.result` looks for it.
 */
export interface StandInFile {
  /** CNPJs that have a credential; each has its own copy of the records. Default one: 12345678000195. */
  companies?: string[]
  /** What it asks for. Default `connection.auth` of erp.yaml. Values are made anew at each start. */
  auth?: AuthItem[]
  /** Values of credentials that are no secrets (`credentials.plain`). Default: made up. */
  plain?: Record<string, string>
  collections?: Record<string, StandInCollection>
  /** The first that fits serves a call. */
  routes?: StandInRoute[]
  /** Recorded exchanges; looked at before the routes. Equal requests are answered in their order, the last one again and again. */
  exchanges?: StandInExchange[]
  /** How an error looks. Default: a usual status and `{error, message}`; `{ $message: true }` stands for the reason. */
  errors?: Partial<Record<StandInError, StandInErrorAnswer>>
  /** Calls of one company; one more is answered `rate_limited`. Default: no limit. */
  rate?: StandInRate
}

export type StandInError = Extract<ErrorKind, 'auth' | 'not_found' | 'validation' | 'conflict' | 'rate_limited'>
export const STAND_IN_ERRORS: readonly StandInError[] = ['auth', 'not_found', 'validation', 'conflict', 'rate_limited']

export interface StandInErrorAnswer {
  status: number
  headers?: Record<string, string>
  body?: unknown
}

export interface StandInRate {
  max: number
  perMs: number
  /** Named in `Retry-After`, in seconds. Default: until the next call fits. */
  retryAfterS?: number
}

export interface StandInCollection {
  /** Where a record's identifier stands. Default `/id`. */
  key?: string
  /** What the next identifier is made of: numbers rise from the highest; text is `<prefix><number>`. Default integer. */
  newKey?: 'integer' | 'text' | 'uuid'
  /** No two records have the same value here; another is answered `conflict`. */
  unique?: string[]
  seed: Record<string, unknown>[]
}

export interface StandInRoute {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** `{name}` stands for one part: `/customers/{id}`. */
  path: string
  /** Pointer into the body → the value it must have there: `{ /call: ListCustomers }`. */
  when?: Record<string, string | number | boolean>
  /** update changes fields and keeps the others; replace keeps only the identifier; set sets the fields of `set`. */
  does: 'list' | 'get' | 'create' | 'update' | 'replace' | 'delete' | 'set'
  /** A collection. */
  of: string
  /** Where the identifier comes from. Default `{ path: id }`. Not for list and create. */
  id?: StandInPlace
  /** What the arguments must be, as JSON Schema; others are answered `validation`. */
  body?: JsonSchema
  /** Where the record stands in the arguments. Default the root. Only for create, update and replace. */
  from?: string
  /** Fields that are set whatever was sent: `{ /active: false }`. */
  set?: Record<string, unknown>
  /** A paging of erp.yaml. Without it the list is whole. Only for list. */
  paging?: string
  /** Records of the list by what is asked for; a filter that a call does not name narrows nothing. Only for list. */
  filters?: (StandInPlace & { field: string; op?: 'eq' | 'contains' | 'ge' | 'le' })[]
  /** Where what is answered begins. Default `request.result` of erp.yaml. */
  result?: string
  /** Where the list stands in the answer, and where their number. Default the root, and nowhere. Only for list. */
  items?: string
  total?: string
  /** Where the record or identifier stands in the answer. Default the root. Not for list. */
  at?: string
  /** What is answered. Default record; of delete none. Not for list. */
  answer?: 'record' | 'key' | 'none'
  /** Default 200; 201 after create, 204 where nothing is answered. */
  status?: number
}

/** Where a value stands in a call: a pointer into the arguments, or a name. */
export type StandInPlace = Exclude<Target, { filter: unknown }>

export interface StandInExchange {
  method: string
  path: string
  /** All of the query but what authenticates; `{ $any: true }` stands for any value. Default none. */
  query?: Record<string, string | { $any: true }>
  /** All of the body but what authenticates; `{ $any: true }` likewise. Default none. */
  body?: unknown
  status: number
  headers?: Record<string, string>
  /** Default: no body. */
  answer?: unknown
}
