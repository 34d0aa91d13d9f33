import type { ErrorObject } from 'ajv'
import { nearest, suggest } from './nearest.ts'
import { type Fault, pointerOf } from './place.ts'

/** One ajv error in people's words, with its place in the document. */
export interface PlacedFault {
  pointer: string
  part: 'key' | 'value'
  fault: Fault
}

/** What ajv found, in people's words. What only follows from another error is left out. */
export function faultsOf(errors: readonly ErrorObject[]): PlacedFault[] {
  const unknown = errors.filter((error) => error.keyword === 'additionalProperties')
  const meant = new Set(unknown.map((error) => below(error.instancePath, meantKey(error))))
  const placed = errors
    .filter(
      (error) =>
        !(error.keyword === 'required' && meant.has(below(error.instancePath, param(error, 'missingProperty')))),
    )
    .map(placedFault)
    .filter((each) => each !== null)
  const seen = new Set<string>()
  return placed.filter(({ pointer, fault }) => {
    const key = `${pointer} ${fault.code} ${fault.message}`
    return !seen.has(key) && seen.add(key)
  })
}

function placedFault(error: ErrorObject): PlacedFault | null {
  const { instancePath, keyword } = error
  const value = (fault: Fault): PlacedFault => ({ pointer: instancePath, part: 'value', fault })
  const key = (pointer: string, fault: Fault): PlacedFault => ({ pointer, part: 'key', fault })
  if (error.propertyName !== undefined && keyword !== 'propertyNames') {
    return key(below(instancePath, error.propertyName), valueFault({ ...error, data: error.propertyName }))
  }
  switch (keyword) {
    // Consequences of errors that are reported by themselves.
    case 'if':
    case 'propertyNames':
    case 'oneOf':
      return null
    case 'additionalProperties':
      return key(below(instancePath, param(error, 'additionalProperty')), unknownKey(error))
    case 'required':
      return key(instancePath, missingKey(param(error, 'missingProperty')))
    case 'dependentRequired':
      return key(instancePath, missingKey(param(error, 'missingProperty')))
    case 'exactlyOne':
      return key(instancePath, choice(error))
    case 'onlyWith':
      return key(below(instancePath, param(error, 'key')), misplaced(error))
    case 'discriminator':
      return discriminatorFault(error)
    default:
      return value(valueFault(error))
  }
}

function unknownKey(error: ErrorObject): Fault {
  const written = param(error, 'additionalProperty')
  const help = suggest(written, knownKeys(error), 'key')
  return { code: 'KEY_UNKNOWN', message: `key \`${written}\` is not known here`, help }
}

function missingKey(name: string): Fault {
  return { code: 'KEY_MISSING', message: `key \`${name}\` is missing here`, help: `add \`${name}:\`` }
}

function choice(error: ErrorObject): Fault {
  const group = texts(error.params['group'])
  const found = texts(error.params['found'])
  const names = group.map((name) => `\`${name}\``).join(', ')
  const got = found.length === 0 ? 'none' : found.map((name) => `\`${name}\``).join(' and ')
  return {
    code: 'KEY_CHOICE',
    message: `expected exactly one of ${names}, got ${got}`,
    help: 'keep exactly one of them',
  }
}

function misplaced(error: ErrorObject): Fault {
  const name = param(error, 'key')
  const others = texts(error.params['others']).map((other) => `\`${other}\``)
  const message = `key \`${name}\` has a meaning only beside ${others.join(' or ')}`
  return { code: 'KEY_CHOICE', message, help: `remove \`${name}\`, or add what it belongs to` }
}

function discriminatorFault(error: ErrorObject): PlacedFault {
  const tag = param(error, 'tag')
  const written: unknown = error.params['tagValue']
  const pointer = below(error.instancePath, tag)
  if (written === undefined) return { pointer: error.instancePath, part: 'key', fault: missingKey(tag) }
  const known = tagsOf(error.parentSchema, tag)
  return { pointer, part: 'value', fault: unknownValue(written, known) }
}

function valueFault(error: ErrorObject): Fault {
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

function unknownValue(written: unknown, known: readonly unknown[]): Fault {
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
  if (Array.isArray(data)) return `a list of ${data.length}`
  if (typeof data === 'object') return 'a map'
  const text = String(data)
  return `${typeof data} \`${text.length > 60 ? `${text.slice(0, 57)}…` : text}\``
}

function meantKey(error: ErrorObject): string {
  return nearest(param(error, 'additionalProperty'), knownKeys(error)) ?? ''
}

function knownKeys(error: ErrorObject): string[] {
  const properties: unknown = error.parentSchema?.['properties']
  return typeof properties === 'object' && properties !== null ? Object.keys(properties) : []
}

function tagsOf(schema: ErrorObject['parentSchema'], tag: string): unknown[] {
  return list(schema?.['oneOf']).flatMap((variant) => {
    const rule = own(own(own(variant, 'properties'), tag), 'const') ?? own(own(own(variant, 'properties'), tag), 'enum')
    return list(rule)
  })
}

function own(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value]
}

function texts(value: unknown): string[] {
  return list(value).map(String)
}

function param(error: ErrorObject, name: string): string {
  return String(error.params[name] ?? '')
}

function below(base: string, key: string): string {
  return `${base}${pointerOf(key)}`
}
