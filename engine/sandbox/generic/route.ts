import type { ValidateFunction } from 'ajv'
import type { Paging } from '../../contract/erp.ts'
import { readPointer } from '../../contract/pointer.ts'
import type { StandInRoute } from '../../contract/stand-in.ts'
import type { RawAnswer } from '../listener.ts'
import { isRow, type Row, textOf } from '../row.ts'
import { type Asked, placesIn } from './asked.ts'
import { type Collection, over } from './collection.ts'
import { Refused } from './errors.ts'
import { listed } from './list.ts'
import { put, valueAt } from './place.ts'

/** A route, ready to serve. */
export interface OpenRoute {
  route: StandInRoute
  paging: Paging | null
  /** Whether arguments are what the route's `body` says. */
  guard: ValidateFunction | null
}

/** The call as the route serves it; null where it is for another. */
export function fits({ method, path, when = {} }: StandInRoute, call: Asked): Asked | null {
  if (method !== call.method) return null
  const places = placesIn(path, call.path)
  const right = Object.entries(when).every(([pointer, value]) => readPointer(call.body, pointer) === value)
  return places !== null && right ? { ...call, places } : null
}

/** Does what the route says to the records. @throws Refused */
export function serve({ route, paging, guard }: OpenRoute, records: Collection, call: Asked): RawAnswer {
  if (guard !== null && !guard(call.args ?? {})) {
    const [first] = guard.errors ?? []
    throw new Refused('validation', `${first?.instancePath || '/'} ${first?.message ?? 'is wrong'}`)
  }
  const { does, set = {}, answer = does === 'delete' ? 'none' : 'record', status } = route
  if (does === 'list') return { status: status ?? 200, body: listed(route, paging, records.all(), call) }
  const row = done(does, set, records, route, call)
  if (answer === 'none') return { status: status ?? 204 }
  const shown = answer === 'key' ? records.keyIn(row) : row
  return { status: status ?? (does === 'create' ? 201 : 200), body: put(undefined, route.at ?? '', shown) }
}

function done(
  does: Exclude<StandInRoute['does'], 'list'>,
  set: Row,
  records: Collection,
  route: StandInRoute,
  call: Asked,
): Row {
  const fields = (): Row => {
    const sent = readPointer(call.args, route.from ?? '')
    if (sent === undefined) return {}
    if (!isRow(sent)) throw new Refused('validation', 'expected an object')
    return sent
  }
  if (does === 'create') return records.create(over(fields(), set))
  const key = textOf(valueAt(route.id ?? { path: 'id' }, call))
  switch (does) {
    case 'get':
      return records.get(key)
    case 'delete':
      return records.remove(key)
    case 'update':
      return records.change(key, (row) => over(over(row, fields()), set))
    case 'replace':
      return records.change(key, () => over(fields(), set))
    case 'set':
      return records.change(key, (row) => over(row, set))
  }
}
