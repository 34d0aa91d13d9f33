import type { Catalogue, CatalogueTool } from '../../engine/contract/catalogue.ts'
import type { Paging } from '../../engine/contract/erp.ts'
import { readPointer } from '../../engine/contract/pointer.ts'
import type { AnswerMap, RecordMap } from '../../engine/contract/tool.ts'
import { RECORDS, type UniversalRecord } from '../../engine/contract/universal/record.ts'
import { withoutRawNumbers } from './exact-json.ts'
import type { ErpDone, ErpPage } from './outcome.ts'
import { type PageRequest, pageOf, sliceOf } from './paging.ts'
import { recordOf } from './record.ts'

type Args = Readonly<Record<string, unknown>>

/** A tool's answers as universal records. */
export interface AnswerReader {
  /** The native items of an answer; null when it has none. */
  items(content: unknown, args: Args): unknown[] | null
  /** Whether an item that was asked for by its id is such a record at all. */
  isRecord(item: unknown): boolean
  one(item: unknown, args: Args): Record<string, unknown>
}

/** How a tool's answers are read; null for a tool that maps no record. Throws when the catalogue names what is not there. */
export function readerOf(catalogue: Catalogue, tool: CatalogueTool): AnswerReader | null {
  const { answer } = tool
  if (answer === undefined) return null
  const map = catalogue.records[answer.record]
  if (map === undefined) throw new Error(`record \`${answer.record}\` is not in the catalogue`)
  const record = universalOf(answer, map, tool)
  return {
    items: (content, args) => itemsOf(answer, content, args),
    isRecord: (item) => isOf(map.only, item),
    one: (item, args) => recordOf(record, map, item, args),
  }
}

function isOf(only: RecordMap['only'], item: unknown): boolean {
  if (only === undefined) return true
  const value = readPointer(item, only.pointer)
  return 'absent' in only ? value === undefined : value === only.equals
}

function universalOf(answer: AnswerMap, map: RecordMap, tool: CatalogueTool): UniversalRecord {
  const names = typeof map.record === 'string' ? [map.record] : (map.record ?? [answer.record])
  // Records named together have one shape; the tool's own entity says which is meant.
  const name = names.find((candidate) => candidate === tool.entity) ?? names[0] ?? answer.record
  const record = RECORDS[name]
  if (record === undefined) throw new Error(`record \`${name}\` is not in the vocabulary`)
  return record
}

function itemsOf(answer: AnswerMap, content: unknown, args: Args): unknown[] | null {
  if (answer.itemsArg !== undefined) return listOf(readPointer(args, answer.itemsArg))
  if (answer.items !== undefined) return listOf(readPointer(content, answer.items))
  return Array.isArray(content) ? content : null
}

function listOf(value: unknown): unknown[] | null {
  return Array.isArray(value) ? value : null
}

/** An empty answer of a tool that answers several. */
export function emptyDone(tool: CatalogueTool, args: Args): ErpDone {
  const { page, size } = askedPage(args)
  const many: ErpPage = { total_count: 0, page: 1, page_size: 0, has_next: false }
  const list: ErpPage = { total_count: 0, page, page_size: size, has_next: false }
  return { kind: 'done', data: [], page: tool.answerKind === 'list' ? list : many, answer: null, ageS: 0 }
}

/** One page of records. */
export function listDone(
  reader: AnswerReader,
  items: readonly unknown[],
  content: unknown,
  args: Args,
  paged: { paging: Paging; request: PageRequest; total: string | undefined } | null,
): ErpDone {
  const asked = askedPage(args)
  const part =
    paged === null
      ? sliceOf(items, asked.page, asked.size)
      : pageOf(paged.paging, paged.request, items, content, paged.total)
  const data = part.items.map((item) => reader.one(item, args))
  return { kind: 'done', data, page: part.page, answer: withoutRawNumbers(content), ageS: 0 }
}

/** All the records of an answer. */
export function manyDone(reader: AnswerReader, items: readonly unknown[], content: unknown, args: Args): ErpDone {
  const data = items.map((item) => reader.one(item, args))
  const page = { total_count: data.length, page: 1, page_size: data.length, has_next: false }
  return { kind: 'done', data, page, answer: withoutRawNumbers(content), ageS: 0 }
}

/** The page that the caller asks for. The schema gives the defaults; these stand where none was applied. */
export function askedPage(args: Args): { page: number; size: number } {
  return { page: positive(args['page'], 1), size: positive(args['page_size'], 50) }
}

function positive(value: unknown, otherwise: number): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : otherwise
}
