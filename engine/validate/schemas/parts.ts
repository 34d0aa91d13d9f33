import type { JsonSchema } from '../../contract/universal/json-schema.ts'

/** What several schemas are made of. `description` is what a finding says was expected. */

export const TEXT: JsonSchema = { type: 'string', minLength: 1, maxLength: 2000 }
export const FLAG: JsonSchema = { type: 'boolean' }
export const COUNT: JsonSchema = { type: 'integer', minimum: 0 }
export const POSITIVE: JsonSchema = { type: 'integer', minimum: 1 }
export const SCALAR: JsonSchema = { type: ['string', 'number', 'boolean'] }
export const ANY: JsonSchema = {}
/** JSON Pointer (RFC 6901). */
export const POINTER: JsonSchema = {
  type: 'string',
  pattern: '^(/([^~/]|~[01])*)*$',
  description: 'a JSON Pointer such as `/id`',
}
export const NAME: JsonSchema = {
  type: 'string',
  pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$',
  description: 'a name of letters, digits, `_` and `-`',
}
export const DURATION: JsonSchema = {
  type: 'string',
  format: 'duration_with_unit',
  description: 'a duration such as `24h` or `15m`',
}
export const EMAIL: JsonSchema = { type: 'string', format: 'email', description: 'an e-mail address' }
export const REAIS: JsonSchema = {
  type: 'number',
  exclusiveMinimum: 0,
  maximum: 1e12,
  format: 'centavos',
  description: 'reais as a number with at most two decimals, such as `1000.00`',
}

export function oneOf(values: readonly (string | number | boolean)[]): JsonSchema {
  return { enum: values }
}

export function listOf(items: JsonSchema, minItems = 0): JsonSchema {
  return { type: 'array', items, minItems }
}

/** A list in which nothing stands twice. */
export function setOf(items: JsonSchema, minItems = 0): JsonSchema {
  return { type: 'array', items, minItems, uniqueItems: true }
}

export function mapOf(values: JsonSchema, names: JsonSchema | null = null): JsonSchema {
  return { type: 'object', additionalProperties: values, ...(names === null ? {} : { propertyNames: names }) }
}

/**
 * The keys of a contract type as `object` takes them. `satisfies KeysOf<T>` lets the compiler refuse a schema that has
 * one more or one fewer, or a required one where the type has an optional one.
 */
export type KeysOf<T> = {
  [K in keyof T & string as Record<never, never> extends Pick<T, K> ? `${K}?` : K]-?: JsonSchema
}

/** An object with these keys and no others; a key that ends in `?` may be left out. */
export function object(keys: Record<string, JsonSchema>, more: JsonSchema = {}): JsonSchema {
  const properties: Record<string, JsonSchema> = {}
  const required: string[] = []
  for (const [key, schema] of Object.entries(keys)) {
    properties[key.replace('?', '')] = schema
    if (!key.endsWith('?')) required.push(key)
  }
  return { type: 'object', properties, required, additionalProperties: false, ...more }
}

/** Objects told apart by the value of one key. */
export function tagged(tag: string, variants: readonly JsonSchema[]): JsonSchema {
  return { type: 'object', discriminator: { propertyName: tag }, oneOf: variants }
}

const THEN = 'then'

/**
 * Either a text or something else. Written without a literal `then` key, which would make the schema look like a promise.
 * @param kind the JSON type of the other. Default object.
 */
export function textOr(text: JsonSchema, other: JsonSchema, kind: 'object' | 'array' = 'object'): JsonSchema {
  return { type: ['string', kind], if: { type: 'string' }, [THEN]: text, else: other }
}

/** Of mail: the owners of the ERP, or addresses. */
export const RECIPIENTS: JsonSchema = textOr(oneOf(['owners']), setOf(EMAIL, 1), 'array')
