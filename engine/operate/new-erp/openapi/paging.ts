import type { Paging, Target } from '../../../contract/erp.ts'
import { FIELD_WORDS, plainWords } from '../../../contract/universal/words.ts'
import type { Description } from './document.ts'
import { called } from './fields.ts'
import type { Operation } from './operations.ts'
import { type Leaf, leavesOf } from './schema.ts'

/** What most give at once where the description names no limit. */
const USUAL_SIZE = 100

const PAGES = [
  'page count',
  'total page',
  'total pagina',
  'pagination page count',
  'pagination total page',
  'meta total page',
]
const TOTAL = [
  ...['total', 'total count', 'count', 'item count', 'total registro', 'total item'],
  ...['pagination total', 'pagination item count', 'pagination total count', 'meta total'],
]

export interface FoundPaging {
  paging: Paging
  /** Pointer to the number of records. */
  total: string | null
}

/** How a list is asked for page by page, by the names of its parameters or of its body's values; null where it is not. */
export function pagingOf(description: Description, operation: Operation): FoundPaging | null {
  const body = leavesOf(description, operation.body)
  const page = placeFor('page', operation, body)
  const offset = placeFor('offset', operation, body)
  const size = placeFor('page_size', operation, body)
  if (size === null || (page === null && offset === null)) return null
  const max = sizeIn(size.schema)
  const around = leavesOf(description, operation.answer)
  const total = called(around, TOTAL)?.pointer ?? null
  if (page !== null) {
    const pages = called(around, PAGES)?.pointer
    const paging: Paging = { style: 'page', page: page.target, size: size.target, max }
    return { paging: pages === undefined ? paging : { ...paging, pages }, total }
  }
  if (offset === null) return null
  // One more than asked for tells that there is a next one, and has to be within what the ERP gives.
  return { paging: { style: 'offset', offset: offset.target, size: size.target, max: Math.max(1, max - 1) }, total }
}

function placeFor(
  name: 'page' | 'offset' | 'page_size',
  { parameters }: Operation,
  body: readonly Leaf[],
): { target: Target; schema: Leaf['schema'] } | null {
  const words = FIELD_WORDS[name] ?? []
  const parameter = parameters.find((one) => one.in === 'query' && words.includes(plainWords(one.name)))
  if (parameter !== undefined) return { target: { query: parameter.name }, schema: parameter.schema }
  const leaf = called(body, words)
  return leaf === undefined ? null : { target: { to: leaf.pointer }, schema: leaf.schema }
}

function sizeIn(schema: Leaf['schema']): number {
  for (const key of ['maximum', 'default']) {
    const value = schema[key]
    if (typeof value === 'number' && Number.isInteger(value) && value > 1) return Math.min(value, 500)
  }
  return USUAL_SIZE
}
