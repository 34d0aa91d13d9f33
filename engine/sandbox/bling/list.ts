import type { Row } from '../row.ts'
import { badFilter } from './fault.ts'

/** Records an answer holds at most: what the API gives when it is asked for none. */
const PAGE_CAP = 100
const YEAR_MS = 366 * 86_400_000

/** One page under `data`; how many there are in all is not told. */
export function listed(rows: readonly Row[], query: URLSearchParams): Row {
  const page = whole(query, 'pagina', 1)
  const size = Math.min(PAGE_CAP, whole(query, 'limite', PAGE_CAP))
  return { data: rows.slice((page - 1) * size, page * size) }
}

/** The number of a filter, null when it is not given. */
export function idFilter(query: URLSearchParams, name: string): number | null {
  return query.has(name) ? whole(query, name, 0) : null
}

/** A period, its ends included. More than a year between them is refused (developer.bling.com.br/limites). */
export function period(query: URLSearchParams, from: string, to: string): (date: unknown) => boolean {
  const [first, last] = [day(query, from), day(query, to)]
  if (first !== null && last !== null && Date.parse(last) - Date.parse(first) > YEAR_MS) {
    throw badFilter('O intervalo entre as datas não pode ser superior a um ano.')
  }
  return (date) => typeof date === 'string' && (first === null || date >= first) && (last === null || date <= last)
}

function day(query: URLSearchParams, name: string): string | null {
  const given = query.get(name)
  if (given === null) return null
  if (!/^\d{4}-\d{2}-\d{2}$/.test(given) || Number.isNaN(Date.parse(given))) throw badFilter(`${name} inválido.`)
  return given
}

function whole(query: URLSearchParams, name: string, otherwise: number): number {
  const given = query.get(name)
  if (given === null) return otherwise
  if (!/^[0-9]{1,15}$/.test(given) || Number(given) < 1) throw badFilter(`${name} inválido.`)
  return Number(given)
}
