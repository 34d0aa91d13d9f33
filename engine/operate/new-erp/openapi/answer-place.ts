import type { Paging } from '../../../contract/erp.ts'
import type { UniversalTool } from '../../../contract/universal/tool-kind.ts'
import type { FoundPaging } from './paging.ts'
import type { Place } from './schema.ts'

/** Where an answer is read, as tools.yaml says it. */
export interface AnswerPlace {
  /** Where its content begins; null: where `request.result` says. */
  result: string | null
  /** Pointer to the list below that; null: it is one record. */
  items: string | null
}

/** The place most answers have what they hold at: `/data`; '' where they have nothing in common. */
export function commonResult(places: readonly Place[]): string {
  const [first] = places.filter(({ many, pointer }) => !many && pointer !== '')
  if (first === undefined) return ''
  return places.filter(({ pointer }) => pointer === first.pointer).length * 2 > places.length ? first.pointer : ''
}

/** `common`: what erp.yaml says of all. A list that tells its pages beside itself is read from the root. */
export function answerPlace(
  tool: UniversalTool,
  place: Place,
  common: string,
  paging: FoundPaging | null,
): AnswerPlace {
  const { many, pointer } = place
  if (tool.effect !== 'read') {
    const result = many ? `${pointer}/0` : pointer
    return { result: result === common ? null : result, items: null }
  }
  if (!many) {
    const items = tool.answer === 'one' ? null : pointer
    if (items !== null) return { result: common === '' ? null : '', items }
    return { result: pointer === common ? null : pointer, items: null }
  }
  const beside = tool.answer === 'list' && common !== '' && tellsBeside(paging, common)
  const below = pointer === common || pointer.startsWith(`${common}/`)
  return below && !beside ? { result: null, items: pointer.slice(common.length) } : { result: '', items: pointer }
}

function tellsBeside(found: FoundPaging | null, common: string): boolean {
  const pages = found?.paging.style === 'page' ? found.paging.pages : undefined
  return [pages, found?.total].some((each) => typeof each === 'string' && !each.startsWith(`${common}/`))
}

/** The same paging with pointers below where the answer is read. */
export function pagingBelow({ paging, total }: FoundPaging, start: string): { paging: Paging; total: string | null } {
  const cut = (pointer: string): string | null =>
    start === '' || pointer.startsWith(`${start}/`) ? pointer.slice(start.length) : null
  const own = total === null ? null : cut(total)
  if (paging.style === 'offset' || paging.pages === undefined) return { paging, total: own }
  const { pages, ...rest } = paging
  const kept = cut(pages)
  return { paging: kept === null ? rest : { ...rest, pages: kept }, total: own }
}
