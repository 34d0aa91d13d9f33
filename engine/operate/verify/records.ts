import type { Catalogue, CatalogueTool } from '../../contract/catalogue.ts'
import { readPointer } from '../../contract/pointer.ts'
import { ENTITIES } from '../../contract/vocabulary.ts'
import type { Calls, Came } from './calls.ts'
import { FRESH_SIZE } from './fresh.ts'
import { largestPage, propertiesOf } from './values.ts'
import { NotTried, Wrong } from './verdict.ts'

export type Row = Record<string, unknown>

/** Reads records by the tools there are. */
export interface Records {
  tool(name: string): CatalogueTool | undefined
  /** The first page of an entity's list, by a request that was not made before. @throws Wrong, NotTried */
  list(entity: string, narrowed?: Record<string, unknown>): Promise<Row[]>
  /** The record as it stands now; null where there is none. @throws Wrong, NotTried */
  read(entity: string, id: string, narrowed?: Record<string, unknown>): Promise<Row | null>
  /** Like `read` until it holds: some ERPs show a write later. */
  settled(
    entity: string,
    id: string,
    holds: (row: Row | null) => boolean,
    narrowed?: Record<string, unknown>,
  ): Promise<Row | null>
  /** The read tools that `read` uses for an entity. */
  readers(entity: string): string[]
}

export const ABSENT: ReadonlySet<string> = new Set(['erp_not_found', 'erp_empty'])
/** An ERP that asks not to be asked the same again so soon. */
const AGAIN: ReadonlySet<string> = new Set(['erp_rate_limited', 'erp_busy', 'erp_blocked'])
/** How often, and how long after each other in milliseconds, a record is looked at that does not hold yet. */
const [LOOKS, PAUSE_MS] = [6, 250]
/** Sizes of a page that are asked for, one after the other, so that no two requests are alike. */
const [LEAST_SIZE, MOST_SIZE] = [21, FRESH_SIZE - 1]

export function openRecords(catalogue: Catalogue, calls: Calls): Records {
  let asked = 0
  // Such an ERP is asked for one record once, which a write's own look before it may need.
  const once = catalogue.erp.limits.some(({ onHit }) => onHit === 'cache')
  const tool = (name: string): CatalogueTool | undefined => catalogue.tools[name]
  const listTool = (entity: string): CatalogueTool | undefined => tool(`get_${ENTITIES[entity]}_list`)
  const idTool = (entity: string): CatalogueTool | undefined => tool(`get_${entity}_by_id`)

  async function list(entity: string, narrowed: Record<string, unknown> = {}): Promise<Row[]> {
    const found = listTool(entity)
    if (found === undefined) throw new NotTried(`there is no list of ${ENTITIES[entity] ?? entity}`)
    const names = propertiesOf(found)
    const fitting = Object.entries(narrowed).filter(([name]) => names.includes(name))
    const size = Math.min(largestPage(found), LEAST_SIZE + (asked % (MOST_SIZE - LEAST_SIZE)))
    asked += 1
    const args = { ...Object.fromEntries(fitting), ...(names.includes('page_size') ? { page_size: size } : {}) }
    const came = await calls.call(found.name, args)
    return rowsOf(found.name, came)
  }

  async function read(entity: string, id: string, narrowed?: Record<string, unknown>): Promise<Row | null> {
    const byId = idTool(entity)
    if (byId !== undefined && !(once && listTool(entity) !== undefined)) {
      const came = await calls.call(byId.name, { id })
      if (came.kind === 'done') return isRow(came.data) ? came.data : null
      if (ABSENT.has(came.code)) return null
      if (!AGAIN.has(came.code)) throw refused(byId.name, came)
    }
    const rows = await list(entity, narrowed)
    return rows.find((row) => row['id'] === id) ?? null
  }

  return {
    tool,
    list,
    read,
    async settled(entity, id, holds, narrowed) {
      for (let look = 1; ; look += 1) {
        const row = await read(entity, id, narrowed)
        if (holds(row) || look === LOOKS) return row
        await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
      }
    },
    readers: (entity) =>
      (once ? [listTool(entity), idTool(entity)] : [idTool(entity), listTool(entity)]).flatMap((one) =>
        one === undefined ? [] : [one.name],
      ),
  }
}

/** The records of an answer; none where the ERP says that there are none. @throws Wrong */
export function rowsOf(tool: string, came: Came): Row[] {
  if (came.kind === 'refused') {
    if (ABSENT.has(came.code)) return []
    throw refused(tool, came)
  }
  if (Array.isArray(came.data)) return came.data.filter(isRow)
  return isRow(came.data) ? [came.data] : []
}

export function refused(tool: string, { code, message }: Extract<Came, { kind: 'refused' }>): Wrong {
  return new Wrong(`\`${tool}\` answered \`${code}\`${message === '' ? '' : `: ${message}`}`)
}

/** The identifier that a write answers. @throws Wrong where it answers none, or was refused */
export function writtenId(tool: string, came: Came): string {
  if (came.kind === 'refused') throw refusedWrite(tool, came)
  const [first] = Array.isArray(came.data) ? came.data : [came.data]
  const id = readPointer(first, '/id')
  if (typeof id !== 'string' || id === '') throw new Wrong(`\`${tool}\` answered no identifier`)
  return id
}

export function isRow(value: unknown): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Fields that a record shows and that are not as they were written. Those the ERP does not show are left out. */
export function differing(catalogue: Catalogue, reader: string, written: Row, row: Row): string[] {
  const answer = catalogue.tools[reader]?.answer
  const shown = answer === undefined ? {} : (catalogue.records[answer.record]?.fields ?? {})
  return Object.keys(written).filter((name) => {
    const field = shown[`/${name}`]
    return (
      field !== undefined && !('const' in field) && name !== 'id' && name !== 'reference' && row[name] !== written[name]
    )
  })
}

/** What a write was refused for that had looked at its record before. @throws Wrong, NotTried */
export function refusedWrite(tool: string, came: Extract<Came, { kind: 'refused' }>): Error {
  const soon = came.code === 'resolve_failed' && /\(rate_limited\)/.test(came.message)
  return soon
    ? new NotTried('the ERP shows a record once a minute, and it was looked at just now')
    : refused(tool, came)
}
