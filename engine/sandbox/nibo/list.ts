import type { Row } from '../row.ts'
import { broken, invalid } from './fault.ts'
import { type Columns, column, compileFilter } from './odata-filter.ts'

/** More than this never comes in one answer. */
export const PAGE_CAP = 500

/** Answers a collection: filter, order, skip, top, in the envelope `{items, count}`. */
export function listed(rows: readonly Row[], columns: Columns, query: URLSearchParams): Row {
  const filter = query.get('$filter') ?? ''
  const order = query.get('$orderby') ?? ''
  const skip = wholeNumber(query, '$skip', 0)
  const top = Math.min(PAGE_CAP, wholeNumber(query, '$top', PAGE_CAP))
  const kept = filter.trim() === '' ? [...rows] : rows.filter(compileFilter(filter, columns))
  if (order.trim() !== '') kept.sort(comparing(order, columns))
  else if (query.has('$skip')) throw broken()
  return { items: kept.slice(skip, skip + top), count: kept.length }
}

function comparing(order: string, columns: Columns): (a: Row, b: Row) => number {
  const keys = order.split(',').map((part) => {
    const [path = '', direction = 'asc', ...more] = part.trim().split(/\s+/)
    if (!['asc', 'desc'].includes(direction) || more.length > 0) throw invalid(`Syntax error in '${order}'.`)
    return { key: column(path, columns), sign: direction === 'desc' ? -1 : 1 }
  })
  return (a, b) => {
    for (const { key, sign } of keys) {
      const [left, right] = [key.of(a), key.of(b)]
      if (left === right) continue
      if (left === null) return -sign
      if (right === null) return sign
      return left < right ? -sign : sign
    }
    return 0
  }
}

function wholeNumber(query: URLSearchParams, name: string, otherwise: number): number {
  const given = query.get(name)
  if (given === null) return otherwise
  if (!/^\d+$/.test(given)) throw invalid(`Invalid value '${given}' for ${name} query option found.`)
  return Number(given)
}
