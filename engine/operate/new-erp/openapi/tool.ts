import type { ArgumentMap, ToolMap } from '../../../contract/tool.ts'
import { UNIVERSAL_TOOLS } from '../../../contract/universal/tool.ts'
import type { UniversalTool } from '../../../contract/universal/tool-kind.ts'
import type { AnswerPlace } from './answer-place.ts'
import { insisted, mapArguments, type Slots } from './arguments.ts'
import type { Description } from './document.ts'
import { identifierIn } from './fields.ts'
import { meaningOf, type Reads } from './meaning.ts'
import type { Proposal } from './propose.ts'
import { type Leaf, leavesOf, placeOf } from './schema.ts'

/** What is known around an operation once all were looked at. */
export interface Around {
  description: Description
  answer: AnswerPlace
  /** The key of the record map of what it answers. */
  record: string
  paging: { key: string; total: string | null } | null
  reads: Reads
  /** A read of the same path by id, for an update that replaces the whole record. */
  merge: { path: string; answer: AnswerPlace; drop: string[] } | null
  /** The credential goes into a body, so there has to be one. */
  needsBody: boolean
}

/** A tool as it is proposed. */
export interface ImportedTool {
  name: string
  map: ToolMap
  /** What a person has to look at. */
  notes: string[]
  /** Values of the company that are no secrets. */
  plain: string[]
  proposal: Proposal
}

/** Makes a tool out of an operation; a text says why it cannot be one. */
export function toolOf(proposal: Proposal, around: Around): ImportedTool | string {
  const { tool: name, operation } = proposal
  const tool = UNIVERSAL_TOOLS[name]
  if (tool === undefined) return 'the vocabulary has no such tool'
  if (around.needsBody && operation.method === 'GET') return 'a GET has no body, where the credential would have to go'
  const body = bodyOf(around.description, proposal)
  const place = identifierPlace(proposal, tool, body)
  if (typeof place === 'string') return place
  const query = operation.parameters.filter((one) => one.in === 'query')
  const slots: Slots = {
    body: body.leaves.filter(({ pointer }) => pointer !== place.taken),
    prefix: body.prefix,
    query,
  }
  const mapped = mapArguments(tool, slots, place.done)
  const missing = mapped.missing.filter((each) => each !== 'reference')
  if (missing.length > 0)
    return `nothing in what it is sent is called ${missing.map((each) => `\`${each}\``).join(', ')}`
  if (tool.answer === 'list' && around.paging === null) return 'it is not asked for by page and page size'
  const merge = mergeOf(proposal, body.prefix, around)
  if (typeof merge === 'string') return merge
  if (around.needsBody && merge !== null)
    return 'it has to be read by a GET first, which has no body for the credential'
  const needed = insisted(operation, merge === null ? body.required : [], mapped, body.prefix)
  const args = [...place.args, ...mapped.args, ...fixedOnly(needed.args, place.args)]
  const meaning = meaningOf(name, tool, args, around.reads)
  if (typeof meaning === 'string') return meaning
  const map: ToolMap = {
    effect: tool.effect,
    reversible: tool.effect !== 'delete' && tool.effect !== 'settle',
    native: { method: operation.method, path: operation.path, ...resultOf(around.answer) },
    args,
    ...(merge === null ? {} : { merge }),
    ...(mapped.without.length === 0 ? {} : { without: mapped.without }),
    ...(tool.answer === 'list' && around.paging !== null ? { paging: around.paging.key } : {}),
    answer: { record: around.record, ...itemsOf(around.answer), ...totalOf(tool, around) },
    ...meaning,
  }
  return { name, map, notes: notesOf(needed.unfilled, tool, around), plain: needed.plain, proposal }
}

interface Body {
  /** Those that may be written. */
  leaves: Leaf[]
  required: Leaf[]
  prefix: string
}

function bodyOf(description: Description, { operation, resource }: Proposal): Body {
  if (operation.body === null) return { leaves: [], required: [], prefix: '' }
  const { many, pointer, record } = placeOf(description, operation.body, resource.words)
  const leaves = leavesOf(description, record).filter(({ readOnly }) => !readOnly)
  return { leaves, required: leaves.filter(({ required }) => required), prefix: many ? `${pointer}/0` : pointer }
}

/** Which argument names the record, and where it goes. */
function identifierPlace(
  { operation, resource, tool: name }: Proposal,
  tool: UniversalTool,
  body: Body,
): { args: ArgumentMap[]; done: ReadonlySet<string>; taken: string } | string {
  const settles = resource.act === 'settle'
  const argument = settles ? (name === 'create_payment' ? 'payable_id' : 'receivable_id') : 'id'
  if (!settles && !tool.args.includes('id!')) return { args: [], done: new Set(), taken: '' }
  const done = new Set([argument])
  const { place } = resource
  if (place !== null) {
    const schema = operation.parameters.find((one) => one.in === 'path' && one.name === place)?.schema ?? {}
    return { args: [{ from: `/${argument}`, ...idCodec(schema), path: place }], done, taken: '' }
  }
  const leaf = identifierIn(body.leaves, resource.words)
  if (leaf === undefined) return 'nothing in it names the record'
  const args: ArgumentMap[] = [{ from: `/${argument}`, ...idCodec(leaf.schema), to: `${body.prefix}${leaf.pointer}` }]
  return { args, done, taken: leaf.pointer }
}

function idCodec(schema: Readonly<Record<string, unknown>>): { as?: 'integer' | 'guid' } {
  if (schema['format'] === 'uuid') return { as: 'guid' }
  return schema['type'] === 'integer' ? { as: 'integer' } : {}
}

/** A PUT replaces the whole record: it is read first, and the changes are put over it. */
function mergeOf(
  { operation, resource }: Proposal,
  prefix: string,
  { merge }: Around,
): NonNullable<ToolMap['merge']> | null | string {
  if (resource.act !== 'update' || operation.method !== 'PUT') return null
  if (merge === null) return 'a PUT replaces the whole record, and nothing reads it first'
  if (merge.answer.items !== null || prefix !== '')
    return 'a PUT replaces the whole record, and what reads it answers more than that'
  const place = resource.place ?? ''
  const schema = operation.parameters.find((one) => one.in === 'path' && one.name === place)?.schema ?? {}
  return {
    native: { method: 'GET', path: merge.path, ...resultOf(merge.answer) },
    args: [{ from: '/id', ...idCodec(schema), path: place }],
    ...(merge.drop.length === 0 ? {} : { drop: merge.drop }),
  }
}

/** Fixed values, without those of the identifier's own place. */
function fixedOnly(args: readonly ArgumentMap[], placed: readonly ArgumentMap[]): ArgumentMap[] {
  const taken = new Set(placed.flatMap((arg) => ('to' in arg ? [arg.to] : [])))
  return args.filter((arg) => !('to' in arg) || !taken.has(arg.to))
}

function itemsOf({ items }: AnswerPlace): { items?: string } {
  return items === null ? {} : { items }
}

function resultOf({ result }: AnswerPlace): { result?: string } {
  return result === null ? {} : { result }
}

function totalOf(tool: UniversalTool, { paging }: Around): { total?: string } {
  const total = tool.answer === 'list' ? (paging?.total ?? null) : null
  return total === null ? {} : { total }
}

function notesOf(unfilled: readonly string[], tool: UniversalTool, { answer }: Around): string[] {
  const notes: string[] = []
  if (unfilled.length > 0)
    notes.push(`nothing fills ${unfilled.map((each) => `\`${each}\``).join(', ')}, which it insists on`)
  if (tool.effect !== 'read' && answer.result === '') notes.push('its answer is described otherwise than most others')
  return notes
}
