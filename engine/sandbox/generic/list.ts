import type { Paging } from '../../contract/erp.ts'
import { readPointer } from '../../contract/pointer.ts'
import type { StandInRoute } from '../../contract/stand-in.ts'
import { type Row, textOf } from '../row.ts'
import type { Asked } from './asked.ts'
import { Refused } from './errors.ts'
import { put, valueAt } from './place.ts'

/** The answer to a list: the records that meet its filters, a page of them where the route has pages. @throws Refused */
export function listed(route: StandInRoute, paging: Paging | null, rows: readonly Row[], call: Asked): unknown {
  const met = rows.filter((row) => (route.filters ?? []).every((filter) => meets(row, filter, call)))
  const page = paging === null ? met : pageOf(paging, met, call)
  let document: unknown = put(undefined, route.items ?? '', page)
  if (route.total !== undefined) document = put(document, route.total, met.length)
  if (paging?.style === 'page' && paging.pages !== undefined) {
    document = put(document, paging.pages, Math.max(1, Math.ceil(met.length / sizeIn(paging, call))))
  }
  return document
}

function meets(row: Row, filter: NonNullable<StandInRoute['filters']>[number], call: Asked): boolean {
  const wanted = valueAt(filter, call)
  if (wanted === undefined || wanted === null || wanted === '') return true
  const [text, have] = [String(wanted), String(readPointer(row, filter.field) ?? '')]
  switch (filter.op ?? 'eq') {
    case 'eq':
      return have === text
    case 'contains':
      return have.toLowerCase().includes(text.toLowerCase())
    case 'ge':
      return have >= text
    case 'le':
      return have <= text
  }
}

function pageOf(paging: Paging, rows: readonly Row[], call: Asked): Row[] {
  const size = sizeIn(paging, call)
  const first =
    paging.style === 'page' ? (numberAt(paging.page, call, 1, 1) - 1) * size : numberAt(paging.offset, call, 0, 0)
  return rows.slice(first, first + size)
}

/** One more than a page may be asked for where that tells of a next one. */
function sizeIn(paging: Paging, call: Asked): number {
  const most = paging.style === 'offset' ? paging.max + 1 : paging.max
  const size = numberAt(paging.size, call, Math.min(50, most), 1)
  if (size > most) throw new Refused('validation', `at most ${most} records at once`)
  return size
}

function numberAt(place: Paging['size'], call: Asked, otherwise: number, least: number): number {
  if ('filter' in place) return otherwise
  const value = valueAt(place, call)
  if (value === undefined) return otherwise
  const number = Number(textOf(value))
  if (!Number.isInteger(number) || number < least) throw new Refused('validation', 'a page is a whole number')
  return number
}
