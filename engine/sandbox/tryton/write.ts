import { demand, type Pen } from './access.ts'
import { checkRow, prepareRow } from './checks.ts'
import { CodeError, UserError } from './errors.ts'
import { fieldOf, isVisible } from './fields.ts'
import { modelOf, type Row } from './store.ts'
import { dateOf, decimalOf, isDate, isDecimal, isObject, type Value } from './values.ts'

/** @returns the new record's id @throws what the ERP's checks say; the caller undoes what was written before */
export function createRow(pen: Pen, model: string, values: Record<string, unknown>): number {
  // Alone, a line makes its own move, and that move gets no period.
  if (model === 'account.move.line' && (values['move'] ?? null) === null) {
    throw new UserError('A value is required for field "Period" in "Account Move".')
  }
  const { plain, sets } = sorted(model, values)
  const { store } = pen.view
  const row = store.insert(model, prepareRow(pen, model, { ...plain, create_uid: pen.account.id }))
  applySets(pen, model, row, sets)
  const { label } = modelOf(model)
  const written = store.table(model).get(row.id) ?? row
  if (!isVisible(pen.view, model, written)) {
    const rule = 'because they fail on at least one of these rules:\nUser in companies'
    throw new UserError(`You are not allowed to create records of "${label}" ${rule}`)
  }
  checkRow(pen.view, model, written)
  return row.id
}

export function writeRow(pen: Pen, model: string, row: Row, values: Record<string, unknown>): void {
  const { plain, sets } = sorted(model, values)
  const { store } = pen.view
  store.update(model, row.id, { ...plain, write_uid: pen.account.id })
  applySets(pen, model, row, sets)
  checkRow(pen.view, model, store.table(model).get(row.id) ?? row)
}

interface Sorted {
  plain: Record<string, Value>
  sets: [string, unknown][]
}

function sorted(model: string, values: Record<string, unknown>): Sorted {
  const out: Sorted = { plain: {}, sets: [] }
  for (const [name, value] of Object.entries(values)) {
    const field = fieldOf(model, name)
    if (field.kind === 'computed') {
      throw new CodeError(`Missing setter function for field "${field.label}" in "${modelOf(model).label}".`)
    }
    if (field.kind === 'set') out.sets.push([name, value])
    else out.plain[name] = stored(field.kind, value)
  }
  return out
}

/** The ERP takes a number or a text for a decimal, and a text for a date. */
function stored(kind: string, value: unknown): Value {
  if (value === null || value === undefined) return null
  if (kind === 'numeric' && typeof value === 'number') return decimalOf(String(value))
  if (kind === 'numeric' && typeof value === 'string') return decimalOf(value)
  if (kind === 'date' && typeof value === 'string') return dateOf(value)
  if (kind === 'char' && typeof value === 'number') return String(value)
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (isDecimal(value) || isDate(value)) return value
  throw new CodeError('unsupported type')
}

/** One-to-many and many-to-many are written by commands: `["create",[…]]`, `["add",[ids]]`, `["remove",[ids]]`, `["delete",[ids]]`. */
function applySets(pen: Pen, model: string, row: Row, sets: Sorted['sets']): void {
  for (const [name, commands] of sets) {
    const field = fieldOf(model, name)
    if (field.kind !== 'set' || !Array.isArray(commands)) continue
    for (const command of commands) {
      if (!Array.isArray(command)) throw new CodeError('cannot unpack non-iterable object')
      const items: unknown[] = Array.isArray(command[1]) ? command[1] : []
      if (field.inverse === undefined) changeLinks(pen, model, row, name, String(command[0]), items)
      else changeChildren(pen, field.target, { [field.inverse]: row.id }, String(command[0]), items)
    }
  }
}

function changeLinks(pen: Pen, model: string, row: Row, name: string, action: string, items: unknown[]): void {
  const now = pen.view.store.table(model).get(row.id)?.[name]
  const ids = items.filter((id) => typeof id === 'number')
  const kept = (Array.isArray(now) ? now : []).filter((id) => !ids.includes(id))
  pen.view.store.update(model, row.id, { [name]: action === 'add' ? [...kept, ...ids] : kept })
}

function changeChildren(pen: Pen, target: string, link: Record<string, Value>, action: string, items: unknown[]): void {
  if (action === 'create') {
    demand(pen.account, target, 'create')
    for (const item of items) if (isObject(item)) createRow(pen, target, { ...item, ...link })
  } else if (action === 'delete') {
    demand(pen.account, target, 'delete')
    for (const id of items) if (typeof id === 'number') pen.view.store.remove(target, id)
  }
}
