/** A decimal number as it travels. */
export interface DecimalValue {
  __class__: 'Decimal'
  decimal: string
}

/** A calendar date as it travels. */
export interface DateValue {
  __class__: 'date'
  year: number
  month: number
  day: number
}

/** What a field can hold; a list holds ids. */
export type Value = null | boolean | number | string | DecimalValue | DateValue | number[]

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function isDecimal(value: unknown): value is DecimalValue {
  return isObject(value) && value['__class__'] === 'Decimal' && typeof value['decimal'] === 'string'
}

export function isDate(value: unknown): value is DateValue {
  return isObject(value) && value['__class__'] === 'date'
}

/** True where the ERP's own decoder would give up on a typed value anywhere inside: the whole body is then unreadable to it. */
export function holdsImpossible(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(holdsImpossible)
  if (!isObject(value)) return false
  if (value['__class__'] === 'Decimal') return !isDecimal(value) || !/^[+-]?(\d+\.?\d*|\.\d+)$/.test(value.decimal)
  if (value['__class__'] === 'date') return !isRealDate(value['year'], value['month'], value['day'])
  return Object.values(value).some(holdsImpossible)
}

function isRealDate(year: unknown, month: unknown, day: unknown): boolean {
  if (typeof year !== 'number' || typeof month !== 'number' || typeof day !== 'number') return false
  const date = new Date(Date.UTC(year, month - 1, day))
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
}

export function decimalOf(text: string): DecimalValue {
  return { __class__: 'Decimal', decimal: text }
}

/** @param text `2026-11-30` */
export function dateOf(text: string): DateValue {
  const [year = 0, month = 0, day = 0] = text.split('-').map(Number)
  return { __class__: 'date', year, month, day }
}

/** The difference, with as many decimals as the longer of the two. */
export function minus(left: DecimalValue, right: DecimalValue): DecimalValue {
  const scale = Math.max(decimalsOf(left), decimalsOf(right))
  const units = unitsOf(left.decimal, scale) - unitsOf(right.decimal, scale)
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
  const whole = digits.slice(0, digits.length - scale)
  const text = scale === 0 ? whole : `${whole}.${digits.slice(-scale)}`
  return decimalOf(units < 0n ? `-${text}` : text)
}

export function decimalsOf(value: DecimalValue): number {
  return value.decimal.split('.')[1]?.length ?? 0
}

function unitsOf(text: string, scale: number): bigint {
  const [whole = '', part = ''] = text.split('.')
  return BigInt(`${whole}${part.padEnd(scale, '0')}`)
}

/** Below zero, zero or above as `left` is less than, equal to or more than `right`; null where they cannot be compared. */
export function compare(left: unknown, right: unknown): number | null {
  const a = comparable(left)
  const b = comparable(right)
  if (a === null || b === null || typeof a !== typeof b) return null
  return a < b ? -1 : a > b ? 1 : 0
}

function comparable(value: unknown): number | string | null {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (typeof value === 'number' || typeof value === 'string') return value
  if (isDecimal(value)) return Number(value.decimal)
  if (isDate(value)) return value.year * 10_000 + value.month * 100 + value.day
  return null
}
