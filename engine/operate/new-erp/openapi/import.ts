import type { Paging } from '../../../contract/erp.ts'
import type { RecordMap } from '../../../contract/tool.ts'
import { UNIVERSAL_TOOLS } from '../../../contract/universal/tool.ts'
import type { UniversalTool } from '../../../contract/universal/tool-kind.ts'
import { type AnswerPlace, answerPlace, commonResult, pagingBelow } from './answer-place.ts'
import type { Description } from './document.ts'
import { identifierIn } from './fields.ts'
import { type Operation, operationsOf } from './operations.ts'
import { type FoundPaging, pagingOf } from './paging.ts'
import { type Left, type Proposal, propose } from './propose.ts'
import { CHANGED, recordMap, writtenMap } from './records.ts'
import { type Leaf, leavesOf, type Place, placeOf } from './schema.ts'
import { type ImportedTool, toolOf } from './tool.ts'

/** What a description comes to, for tools.yaml, erp.yaml and the stand-in. */
export interface Imported {
  tools: ImportedTool[]
  records: Record<string, RecordMap>
  paging: Record<string, Paging>
  /** Where most answers begin; '' where they have nothing in common. */
  result: string
  /** Operations that became no tool. */
  left: Left[]
}

/** An operation that may be a tool, with what it answers. */
interface Read {
  proposal: Proposal
  tool: UniversalTool
  place: Place
  leaves: Leaf[]
  found: FoundPaging | null
}

/** Proposes universal tools for the operations of a description. `needsBody`: the credential goes into a body. */
export function importDescription(description: Description, needsBody: boolean): Imported {
  const { proposals, left } = propose(operationsOf(description))
  const names = Object.keys(UNIVERSAL_TOOLS)
  const inOrder = [...proposals].sort((one, other) => names.indexOf(one.tool) - names.indexOf(other.tool))
  const read = inOrder.flatMap((proposal) => readProposal(description, proposal))
  const common = commonResult(read.filter(({ leaves }) => leaves.length > 0).map(({ place }) => place))
  const records: Record<string, RecordMap> = {}
  const paging: Record<string, Paging> = {}
  const keys = new Map(read.map((one) => [one, recordFor(one, read, records)]))
  const reads = new Map(
    read.flatMap((one) => {
      const map = records[keys.get(one) ?? '']
      return one.tool.effect === 'read' && map !== undefined ? [[one.proposal.tool, map] as const] : []
    }),
  )
  const lost = new Map<Operation, string>()
  const made = read.flatMap((one) => {
    const key = keys.get(one) ?? null
    const answer = answerOf(one, common)
    const tool =
      key === null
        ? NAMELESS[one.tool.effect === 'read' ? 'read' : 'write']
        : toolOf(one.proposal, {
            description,
            answer,
            record: key,
            paging: one.found === null ? null : pagingKey(paging, one.found, answer.result ?? common),
            reads,
            merge: mergeFor(one.proposal, read, common),
            needsBody,
          })
    if (typeof tool !== 'string') return [tool]
    lost.set(one.proposal.operation, `\`${one.proposal.tool}\`: ${tool}`)
    return []
  })
  const tools = withReads(made, lost)
  const used = new Set(tools.map((tool) => tool.proposal.operation))
  const dropped = [...lost].filter(([operation]) => !used.has(operation))
  return {
    tools,
    records: only(records, new Set(tools.map(({ map }) => map.answer?.record))),
    paging: only(paging, new Set(tools.map(({ map }) => map.paging))),
    result: common,
    left: [...left, ...dropped.map(([operation, reason]) => ({ operation, reason }))],
  }
}

const NAMELESS = { read: 'its answer has no identifier', write: 'its answer does not name what was made' }

function readProposal(description: Description, proposal: Proposal): Read[] {
  const tool = UNIVERSAL_TOOLS[proposal.tool]
  if (tool === undefined) return []
  const place = placeOf(description, proposal.operation.answer, proposal.resource.words)
  const found = tool.answer === 'list' ? pagingOf(description, proposal.operation) : null
  return [{ proposal, tool, place, leaves: leavesOf(description, place.record), found }]
}

function answerOf({ tool, place, leaves, found }: Read, common: string): AnswerPlace {
  // Nothing is answered, or nothing is said of it.
  if (tool.effect !== 'read' && leaves.length === 0) return { result: null, items: null }
  return answerPlace(tool, place, common, found)
}

/** The key of the record map of what is answered, which is made where there is none yet; null where nothing names it. */
function recordFor(one: Read, read: readonly Read[], records: Record<string, RecordMap>): string | null {
  const { words, entities, act } = one.proposal.resource
  if (one.tool.effect === 'read') {
    const key = entities.length > 1 ? 'party' : (entities[0] ?? '')
    return keep(records, key, recordMap(entities, words, leavesAround(one, read)))
  }
  if (act === 'update' || act === 'delete') return keep(records, 'changed', CHANGED)
  const map = writtenMap(words, one.leaves)
  const [other] = Object.entries(records).filter(([, known]) => JSON.stringify(known) === JSON.stringify(map))
  return other?.[0] ?? keep(records, records['created'] === undefined ? 'created' : `created_${one.tool.entity}`, map)
}

function keep(records: Record<string, RecordMap>, key: string, map: RecordMap | null): string | null {
  if (map === null) return null
  records[key] ??= map
  return key
}

/** What a single record has and a list leaves out, and the other way round: fields that are not there are null. */
function leavesAround(one: Read, read: readonly Read[]): Leaf[] {
  const same = read
    .filter((other) => other.tool.effect === 'read' && other.proposal.resource.words === one.proposal.resource.words)
    .sort((first, second) => Number(first.place.many) - Number(second.place.many))
  return [...new Map(same.flatMap(({ leaves }) => leaves.map((leaf) => [leaf.pointer, leaf] as const))).values()]
}

function pagingKey(
  all: Record<string, Paging>,
  found: FoundPaging,
  start: string,
): { key: string; total: string | null } {
  const { paging, total } = pagingBelow(found, start)
  const same = Object.entries(all).find(([, known]) => JSON.stringify(known) === JSON.stringify(paging))
  const count = Object.keys(all).length
  const key = same?.[0] ?? (count === 0 ? 'pages' : `pages_${count + 1}`)
  all[key] = paging
  return { key, total }
}

/** What reads the record that an update by PUT replaces. */
function mergeFor(
  { resource, operation }: Proposal,
  read: readonly Read[],
  common: string,
): { path: string; answer: AnswerPlace; drop: string[] } | null {
  const found = read.find(
    ({ proposal }) => proposal.resource.act === 'get' && proposal.operation.path === operation.path,
  )
  if (found === undefined) return null
  const id = identifierIn(found.leaves, resource.words)
  // Further in stands what names another record: that link stays.
  const own = found.leaves.filter(({ pointer }) => pointer.lastIndexOf('/') === 0)
  const drop = own.filter((leaf) => leaf.readOnly || leaf === id).map(({ pointer }) => pointer)
  return { path: operation.path, answer: answerOf(found, common), drop }
}

/** A tool that looks at another tool's record first, or afterwards, needs that one too. */
function withReads(tools: readonly ImportedTool[], lost: Map<Operation, string>): ImportedTool[] {
  const names = new Set(tools.map(({ name }) => name))
  return tools.filter(({ name, map, proposal }) => {
    const needed = [
      ...(map.resolve ?? []).map((step) => step.tool),
      ...(map.confirm?.tool === undefined ? [] : [map.confirm.tool]),
    ]
    const missing = needed.find((each) => !names.has(each))
    if (missing !== undefined)
      lost.set(proposal.operation, `\`${name}\`: it needs \`${missing}\`, which is not proposed`)
    return missing === undefined
  })
}

function only<T>(all: Readonly<Record<string, T>>, keys: ReadonlySet<string | undefined>): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([key]) => keys.has(key)))
}
