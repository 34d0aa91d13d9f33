import type { Codec, FieldSource } from '../../../contract/tool.ts'
import type { UniversalField } from '../../../contract/universal/record.ts'
import { FIELD_WORDS, NAMED_BY_DESCRIPTION, plainWords, VALUE_WORDS } from '../../../contract/universal/words.ts'
import type { Part } from './document.ts'
import { type Leaf, typeOf } from './schema.ts'

/** Entities that have a name and little else, and are often called by a description. */
const NAMED = new Set(['category', 'cost_center', 'bank_account'])

/** The leaf that is called as one of these words, the first word first. */
export function called(leaves: readonly Leaf[], words: readonly string[]): Leaf | undefined {
  for (const word of words) {
    const found = leaves.find((leaf) => leaf.words === word)
    if (found !== undefined) return found
  }
  return undefined
}

/** The words for a field of this entity: `name`, `bank/pix_key`. */
export function wordsFor(field: string, entity: string): readonly string[] {
  const words = FIELD_WORDS[field] ?? []
  return field === 'name' && NAMED.has(entity) ? [...words, ...NAMED_BY_DESCRIPTION] : words
}

/**
 * What names the record: `id`, `contactId` of the resource `contact`, or the only value that ends so.
 * `resource`: plain words.
 */
export function identifierIn(leaves: readonly Leaf[], resource: string): Leaf | undefined {
  const near = [resource, resource.split(' ').at(-1) ?? ''].flatMap((name) => [`${name} id`, `id ${name}`])
  const found = called(leaves, ['id', ...near, 'uuid', 'guid'])
  if (found !== undefined) return found
  const ending = leaves.filter(({ words }) => /(^| )id$/.test(words))
  return ending.length === 1 ? ending[0] : called(leaves, ['codigo'])
}

/** How a date, an amount, a flag, a document or an identifier is written here; undefined: as text. */
export function codecFor(type: string, field: string, schema: Part): Codec | undefined {
  switch (type) {
    case 'money':
      return typeOf(schema) === 'string' ? 'decimal_string' : 'decimal'
    case 'date':
      return /^\d\d\/\d\d\/\d{4}$/.test(String(schema['example'] ?? '')) ? 'date_br' : 'date_iso'
    case 'boolean':
      return 'boolean'
    default:
      return textCodec(field, schema)
  }
}

function textCodec(field: string, schema: Part): Codec | undefined {
  if (/(^|\/)(holder_)?document$/.test(field)) return 'alnum'
  if (field === 'phone') return 'digits'
  if (/(^|_)id$/.test(field) && schema['format'] === 'uuid') return 'guid'
  return typeOf(schema) === 'integer' ? 'integer' : undefined
}

/** A universal field out of a record's values; null where nothing is called so. */
export function fieldSource(
  field: string,
  { type, values: own }: UniversalField,
  entity: string,
  leaves: readonly Leaf[],
): { source: FieldSource; leaf: Leaf } | null {
  if (field === 'inactive') return inactiveSource(leaves)
  const leaf = called(leaves, wordsFor(field, entity))
  if (leaf === undefined) return null
  const values = VALUE_WORDS[field]
  if (values !== undefined) {
    const map = valueMap(leaf.schema, values, own)
    return map === null ? null : { source: { from: leaf.pointer, map }, leaf }
  }
  const as = codecFor(type, field, leaf.schema)
  const plain = as === undefined || (as === 'integer' && /(^|_)id$/.test(field))
  return { source: { from: leaf.pointer, ...(plain ? {} : { as }) }, leaf }
}

function inactiveSource(leaves: readonly Leaf[]): { source: FieldSource; leaf: Leaf } | null {
  for (const [field, as] of [
    ['inactive', 'boolean'],
    ['active', 'not'],
  ] as const) {
    const leaf = called(leaves, FIELD_WORDS[field] ?? [])
    if (leaf !== undefined && typeOf(leaf.schema) === 'boolean') return { source: { from: leaf.pointer, as }, leaf }
  }
  return null
}

/** The values of an enumeration that the vocabulary has words for: theirs → ours, of `own` where that is given. Null where there is none. */
export function valueMap(
  schema: Part,
  known: Readonly<Record<string, readonly string[]>>,
  own: readonly string[] | undefined,
): Record<string, string> | null {
  const values = Array.isArray(schema['enum']) ? schema['enum'] : []
  const map: Record<string, string> = {}
  for (const value of values) {
    if (typeof value !== 'string') continue
    const words = plainWords(value)
    const ours = Object.entries(known).find(
      ([name, names]) => own?.includes(name) !== false && names.includes(words),
    )?.[0]
    if (ours !== undefined) map[value] = ours
  }
  return Object.keys(map).length === 0 ? null : map
}
