import type { RawAnswer } from '../listener.ts'
import type { Row } from '../row.ts'
import type { Company } from './company.ts'

/** One call that found its route. */
export interface Call {
  company: Company
  /** The id in the path; 0 where it has none. */
  id: number
  body: Row
  query: URLSearchParams
  now: number
}

export interface Route {
  /** The method and the path with `{id}` in place of the id; also the name of the operation. */
  operation: string
  run(call: Call): RawAnswer
}

/** `/contas/pagar/123/baixar` → `/contas/pagar/{id}/baixar` and 123. */
export function templateOf(path: string): { template: string; id: number } {
  let id = 0
  const parts = path.split('/').map((part) => {
    if (!/^[0-9]{1,15}$/.test(part)) return part
    id = Number(part)
    return '{id}'
  })
  return { template: parts.join('/').replace(/\/$/, ''), id }
}

/** A record or a list below `data`. */
export function record(data: unknown): RawAnswer {
  return { status: 200, body: { data } }
}

export function created(body: Row): RawAnswer {
  return { status: 201, body }
}

export function noContent(): RawAnswer {
  return { status: 204 }
}
