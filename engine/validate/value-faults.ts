import type { ErrorObject } from 'ajv'
import { nearest } from './nearest.ts'
import type { Fault } from './place.ts'

/** What is wrong with a value: its type, its form, its size, or that it is none of those that are known. */
export function valueFault(error: ErrorObject): Fault {
  const { keyword, params, data } = error
  const schema = error.parentSchema ?? {}
  const wanted = typeof schema['description'] === 'string' ? schema['description'] : null
  switch (keyword) {
    case 'enum':
      return unknownValue(data, list(params['allowedValues']))
    case 'const':
      return unknownValue(data, [params['allowedValue']])
    case 'type':
      if (SPECIAL[String(schema['format'])] !== undefined) return malformed(schema, wanted, data)
      return {
        code: 'TYPE_WRONG',
        message: `expected ${list(params['type']).map(String).join(' or ')}, got ${shown(data)}`,
        help: typeHelp(String(params['type']), data),
      }
    case 'pattern':
    case 'format':
      return malformed(schema, wanted, data)
    case 'uniqueItems': {
      const [first, second] = [Number(params['j']) + 1, Number(params['i']) + 1]
      const message = `expected each value once, got the same as value ${first} again as value ${second}`
      return { code: 'VALUE_REPEATED', message, help: 'remove one of them' }
    }
    default:
      return outOfRange(keyword, params['limit'], data, wanted)
  }
}

const SPECIAL: Readonly<Record<string, { code: string; help: string }>> = {
  duration_with_unit: {
    code: 'DURATION_MALFORMED',
    help: 'write a whole number and a unit s, m, h or d, in quotes: "24h"',
  },
  centavos: { code: 'MONEY_MALFORMED', help: 'write reais as a plain number, a point before the centavos: 1000.00' },
}

function malformed(schema: object, wanted: string | null, data: unknown): Fault {
  const format = 'format' in schema ? String(schema.format) : ''
  const special = SPECIAL[format]
  const message = `expected ${wanted ?? (format === '' ? 'another form' : format)}, got ${shown(data)}`
  return { code: special?.code ?? 'VALUE_MALFORMED', message, help: special?.help ?? 'correct the value' }
}

const LIMITS: Readonly<Record<string, string>> = {
  minimum: 'at least',
  maximum: 'at most',
  exclusiveMinimum: 'more than',
  exclusiveMaximum: 'less than',
  minItems: 'a number of values of at least',
  maxItems: 'a number of values of at most',
  minLength: 'a text length of at least',
  maxLength: 'a text length of at most',
  minProperties: 'a number of keys of at least',
}

function outOfRange(keyword: string, limit: unknown, data: unknown, wanted: string | null): Fault {
  const bound = LIMITS[keyword]
  const expected = bound === undefined ? (wanted ?? `what \`${keyword}\` says`) : `${bound} ${String(limit)}`
  return {
    code: 'VALUE_OUT_OF_RANGE',
    message: `expected ${expected}, got ${shown(data)}`,
    help: 'choose a value within the limit',
  }
}

/** A value that is none of the known ones. */
export function unknownValue(written: unknown, known: readonly unknown[]): Fault {
  const names = known.map(String)
  const expected = names.length === 1 ? `\`${names[0]}\`` : `one of ${names.map((name) => `\`${name}\``).join(', ')}`
  const near = typeof written === 'string' ? nearest(written, names) : null
  const only = names.length === 1 ? `only \`${names[0]}\` is supported` : 'choose one of them'
  const help = near === null ? only : `did you mean \`${near}\`?`
  return { code: 'VALUE_UNKNOWN', message: `expected ${expected}, got ${shown(written)}`, help }
}

function typeHelp(type: string, data: unknown): string {
  if (type === 'boolean' && typeof data === 'string') return 'write true or false, without quotes'
  if (type.includes('string') && typeof data === 'number') return 'put quotes around it'
  if ((type === 'number' || type === 'integer') && typeof data === 'string')
    return 'write the number without quotes or unit'
  if (type === 'array') return 'write a list: [a, b]'
  return 'correct the value'
}

/** The user's value as it can be shown: short, in backticks. */
function shown(data: unknown): string {
  if (data === null || data === undefined) return 'nothing'
  if (data === '') return 'an empty text'
  if (Array.isArray(data)) return `a list of ${data.length}`
  if (typeof data === 'object') return 'a map'
  const text = String(data)
  return `${typeof data} \`${text.length > 60 ? `${text.slice(0, 57)}…` : text}\``
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value]
}
