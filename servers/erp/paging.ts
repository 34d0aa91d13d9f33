import type { Paging } from '../../engine/contract/erp.ts'
import { readPointer } from '../../engine/contract/pointer.ts'
import type { ArgumentMap } from '../../engine/contract/tool.ts'
import { scalarText } from './exact-json.ts'
import type { ErpPage } from './outcome.ts'

/** One page of a list: which, and what is put into the request for it. */
export interface PageRequest {
  page: number
  size: number
  args: ArgumentMap[]
}

/** The page the caller asks for. A size above what the ERP can give is cut; the result tells the size used. */
export function pageRequest(paging: Paging, page: number, wanted: number): PageRequest {
  const size = Math.min(wanted, paging.max)
  if (paging.style === 'page') {
    return {
      page,
      size,
      args: [
        { ...paging.page, const: page },
        { ...paging.size, const: size },
      ],
    }
  }
  return {
    page,
    size,
    args: [
      { ...paging.offset, const: (page - 1) * size },
      { ...paging.size, const: size + 1 },
    ],
  }
}

/** The records of the page and what is known about the rest. */
export function pageOf(
  paging: Paging,
  request: PageRequest,
  items: readonly unknown[],
  content: unknown,
  totalAt: string | undefined,
): { items: unknown[]; page: ErpPage } {
  const { page, size } = request
  const total = count(totalAt === undefined ? undefined : readPointer(content, totalAt))
  return { items: items.slice(0, size), page: { total_count: total, page, page_size: size, has_next: hasNext() } }

  function hasNext(): boolean {
    if (paging.style === 'offset') return items.length > size
    const pages = count(paging.pages === undefined ? undefined : readPointer(content, paging.pages))
    if (pages !== null) return page < pages
    return total === null ? items.length >= size : page * size < total
  }
}

/** A page out of a list that the ERP always answers whole. */
export function sliceOf(items: readonly unknown[], page: number, size: number): { items: unknown[]; page: ErpPage } {
  return {
    items: items.slice((page - 1) * size, page * size),
    page: { total_count: items.length, page, page_size: size, has_next: page * size < items.length },
  }
}

function count(value: unknown): number | null {
  const text = scalarText(value)
  return text !== null && /^[0-9]{1,15}$/.test(text) ? Number(text) : null
}
