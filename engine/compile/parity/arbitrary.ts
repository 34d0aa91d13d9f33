import fc, { type Arbitrary } from 'fast-check'
import type { JsonSchema } from '../../contract/universal/json-schema.ts'

/** Values that stand in the sources: what rules compare with is worth more tries than anything else. */
export interface Known {
  /** Every number of the configuration, and its neighbours. */
  numbers: readonly number[]
  /** Every key and text of the configuration and the catalogue. */
  texts: readonly string[]
}

/** Everything that a schema of a decision's input allows, the known values more often than others. */
export function arbitraryOf(schema: JsonSchema, known: Known): Arbitrary<unknown> {
  const { anyOf, enum: choices, type } = schema
  if (Array.isArray(choices)) return fc.constantFrom<unknown>(...choices)
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.filter(isSchema).map((one) => arbitraryOf(one, known)))
  switch (type) {
    case 'null':
      return fc.constant(null)
    case 'boolean':
      return fc.boolean()
    case 'integer':
    case 'number':
      return numbers(schema, known)
    case 'string':
      return texts(schema, known)
    case 'array': {
      const items = schema['items']
      return isSchema(items) ? fc.array(arbitraryOf(items, known), { maxLength: 3 }) : fc.constant([])
    }
    default:
      return objects(schema, known)
  }
}

function numbers(
  { type, minimum = 0, maximum = Number.MAX_SAFE_INTEGER }: JsonSchema,
  known: Known,
): Arbitrary<number> {
  const [min, max] = [Number(minimum), Number(maximum)]
  const whole = type === 'integer'
  const fitting = known.numbers.filter((each) => each >= min && each <= max && (!whole || Number.isInteger(each)))
  const any = whole ? fc.integer({ min, max }) : fc.double({ min, max, noNaN: true, noDefaultInfinity: true })
  const edges = fc.constantFrom(min, max)
  return fitting.length === 0
    ? fc.oneof(any, edges)
    : fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...fitting) }, { weight: 2, arbitrary: any }, edges)
}

function texts({ pattern, minLength = 0 }: JsonSchema, known: Known): Arbitrary<string> {
  const expression = typeof pattern === 'string' ? new RegExp(pattern) : null
  const fitting = known.texts.filter((each) => each.length >= Number(minLength) && expression?.test(each) !== false)
  const any =
    expression === null
      ? fc.string({ minLength: Number(minLength), maxLength: 12, unit: 'grapheme' })
      : fc.stringMatching(expression)
  return fitting.length === 0
    ? any
    : fc.oneof({ weight: 5, arbitrary: fc.constantFrom(...fitting) }, { weight: 1, arbitrary: any })
}

function objects({ properties }: JsonSchema, known: Known): Arbitrary<object> {
  const fields = isSchema(properties) ? Object.entries(properties) : []
  return fc.record(
    Object.fromEntries(fields.flatMap(([name, one]) => (isSchema(one) ? [[name, arbitraryOf(one, known)]] : []))),
    { noNullPrototype: true },
  )
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
