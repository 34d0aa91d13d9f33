import { plainWords } from '../../../contract/universal/words.ts'
import { type Description, isPart, type Part, partsOf } from './document.ts'

/** A value somewhere in a schema that is no object itself. */
export interface Leaf {
  /** JSON Pointer into a value of the schema. */
  pointer: string
  /** The names on the way to it, as plain words. */
  words: string
  schema: Part
  readOnly: boolean
  /** It and all around it has to be there. */
  required: boolean
}

// Deeper than this no field has its usual name, and recursive schemas never end.
const DEEPEST = 4

/** The properties of an object, those of all it is put together of; of alternatives the first. */
export function propertiesOf(description: Description, schema: unknown, depth: number = 0): Record<string, Part> {
  const part = description.follow(schema)
  const found: Record<string, Part> = {}
  if (depth > DEEPEST) return found
  const choice = [...partsOf(part['oneOf']), ...partsOf(part['anyOf'])][0]
  for (const each of [...partsOf(part['allOf']), ...(choice === undefined ? [] : [choice])]) {
    Object.assign(found, propertiesOf(description, each, depth + 1))
  }
  const own = part['properties']
  if (isPart(own)) for (const [name, value] of Object.entries(own)) if (isPart(value)) found[name] = value
  return found
}

/** The names that have to be there, of all that an object is put together of. */
function requiredOf(description: Description, schema: unknown, depth: number = 0): ReadonlySet<unknown> {
  const part = description.follow(schema)
  if (depth > DEEPEST) return new Set()
  const inner = partsOf(part['allOf']).flatMap((each) => [...requiredOf(description, each, depth + 1)])
  return new Set([...partsOf(part['required']), ...inner])
}

/** All values of an object that are no objects or lists themselves, the near ones first. */
export function leavesOf(description: Description, schema: unknown): Leaf[] {
  const leaves: Leaf[] = []
  let level: { pointer: string; names: string[]; schema: unknown; readOnly: boolean; required: boolean }[] = [
    { pointer: '', names: [], schema, readOnly: false, required: true },
  ]
  for (let depth = 0; depth < DEEPEST; depth++) {
    const next: typeof level = []
    for (const node of level) {
      const must = requiredOf(description, node.schema)
      for (const [name, value] of Object.entries(propertiesOf(description, node.schema))) {
        const part = description.follow(value)
        const readOnly = node.readOnly || value['readOnly'] === true || part['readOnly'] === true
        const pointer = `${node.pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
        const names = [...node.names, name]
        const required = node.required && must.has(name)
        if (isObject(description, part)) next.push({ pointer, names, schema: part, readOnly, required })
        else if (typeOf(part) !== 'array') {
          leaves.push({ pointer, words: plainWords(names.join(' ')), schema: part, readOnly, required })
        }
      }
    }
    level = next
  }
  return leaves
}

export function isObject(description: Description, schema: unknown): boolean {
  return Object.keys(propertiesOf(description, schema)).length > 0
}

/** The schema's type; of several (3.1) the first that is not null. */
export function typeOf(schema: Part): string {
  const type = schema['type']
  const first = Array.isArray(type) ? type.find((each) => each !== 'null') : type
  return typeof first === 'string' ? first : ''
}

/** Where a record, or a list of them, stands in a body or an answer. */
export interface Place {
  pointer: string
  many: boolean
  /** Of one record. */
  record: Part
  /** What stands around it. */
  around: Part
}

/** What stands around records and is none: counts, pages, whether it went well. */
const AROUND = new Set(
  `total count page page_count page_size per_page limit offset next previous success status message cursor has_more
   has_next total_count total_page total_item item_count pagina total_pagina registro total_registro code`
    .split(/\s+/)
    .map((each) => each.replaceAll('_', ' ')),
)
const WRAPPERS = new Set([
  'data',
  'item',
  'iten',
  'result',
  'record',
  'registro',
  'content',
  'value',
  'response',
  'dado',
])

/**
 * Finds the record in what stands around it: a list at the root, `{data: …}`, or a key that is named as the resource.
 * `resource`: plain words.
 */
export function placeOf(description: Description, schema: unknown, resource: string): Place {
  const around = description.follow(schema)
  if (typeOf(around) === 'array') {
    return { pointer: '', many: true, record: description.follow(around['items']), around }
  }
  const own = Object.entries(propertiesOf(description, around))
  const isRecord = own.some(([name, value]) => isScalar(description, value) && !AROUND.has(plainWords(name)))
  for (const [name, value] of isRecord ? [] : own) {
    const words = plainWords(name)
    if (!WRAPPERS.has(words) && words !== resource && words !== resource.split(' ').at(-1)) continue
    const inner = description.follow(value)
    const pointer = `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`
    if (typeOf(inner) === 'array' && isObject(description, inner['items'])) {
      return { pointer, many: true, record: description.follow(inner['items']), around }
    }
    if (isObject(description, inner)) return { pointer, many: false, record: inner, around }
  }
  return { pointer: '', many: false, record: around, around }
}

function isScalar(description: Description, schema: unknown): boolean {
  return /^(string|number|integer|boolean)$/.test(typeOf(description.follow(schema)))
}
