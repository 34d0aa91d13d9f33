import { ALERTS_INPUT_SCHEMA, DECISION_INPUT_SCHEMA, VISIBLE_INPUT_SCHEMA } from '../../contract/decision-schema.ts'
import type { Entrypoint } from '../../contract/evaluate.ts'
import { placed, readPointer } from '../../contract/pointer.ts'
import type { JsonSchema } from '../../contract/universal/json-schema.ts'

/** A place of an entrypoint's input that holds a number. */
export interface NumberPlace {
  path: readonly string[]
  accepts(value: number): boolean
}

export const INPUT_SCHEMAS: Readonly<Record<Entrypoint, JsonSchema>> = {
  decision: DECISION_INPUT_SCHEMA,
  visible: VISIBLE_INPUT_SCHEMA,
  alerts: ALERTS_INPUT_SCHEMA,
}

/**
 * Inputs that have every known number in every place that holds one. All places of an input are changed at once, to
 * other numbers each, since rules look at each place for itself; and once more the amount alone, since limits of amounts
 * are reached only where nothing else is in the way.
 */
export function boundaryInputs(entrypoint: Entrypoint, bases: readonly object[], numbers: readonly number[]): object[] {
  const places = numberPlaces(INPUT_SCHEMAS[entrypoint]).map(({ path, accepts }) => ({
    path,
    values: numbers.filter(accepts),
  }))
  const most = Math.max(0, ...places.map(({ values }) => values.length))
  const turned = Array.from({ length: most }, (_, turn) =>
    places.reduce(
      (input: object, { path, values }, at) =>
        values.length === 0 ? input : placed(input, path, values[(turn + at) % values.length]),
      bases[turn % bases.length] ?? {},
    ),
  )
  const moving = bases.filter((base) => typeof readPointer(base, '/facts/amount') === 'number')
  const amounts = places.find(({ path }) => path.join('/') === 'facts/amount')?.values ?? []
  const alone = amounts.flatMap((amount, turn) => {
    const base = moving[turn % moving.length]
    return base === undefined
      ? []
      : [placed(placed(base, ['facts', 'amount'], amount), ['facts', 'open_amount'], amount)]
  })
  return [...turned, ...alone]
}

/** Places outside of lists: how many elements a list has is generated. */
function numberPlaces(schema: JsonSchema, path: readonly string[] = []): NumberPlace[] {
  const { anyOf, properties, type, minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema
  if (Array.isArray(anyOf)) return anyOf.filter(isSchema).flatMap((one) => numberPlaces(one, path))
  if (type === 'integer' || type === 'number') {
    const within = (value: number): boolean => value >= Number(minimum) && value <= Number(maximum)
    return [{ path, accepts: (value) => within(value) && (type === 'number' || Number.isInteger(value)) }]
  }
  if (!isSchema(properties)) return []
  return Object.entries(properties).flatMap(([name, one]) => (isSchema(one) ? numberPlaces(one, [...path, name]) : []))
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
