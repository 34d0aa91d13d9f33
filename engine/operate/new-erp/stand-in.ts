import type { StandInCollection, StandInFile, StandInPlace, StandInRoute } from '../../contract/stand-in.ts'
import type { ArgumentMap, RecordMap } from '../../contract/tool.ts'
import { type Description, isPart, partsOf } from './openapi/document.ts'
import { identifierIn } from './openapi/fields.ts'
import type { Imported } from './openapi/import.ts'
import { leavesOf, type Place, placeOf, typeOf } from './openapi/schema.ts'
import type { ImportedTool } from './openapi/tool.ts'
import { seedOf } from './sample.ts'

/** What a stand-in lets through, a little more than erp.yaml lets out. */
const RATE = { max: 6, perMs: 1_000 }

/** The stand-in of the tools that were proposed: a collection for each resource, a route for each operation. */
export function standInFor(description: Description, { tools, records, result }: Imported): StandInFile {
  const collections: Record<string, StandInCollection> = {}
  const routes = new Map<string, StandInRoute>()
  for (const tool of tools) {
    const { operation } = tool.proposal
    const name = collectionOf(tool)
    collections[name] ??= collectionFor(description, tool, tools, records)
    const key = `${operation.method} ${operation.path}`
    const before = routes.get(key)
    const route = routeFor(description, tool, name, result, records[tool.map.answer?.record ?? ''])
    // One list may serve two tools, each with filters of its own.
    routes.set(key, before === undefined ? route : { ...before, ...route, ...filtersOf(before, route) })
  }
  return { collections, routes: [...routes.values()], rate: RATE }
}

function collectionOf({ proposal: { resource }, name }: ImportedTool): string {
  const words = resource.act === 'settle' ? `${resource.words} ${name.replace('create_', '')}` : resource.words
  return words.replaceAll(' ', '_')
}

function collectionFor(
  description: Description,
  tool: ImportedTool,
  tools: readonly ImportedTool[],
  records: Imported['records'],
): StandInCollection {
  const same = tools.filter((other) => collectionOf(other) === collectionOf(tool))
  const read = same.find(({ map }) => map.effect === 'read') ?? tool
  const place = placeIn(description, read)
  const leaves = leavesOf(description, place.record)
  const id = identifierIn(leaves, tool.proposal.resource.words)
  const key = id?.pointer ?? '/id'
  const list = same.find(({ proposal }) => proposal.resource.act === 'list')
  const examples = list === undefined ? [] : listedIn(list.proposal.operation.example, placeIn(description, list))
  const record = records[read.map.answer?.record ?? '']
  const [document, name] = [placeOfField(record, '/document'), placeOfField(record, '/name')]
  const reads = same.filter(({ map }) => map.effect === 'read').map((each) => placeIn(description, each).record)
  // What is made by a route and never read begins empty.
  const seed = read.map.effect === 'read' ? seedOf(description, reads, examples, { key, document, name }) : []
  return {
    ...(key === '/id' ? {} : { key }),
    ...newKeyOf(id?.schema ?? {}),
    ...(document === null || new Set(seed.map((row) => row[document.slice(1)])).size < seed.length
      ? {}
      : { unique: [document] }),
    seed,
  }
}

function placeIn(description: Description, { proposal }: ImportedTool): Place {
  return placeOf(description, proposal.operation.answer, proposal.resource.words)
}

function listedIn(example: unknown, { pointer }: Place): readonly unknown[] {
  let node = example
  for (const token of pointer.split('/').slice(1)) node = isPart(node) ? node[token] : undefined
  return partsOf(node)
}

function placeOfField(record: RecordMap | undefined, field: string): string | null {
  const source = record?.fields[field]
  return source !== undefined && 'from' in source ? source.from : null
}

function newKeyOf(schema: Readonly<Record<string, unknown>>): Pick<StandInCollection, 'newKey'> {
  if (schema['format'] === 'uuid') return { newKey: 'uuid' }
  return typeOf(schema) === 'integer' || typeOf(schema) === 'number' ? {} : { newKey: 'text' }
}

function routeFor(
  description: Description,
  tool: ImportedTool,
  of: string,
  common: string,
  record: RecordMap | undefined,
): StandInRoute {
  const { map, proposal } = tool
  const { operation, resource } = proposal
  const does = doesOf(tool)
  const route: StandInRoute = { method: operation.method, path: operation.path, does, of }
  const { result } = map.native
  const items = map.answer?.items
  if (result !== undefined && result !== common) route.result = startOf(result)
  if (does === 'list') {
    if (items !== undefined && items !== '') route.items = items
    if (map.answer?.total !== undefined) route.total = map.answer.total
    if (map.paging !== undefined) route.paging = map.paging
    const filters = filtersFor(tool, record)
    return filters.length === 0 ? route : { ...route, filters }
  }
  // `/items/0`: one record that is answered in a list.
  const inList = items === undefined ? (result ?? '').slice(startOf(result ?? '').length) : `${items}/0`
  if (inList !== '') route.at = inList
  if (does !== 'create') {
    const id = map.args.find((arg) => 'from' in arg && /^\/(id|payable_id|receivable_id)$/.test(arg.from))
    const place = id === undefined ? null : placeOfArgument(id)
    if (place !== null && !('path' in place && place.path === 'id')) route.id = place
  }
  if (does === 'create' || does === 'update' || does === 'replace') {
    const { many, pointer } = placeOf(description, operation.body, resource.words)
    if (pointer !== '') route.from = many ? `${pointer}/0` : pointer
  }
  return route
}

/** `/items/0` begins at the root: a list cannot be where an answer begins. */
function startOf(result: string): string {
  return /\/0$/.test(result) ? '' : result
}

function doesOf({ map, proposal }: ImportedTool): StandInRoute['does'] {
  switch (proposal.resource.act) {
    case 'list':
      return 'list'
    case 'update':
      return map.merge === undefined ? 'update' : 'replace'
    case 'get':
    case 'delete':
      return proposal.resource.act
    default:
      return 'create'
  }
}

const FILTERS: Readonly<Record<string, { field: string; op: 'eq' | 'contains' | 'ge' | 'le' }>> = {
  '/name_contains': { field: '/name', op: 'contains' },
  '/document': { field: '/document', op: 'eq' },
  '/vendor_id': { field: '/vendor_id', op: 'eq' },
  '/customer_id': { field: '/customer_id', op: 'eq' },
  '/status': { field: '/status', op: 'eq' },
  '/due_from': { field: '/due_date', op: 'ge' },
  '/due_to': { field: '/due_date', op: 'le' },
  '/date_from': { field: '/date', op: 'ge' },
  '/date_to': { field: '/date', op: 'le' },
}

/** What a list is narrowed by, as far as a field of the record says the same. */
function filtersFor({ map }: ImportedTool, record: RecordMap | undefined): NonNullable<StandInRoute['filters']> {
  return map.args.flatMap((arg) => {
    const filter = 'from' in arg ? FILTERS[arg.from] : undefined
    const place = placeOfArgument(arg)
    const source = filter === undefined ? undefined : record?.fields[filter.field]
    if (filter === undefined || place === null || source === undefined || !('from' in source)) return []
    return [{ ...place, field: source.from, ...(filter.op === 'eq' ? {} : { op: filter.op }) }]
  })
}

function placeOfArgument(arg: ArgumentMap): StandInPlace | null {
  if ('path' in arg) return { path: arg.path }
  if ('query' in arg) return { query: arg.query }
  if ('to' in arg) return { to: arg.to }
  return 'header' in arg ? { header: arg.header } : null
}

/** A list that serves two tools keeps the filters of both. */
function filtersOf(before: StandInRoute, route: StandInRoute): Pick<StandInRoute, 'filters'> {
  const all = [...(before.filters ?? []), ...(route.filters ?? [])].map((filter) => JSON.stringify(filter))
  return all.length === 0 ? {} : { filters: [...new Set(all)].map((text) => JSON.parse(text)) }
}
