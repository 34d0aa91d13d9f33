/** As much of a JSON Schema as GitHub's description uses. */
export interface Schema {
  $ref?: string
  type?: string
  format?: string
  nullable?: boolean
  enum?: unknown[]
  minimum?: number
  properties?: Record<string, Schema>
  required?: string[]
  items?: Schema
  allOf?: Schema[]
  anyOf?: Schema[]
  oneOf?: Schema[]
}

export interface Described {
  components: { schemas: Record<string, Schema>; responses?: Record<string, object> }
}

/** Puts what a schema asks for beside what is given, with values that say nothing. */
export function fill(schema: Schema, given: unknown, described: Described): unknown {
  const plain = resolved(schema, given, described)
  if (given === null) return null
  if (Array.isArray(given)) return given.map((item) => fill(plain.items ?? {}, item, described))
  if (given !== undefined && typeof given !== 'object') return given
  if (plain.properties === undefined) return given ?? nothing(plain)
  if (given === undefined && plain.nullable) return null
  const made: Record<string, unknown> = {}
  for (const name of plain.required ?? []) made[name] = fill(plain.properties[name] ?? {}, undefined, described)
  for (const [name, value] of Object.entries(given ?? {})) {
    if (value !== undefined) made[name] = fill(plain.properties[name] ?? {}, value, described)
  }
  return made
}

function resolved(schema: Schema, given: unknown, described: Described): Schema {
  const { $ref, allOf, anyOf, oneOf } = schema
  if ($ref !== undefined) {
    return resolved(described.components.schemas[$ref.split('/').at(-1) ?? ''] ?? {}, given, described)
  }
  if (allOf !== undefined) {
    const parts = allOf.map((part) => resolved(part, given, described))
    return {
      ...schema,
      properties: Object.assign({}, schema.properties, ...parts.map(({ properties }) => properties)),
      required: [schema, ...parts].flatMap(({ required }) => required ?? []),
    }
  }
  const choices = (anyOf ?? oneOf)?.map((choice) => resolved(choice, given, described)).filter(isValued)
  if (choices === undefined || schema.properties !== undefined) return schema
  const names = Object.keys(typeof given === 'object' && given !== null ? given : {})
  const fits = choices.find(
    ({ type, properties }) =>
      Array.isArray(given) === (type === 'array') &&
      names.every((name) => properties === undefined || name in properties),
  )
  return { ...(fits ?? choices[0]), ...(schema.nullable ? { nullable: true } : {}) }
}

function isValued(schema: Schema): boolean {
  return schema.type !== undefined || schema.properties !== undefined
}

function nothing({ nullable, enum: values, type, format, minimum }: Schema): unknown {
  if (nullable) return null
  if (values !== undefined) return values[0]
  if (type === 'string') return format === 'date-time' ? '2026-01-05T12:00:00Z' : ''
  if (type === 'integer' || type === 'number') return minimum ?? 0
  if (type === 'boolean') return false
  return type === 'array' ? [] : {}
}
