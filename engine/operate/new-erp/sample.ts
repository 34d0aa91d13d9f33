import { type Description, isPart, partsOf } from './openapi/document.ts'
import { leavesOf, propertiesOf, typeOf } from './openapi/schema.ts'

/** Records of a stand-in. */
export type Seed = Record<string, unknown>[]

/** How many a stand-in begins with: enough for a second page of two. */
const COUNT = 3

/** Documents with right check digits, of nobody: two numeric CNPJs and an alphanumeric one. */
const DOCUMENTS = ['11222333000181', '45997418000153', '12ABC34501DE35']

/**
 * Records out of the examples of a description: those of a list, or else some made of the schemas (a later one adds to
 * the ones before), told apart by their identifiers and, where one stands there, by document and name.
 */
export function seedOf(
  description: Description,
  schemas: readonly unknown[],
  examples: readonly unknown[],
  places: { key: string; document: string | null; name: string | null },
): Seed {
  const given = examples.filter(isPart).slice(0, 20)
  const made = Object.assign({}, ...schemas.map((schema) => sampleOf(description, schema)))
  const rows = given.length > 0 ? given : [made]
  const leaves = schemas.flatMap((schema) => leavesOf(description, schema))
  const key = leaves.find(({ pointer }) => pointer === places.key)?.schema ?? {}
  const seed: Seed = []
  for (let index = 0; index < (given.length > 1 ? given.length : COUNT); index++) {
    const row: unknown = structuredClone(rows[index % rows.length] ?? {})
    const record: Record<string, unknown> = isPart(row) ? { ...row } : {}
    if (given.length <= index || seed.some((other) => at(other, places.key) === at(record, places.key))) {
      put(record, places.key, identifier(key, index))
      if (places.document !== null) put(record, places.document, DOCUMENTS[index % DOCUMENTS.length])
      if (places.name !== null) put(record, places.name, `${String(at(record, places.name) ?? 'record')} ${index + 1}`)
    }
    seed.push(record)
  }
  return seed
}

function identifier(schema: Readonly<Record<string, unknown>>, index: number): string | number {
  if (schema['format'] === 'uuid') return `00000000-0000-4000-8000-${String(index + 1).padStart(12, '0')}`
  return typeOf(schema) === 'integer' || typeOf(schema) === 'number' ? 1001 + index : `r${1001 + index}`
}

/** A value of a schema: its example, its default, the first of its enumeration, or one of its type. */
export function sampleOf(description: Description, schema: unknown, depth: number = 0): unknown {
  const part = description.follow(schema)
  const [first] = partsOf(part['examples'])
  const given = part['example'] ?? first ?? part['default'] ?? partsOf(part['enum'])[0]
  if (given !== undefined && (given !== null || depth > 0)) return structuredClone(given)
  const properties = Object.entries(propertiesOf(description, part))
  if (properties.length > 0) {
    if (depth > 3) return null
    return Object.fromEntries(properties.map(([name, value]) => [name, sampleOf(description, value, depth + 1)]))
  }
  switch (typeOf(part)) {
    case 'array':
      return []
    case 'integer':
      return 1
    case 'number':
      return 100
    case 'boolean':
      return false
    case 'string':
      return part['format'] === 'date' ? '2026-11-25' : part['format'] === 'date-time' ? '2026-11-25T10:00:00Z' : 'text'
    default:
      return null
  }
}

function at(row: Readonly<Record<string, unknown>>, pointer: string): unknown {
  let node: unknown = row
  for (const token of pointer.split('/').slice(1)) node = isPart(node) ? node[token] : undefined
  return node
}

function put(row: Record<string, unknown>, pointer: string, value: unknown): void {
  const [token = '', ...rest] = pointer.split('/').slice(1)
  if (rest.length === 0) {
    row[token] = value
    return
  }
  const inner = row[token]
  const branch = isPart(inner) ? { ...inner } : {}
  put(branch, `/${rest.join('/')}`, value)
  row[token] = branch
}
