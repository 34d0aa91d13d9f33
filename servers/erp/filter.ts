import type { Target } from '../../engine/contract/erp.ts'
import type { Codec } from '../../engine/contract/tool.ts'
import { isoDate } from './codec-date.ts'
import { guid } from './codec-text.ts'
import { notSent } from './outcome.ts'

/** One condition: field, operator and the value as the ERP writes it. */
export interface Condition {
  field: string
  op: Extract<Target, { filter: unknown }>['filter']['op']
  value: unknown
  as: Codec | undefined
}

/** The conditions as OData text, joined by `and`. */
export function odataFilter(conditions: readonly Condition[]): string {
  return conditions.map(odataCondition).join(' and ')
}

function odataCondition({ field, op, value, as }: Condition): string {
  if (op === 'contains') return `contains(${field},${odataLiteral(value, undefined)})`
  if (op !== 'in') return `${field} ${op} ${odataLiteral(value, as)}`
  return `(${listOf(value)
    .map((item) => `${field} eq ${odataLiteral(item, as)}`)
    .join(' or ')})`
}

/** A literal by its type: text quoted with '' doubled; GUIDs, numbers, dates and booleans bare (nibo.readme.io). */
function odataLiteral(value: unknown, as: Codec | undefined): string {
  if (typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (JSON.isRawJSON(value)) return value.rawJSON
  if (typeof value !== 'string') throw notSent('internal', 'the filter has a value that is no scalar')
  const bare = (as === 'guid' && guid(value) !== null) || (as === 'date_iso' && isoDate(value) === value)
  return bare ? value : `'${value.replaceAll("'", "''")}'`
}

const DOMAIN_OPERATORS = {
  eq: '=',
  ne: '!=',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  contains: 'ilike',
  in: 'in',
} as const

/** The conditions as Tryton's domain. Whether a text has wildcards around it is said by its codec (`like`). */
export function domainFilter(conditions: readonly Condition[]): unknown[] {
  return conditions.map(({ field, op, value }) => [field, DOMAIN_OPERATORS[op], op === 'in' ? listOf(value) : value])
}

function listOf(value: unknown): unknown[] {
  if (!Array.isArray(value) || value.length === 0) throw notSent('internal', 'the filter needs a list of values')
  return value
}
