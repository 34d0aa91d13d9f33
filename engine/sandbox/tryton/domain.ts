import { CodeError } from './errors.ts'
import { fieldOf, fieldValue, follow, isVisible, type View } from './fields.ts'
import { modelOf, type Row } from './store.ts'
import { compare, type Value } from './values.ts'

/** Whether a record meets a search domain: clauses `[path, operator, value]`, nested lists, `AND` and `OR` in front. */
export function meets(view: View, model: string, row: Row, domain: unknown): boolean {
  if (!Array.isArray(domain)) throw new CodeError('domain must be a list')
  const [first, ...rest] = domain
  if (first === 'OR') return rest.length === 0 || rest.map((part) => meets(view, model, row, part)).includes(true)
  if (first === 'AND') return rest.every((part) => meets(view, model, row, part))
  if (typeof first === 'string') return holds(view, model, row, first.split('.'), domain[1], domain[2])
  return domain.every((part) => meets(view, model, row, part))
}

/** Whether any clause is about `field`. */
export function names(domain: unknown, field: string): boolean {
  if (!Array.isArray(domain)) return false
  return domain[0] === field || domain.some((part) => names(part, field))
}

/** Throws for a field that a domain names and the model does not have, even where no record is there to be looked at. */
export function checkDomain(model: string, domain: unknown): void {
  if (!Array.isArray(domain)) throw new CodeError('domain must be a list')
  const [first] = domain
  if (typeof first === 'string' && first !== 'OR' && first !== 'AND') {
    let at = model
    for (const name of first.split('.')) {
      const field = fieldOf(at, name)
      at = 'target' in field && field.target !== undefined ? field.target : at
    }
    return
  }
  for (const part of domain) if (Array.isArray(part)) checkDomain(model, part)
}

function holds(view: View, model: string, row: Row, path: string[], operator: unknown, wanted: unknown): boolean {
  const [name = '', ...rest] = path
  const field = fieldOf(model, name)
  const value = fieldValue(view, model, row, name)
  if (rest.length > 0) {
    const target = 'target' in field && field.target !== undefined ? field.target : ''
    const ids = Array.isArray(value) ? value : [value]
    const rows = ids.map((id) => follow(view.store, target, id)).filter((found) => found !== undefined)
    return rows.some((found) => holds(view, target, found, rest, operator, wanted))
  }
  return Array.isArray(value)
    ? value.some((id) => test(id, operator, wanted))
    : test(field.kind === 'boolean' ? value === true : value, operator, wanted)
}

function test(value: Value, operator: unknown, wanted: unknown): boolean {
  const order = compare(value, wanted)
  switch (operator) {
    case '=':
      return wanted === null ? value === null : order === 0
    case '!=':
      return wanted === null ? value !== null : order !== 0
    case '<':
      return order !== null && order < 0
    case '<=':
      return order !== null && order <= 0
    case '>':
      return order !== null && order > 0
    case '>=':
      return order !== null && order >= 0
    case 'in':
      return Array.isArray(wanted) && wanted.some((one) => test(value, '=', one))
    case 'not in':
      return Array.isArray(wanted) && !wanted.some((one) => test(value, '=', one))
    case 'like':
    case 'ilike':
      return typeof value === 'string' && typeof wanted === 'string' && like(value, wanted)
    case 'not like':
    case 'not ilike':
      return !(typeof value === 'string' && typeof wanted === 'string' && like(value, wanted))
    default:
      // The ERP looks an operator that it does not know up for ever, until Python stops it.
      throw new CodeError('maximum recursion depth exceeded in __instancecheck__')
  }
}

/** SQLite's LIKE: `%` and `_`, ASCII letters without regard to case in both forms. */
function like(text: string, pattern: string): boolean {
  const source = asciiLower(pattern).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return new RegExp(`^${source.replaceAll('%', '.*').replaceAll('_', '.')}$`, 's').test(asciiLower(text))
}

function asciiLower(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase())
}

/** The visible records that meet a domain; inactive ones only where the domain names `active`. */
export function found(view: View, model: string, domain: unknown): Row[] {
  checkDomain(model, domain)
  const onlyActive = Object.hasOwn(modelOf(model).fields, 'active') && !names(domain, 'active')
  const rows = [...view.store.table(model).values()].filter((row) => isVisible(view, model, row))
  return rows.filter((row) => (!onlyActive || row['active'] === true) && meets(view, model, row, domain))
}
