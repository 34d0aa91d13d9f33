import { found } from './domain.ts'
import { CodeError, UserError } from './errors.ts'
import { fieldOf, fieldValue, follow, type View } from './fields.ts'
import { modelOf, type Row } from './store.ts'
import { compare, type Value } from './values.ts'

/** What a search asks for beside its domain. */
export interface Page {
  offset: unknown
  limit: unknown
  order: unknown
}

/** A record as it travels; a dotted field stands under its first part and a dot. */
export interface WireRecord {
  [name: string]: Value | WireRecord | WireRecord[]
}

export function search(view: View, model: string, domain: unknown, { offset, limit, order }: Page): Row[] {
  const keys = Array.isArray(order) ? order.map(orderKey) : modelOf(model).order
  for (const [name] of keys) fieldOf(model, name.split('.')[0] ?? '')
  const sorted = found(view, model, domain).sort((a, b) => {
    for (const [name, direction] of keys) {
      const by = compareNullsFirst(sortValue(view, model, a, name), sortValue(view, model, b, name))
      if (by !== 0) return direction === 'DESC' ? -by : by
    }
    return a.id - b.id
  })
  const from = typeof offset === 'number' ? offset : 0
  return sorted.slice(from, typeof limit === 'number' ? from + limit : undefined)
}

function orderKey(pair: unknown): readonly [string, 'ASC' | 'DESC'] {
  if (!Array.isArray(pair)) throw new CodeError('cannot unpack non-iterable object')
  return [String(pair[0]), String(pair[1] ?? 'ASC').startsWith('DESC') ? 'DESC' : 'ASC']
}

/** A reference is ordered by the name of what it points to. */
function sortValue(view: View, model: string, row: Row, path: string): Value {
  const [name = '', ...rest] = path.split('.')
  const field = fieldOf(model, name)
  const value = fieldValue(view, model, row, name)
  if (field.kind !== 'reference') return value
  const target = follow(view.store, field.target, value)
  if (target === undefined) return null
  return sortValue(view, field.target, target, rest.length > 0 ? rest.join('.') : nameOf(field.target))
}

function nameOf(model: string): string {
  return modelOf(model).order[0]?.[0] ?? 'id'
}

function compareNullsFirst(a: Value, b: Value): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1)
  return compare(a, b) ?? 0
}

/** The asked fields of several records. @throws for all of them when one refers to a record that is not there */
export function readRows(view: View, model: string, rows: readonly Row[], fields: readonly string[]): WireRecord[] {
  for (const [name, { dotted }] of grouped(fields)) {
    if (dotted.length > 0) refuseDangling(view, model, rows, name)
  }
  return rows.map((row) => readFields(view, model, row, fields))
}

/** References are not checked when they are written: a wrong one makes every list in which it stands unreadable. */
function refuseDangling(view: View, model: string, rows: readonly Row[], name: string): void {
  const field = fieldOf(model, name)
  if (field.kind !== 'reference') return
  const ids = [...rows]
    .sort((a, b) => a.id - b.id)
    .map((row) => row[name])
    .filter((id) => typeof id === 'number')
  if (ids.every((id) => follow(view.store, field.target, id) !== undefined)) return
  // Of all that were to be read the ERP names the first five, not the one that is missing.
  const named = ids.slice(0, 5).join(', ')
  const { label } = modelOf(field.target)
  throw new UserError(`You are trying to read records "${named}" of "${label}" that don't exist anymore.`)
}

/** The asked fields of one record, and its id. */
export function readFields(view: View, model: string, row: Row, fields: readonly string[]): WireRecord {
  const record: WireRecord = { id: row.id }
  for (const [name, below] of grouped(fields)) {
    const field = fieldOf(model, name)
    if (below.plain) record[name] = onWire(fieldValue(view, model, row, name), field.kind === 'boolean')
    if (below.dotted.length === 0) continue
    const target = 'target' in field && field.target !== undefined ? field.target : ''
    const value = fieldValue(view, model, row, name)
    const one = (id: Value): WireRecord | null => {
      const behind = follow(view.store, target, id)
      return behind === undefined ? null : readFields(view, target, behind, below.dotted)
    }
    record[`${name}.`] = Array.isArray(value) ? value.map(one).filter((item) => item !== null) : one(value)
  }
  return record
}

function grouped(fields: readonly string[]): Map<string, { plain: boolean; dotted: string[] }> {
  const groups = new Map<string, { plain: boolean; dotted: string[] }>()
  for (const path of fields) {
    const [name = '', ...rest] = path.split('.')
    const group = groups.get(name) ?? { plain: false, dotted: [] }
    if (rest.length === 0) group.plain = true
    else group.dotted.push(rest.join('.'))
    groups.set(name, group)
  }
  return groups
}

/** SQLite has no booleans: stored ones come back as 1 and 0. */
function onWire(value: Value, isBoolean: boolean): Value {
  return isBoolean ? (value === true ? 1 : 0) : value
}
