/** `2026-11-30`, also with a time behind it, when such a day exists; otherwise null. */
export function isoDate(value: unknown): string | null {
  const match = typeof value === 'string' ? /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ].*)?$/.exec(value) : null
  return existing(match?.[1])
}

/** `30/11/2026`, also with a time behind it, to `2026-11-30`. */
export function fromBrazilianDate(value: unknown): string | null {
  const match = typeof value === 'string' ? /^([0-9]{2})\/([0-9]{2})\/([0-9]{4})(?: .*)?$/.exec(value) : null
  return match === null ? null : existing(`${match[3]}-${match[2]}-${match[1]}`)
}

/** `2026-11-30` to `30/11/2026`. */
export function toBrazilianDate(value: unknown): string | null {
  return isoDate(value)?.split('-').reverse().join('/') ?? null
}

/** `{"__class__": "date", "year": 2026, "month": 11, "day": 30}`, a datetime too, to `2026-11-30`. */
export function fromTrytonDate(value: unknown): string | null {
  if (typeof value !== 'object' || value === null || !('__class__' in value)) return null
  if (value.__class__ !== 'date' && value.__class__ !== 'datetime') return null
  if (!('year' in value && 'month' in value && 'day' in value)) return null
  return existing(`${digits(value.year, 4)}-${digits(value.month, 2)}-${digits(value.day, 2)}`)
}

/** `2026-11-30` to Tryton's typed value. */
export function toTrytonDate(value: unknown): object | null {
  const date = isoDate(value)
  if (date === null) return null
  const [year, month, day] = date.split('-').map(Number)
  return { __class__: 'date', year, month, day }
}

function digits(value: unknown, length: number): string {
  return typeof value === 'number' ? String(value).padStart(length, '0') : ''
}

function existing(date: string | undefined): string | null {
  if (date === undefined || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(date)) return null
  const time = new Date(`${date}T00:00:00Z`)
  return Number.isNaN(time.getTime()) || time.toISOString().slice(0, 10) !== date ? null : date
}
