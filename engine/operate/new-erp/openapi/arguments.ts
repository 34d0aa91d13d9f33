import type { ArgumentMap, Codec } from '../../../contract/tool.ts'
import { ARGUMENTS } from '../../../contract/universal/argument.ts'
import type { JsonSchema } from '../../../contract/universal/json-schema.ts'
import type { UniversalTool } from '../../../contract/universal/tool-kind.ts'
import { plainWords, VALUE_WORDS } from '../../../contract/universal/words.ts'
import { isPart, type Part, partsOf } from './document.ts'
import { called, codecFor, valueMap, wordsFor } from './fields.ts'
import type { Operation, Parameter } from './operations.ts'
import type { Leaf } from './schema.ts'

/** Where the values of a call may go. */
export interface Slots {
  /** Values of the body that may be written. */
  body: readonly Leaf[]
  /** What stands before their pointers in the whole body. */
  prefix: string
  query: readonly Parameter[]
}

export interface Mapped {
  args: ArgumentMap[]
  without: string[]
  /** Required arguments of the tool that go nowhere. */
  missing: string[]
}

/** Arguments that have their own place: of the path, of a page, or in the ledger alone. */
const ELSEWHERE = new Set(['page', 'page_size', 'reason'])

/** Puts each argument of a universal tool to the value that is called as it. `done`: those that have a place already. */
export function mapArguments(tool: UniversalTool, slots: Slots, done: ReadonlySet<string>): Mapped {
  const mapped: Mapped = { args: [], without: [], missing: [] }
  let free = slots
  for (const entry of tool.args) {
    const name = entry.replace('!', '')
    if (ELSEWHERE.has(name) || done.has(name)) continue
    const parts = partNames(name)
    if (parts.length > 0) {
      const found = parts.map((part) => [part, argument(tool, `${name}/${part}`, free)] as const)
      const lost = found.filter(([, one]) => one === null).map(([part]) => `${name}/${part}`)
      mapped.args.push(...found.flatMap(([, one]) => (one === null ? [] : [one.map])))
      mapped.without.push(...(lost.length === parts.length ? [name] : lost))
      continue
    }
    const one = argument(tool, name, free)
    if (one !== null) {
      mapped.args.push(one.map)
      free = { ...free, body: free.body.filter(({ pointer }) => pointer !== one.taken) }
    } else if (entry.endsWith('!')) mapped.missing.push(name)
    else mapped.without.push(name)
  }
  return mapped
}

function partNames(name: string): string[] {
  const properties = ARGUMENTS[name]?.['properties']
  return isPart(properties) ? Object.keys(properties) : []
}

function argument(tool: UniversalTool, name: string, slots: Slots): { map: ArgumentMap; taken: string } | null {
  const schema = schemaOf(name)
  const words = wordsFor(name, tool.entity)
  const from = `/${name}`
  const leaf = called(slots.body, words)
  if (leaf !== undefined) {
    const written = writtenAs(name, schema, leaf.schema)
    return written === null
      ? null
      : { map: { from, ...written, to: `${slots.prefix}${leaf.pointer}` }, taken: leaf.pointer }
  }
  const parameter = words.map((word) => slots.query.find((one) => plainWords(one.name) === word)).find(isPart)
  if (parameter === undefined) return null
  const written = writtenAs(name, schema, parameter.schema)
  return written === null ? null : { map: { from, ...written, query: parameter.name }, taken: '' }
}

/** `bank/pix_key`: a part of an argument. */
function schemaOf(name: string): JsonSchema {
  const [top = '', part] = name.split('/')
  const properties = ARGUMENTS[top]?.['properties']
  if (part === undefined) return ARGUMENTS[top] ?? {}
  const found: unknown = isPart(properties) ? properties[part] : {}
  return isPart(found) ? found : {}
}

interface Written {
  as?: Codec
  map?: Record<string, string>
}

/** The codec or the map of values; null where the values are an enumeration that says nothing to us. */
function writtenAs(name: string, ours: JsonSchema, theirs: Part): Written | null {
  const values = VALUE_WORDS[name]
  if (values !== undefined) {
    const known = partsOf(ours['enum']).filter((each) => typeof each === 'string')
    const map = valueMap(theirs, values, known)
    const back = map === null ? {} : turned(map)
    return Object.keys(back).length === 0 ? null : { map: back }
  }
  const type = ours['format'] === 'centavos' ? 'money' : ours['format'] === 'date' ? 'date' : String(ours['type'] ?? '')
  const as = codecFor(type, name, theirs)
  return as === undefined ? {} : { as }
}

/** Ours → theirs, the first of those that mean the same. */
function turned(map: Record<string, string>): Record<string, string> {
  const back: Record<string, string> = {}
  for (const [theirs, ours] of Object.entries(map)) back[ours] ??= theirs
  return back
}

/** What the operation insists on: fixed values that can be given, headers of the company, and what nothing fills. */
export function insisted(
  { parameters }: Operation,
  required: readonly Leaf[],
  mapped: Mapped,
  prefix: string,
): { args: ArgumentMap[]; plain: string[]; unfilled: string[] } {
  const filled = new Set(mapped.args.flatMap((arg) => ('to' in arg ? [arg.to] : 'query' in arg ? [arg.query] : [])))
  const args: ArgumentMap[] = []
  const unfilled: string[] = []
  for (const { pointer, schema } of required) {
    const to = `${prefix}${pointer}`
    if (filled.has(to)) continue
    const value = fixedValue(schema)
    if (value === undefined) unfilled.push(to)
    else args.push({ const: value, to })
  }
  const plain: string[] = []
  for (const { name, in: where, required: must, schema } of parameters) {
    if (!must || (where !== 'query' && where !== 'header') || filled.has(name)) continue
    const value = fixedValue(schema)
    if (value !== undefined)
      args.push(where === 'query' ? { const: value, query: name } : { const: value, header: name })
    else if (where === 'header' && !/^(authorization|accept|content-type)$/i.test(name)) {
      const credential = name.toLowerCase().replace(/[^a-z0-9]+/g, '_')
      plain.push(credential)
      args.push({ credential, header: name })
    } else if (where === 'query') unfilled.push(`?${name}`)
  }
  return { args, plain, unfilled }
}

function fixedValue(schema: Part): unknown {
  if (schema['default'] !== undefined) return schema['default']
  if (schema['const'] !== undefined) return schema['const']
  const values = partsOf(schema['enum'])
  return values.length === 1 ? values[0] : undefined
}
