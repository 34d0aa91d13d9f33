import type { RawAnswer } from '../listener.ts'
import type { Row } from '../row.ts'
import type { Company, Issued } from './company.ts'

/** One call that found its route. */
export interface Call {
  company: Company
  /** The ids in the path, from left to right, in lower case. */
  ids: readonly [string, string]
  body: Row
  query: URLSearchParams
  now: number
  /** Where boletos and NFS-e go. */
  issued: Issued[]
}

export interface Route {
  /** The method and the path with `{id}` in place of each id; also the name of the operation. */
  operation: string
  run(call: Call): RawAnswer
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** `/schedules/debit/8f…/payments` → `/schedules/debit/{id}/payments` and the ids. */
export function templateOf(path: string): { template: string; ids: string[] } {
  const ids: string[] = []
  const parts = path.split('/').map((part) => {
    if (!GUID.test(part)) return part
    ids.push(part.toLowerCase())
    return '{id}'
  })
  return { template: parts.join('/').replace(/\/$/, ''), ids }
}

/** A bare JSON string, which is what most creations answer. */
export function bareId(id: string): RawAnswer {
  return { status: 200, body: JSON.stringify(id), headers: { 'content-type': 'application/json; charset=utf-8' } }
}

export function record(body: Row): RawAnswer {
  return { status: 200, body }
}

export function noContent(): RawAnswer {
  return { status: 204 }
}
