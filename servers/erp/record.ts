import { reaisOf } from '../../engine/contract/money.ts'
import { readPointer } from '../../engine/contract/pointer.ts'
import type { Codec, FieldSource, RecordMap } from '../../engine/contract/tool.ts'
import type { UniversalField, UniversalRecord } from '../../engine/contract/universal/record.ts'
import { decode } from './codec.ts'
import { centavosFrom } from './codec-money.ts'
import { scalarText } from './exact-json.ts'

type Value = string | number | boolean | null

const TYPES = { string: 'string', date: 'string', boolean: 'boolean', money: 'number', integer: 'number' } as const
const CODECS_BY_TYPE: Readonly<Record<UniversalField['type'], Codec>> = {
  string: 'text',
  date: 'date_iso',
  boolean: 'boolean',
  money: 'decimal',
  integer: 'integer',
}

/** One native item as a universal record: every field is there, null when the ERP does not tell it. */
export function recordOf(
  record: UniversalRecord,
  map: RecordMap,
  item: unknown,
  args: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const mapped: Record<string, unknown> = {}
  for (const [pointer, field] of Object.entries(record)) {
    const [, first = '', second] = pointer.split('/')
    const value = fieldOf(field, map.fields[pointer], item, args)
    if (second === undefined) mapped[first] = value
    else mapped[first] = { ...(mapped[first] ?? {}), [second]: value }
  }
  return mapped
}

function fieldOf(
  field: UniversalField,
  source: FieldSource | undefined,
  item: unknown,
  args: Readonly<Record<string, unknown>>,
): Value {
  if (source === undefined) return null
  const value = sourceValue(field, source, item, args)
  // What does not fit the field is not known: an agent never gets a value of another type or outside of the list.
  if (field.type === 'integer') return wholeNumber(value)
  if (typeof value !== TYPES[field.type]) return null
  return field.values !== undefined && !field.values.includes(String(value)) ? null : value
}

function sourceValue(
  field: UniversalField,
  source: FieldSource,
  item: unknown,
  args: Readonly<Record<string, unknown>>,
): Value {
  if ('const' in source) return source.const
  if ('arg' in source) return scalarOf(readPointer(args, source.arg))
  if ('minus' in source) return difference(source.minus, item)
  const codec = source.as ?? CODECS_BY_TYPE[field.type]
  if ('first' in source) {
    for (const pointer of source.first) {
      const value = decode(codec, readPointer(item, pointer))
      if (value !== null) return value
    }
    return null
  }
  if ('join' in source) {
    return decode(codec, source.join.map((pointer) => scalarText(readPointer(item, pointer)) ?? '').join(''))
  }
  const native = readPointer(item, source.from)
  if (source.map === undefined) return decode(codec, native)
  const key = source.as === undefined ? scalarText(native) : decode(source.as, native)
  return key !== null && Object.hasOwn(source.map, String(key)) ? (source.map[String(key)] ?? null) : null
}

/** One amount less another, in centavos, so that no binary fraction comes in between. */
function difference([from, less]: [string, string], item: unknown): number | null {
  const whole = centavosFrom(readPointer(item, from))
  const part = centavosFrom(readPointer(item, less))
  return whole === null || part === null ? null : reaisOf(whole - part)
}

function scalarOf(value: unknown): Value {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
}

function wholeNumber(value: Value): number | null {
  const number = value === null || typeof value === 'boolean' ? Number.NaN : Number(value)
  return Number.isSafeInteger(number) ? number : null
}
