import { tokensOf } from '../contract/pointer.ts'
import type { JsonSchema } from '../contract/universal/json-schema.ts'

/**
 * Whether a value that the schema accepts may have something at the pointer. `*` and indexes step into lists.
 * Where the schema leaves a part open, everything may stand there.
 */
export function mayHold(schema: JsonSchema, pointer: string): boolean {
  return reach(schema, tokensOf(pointer))
}

function reach(schema: unknown, tokens: readonly string[]): boolean {
  const [token, ...rest] = tokens
  if (token === undefined) return true
  if (!isSchema(schema)) return false
  const variants = [...asList(schema['anyOf']), ...asList(schema['oneOf'])]
  if (variants.length > 0) return variants.some((variant) => reach(variant, tokens))
  if (schema['type'] === 'array') {
    return /^(\*|0|[1-9][0-9]*)$/.test(token) && reach(schema['items'] ?? {}, rest)
  }
  const types = asList(schema['type'])
  if (types.length > 0 && !types.includes('object')) return false
  const properties = schema['properties']
  if (isSchema(properties) && Object.hasOwn(properties, token)) return reach(properties[token], rest)
  const open = schema['additionalProperties']
  return open === false ? false : reach(isSchema(open) ? open : {}, rest)
}

/** The names of the schema's own properties. */
export function propertiesOf(schema: JsonSchema): string[] {
  const properties = schema['properties']
  return isSchema(properties) ? Object.keys(properties) : []
}

/** Whether the property must be there. */
export function isRequired(schema: JsonSchema, property: string): boolean {
  return asList(schema['required']).includes(property)
}

/** The schema of a property; an open one where there is none. */
export function propertySchema(schema: JsonSchema, property: string): JsonSchema {
  const properties = schema['properties']
  const found = isSchema(properties) ? properties[property] : undefined
  return isSchema(found) ? found : {}
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value]
}
