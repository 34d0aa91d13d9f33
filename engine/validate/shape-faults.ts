import type { ErrorObject } from 'ajv'
import { nearest, suggest } from './nearest.ts'
import { type Fault, pointerOf } from './place.ts'
import { unknownValue, valueFault } from './value-faults.ts'

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
