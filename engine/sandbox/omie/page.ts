import type { Row } from '../row.ts'
import { emptyPage } from './fault.ts'

/** Omie's help asks for at most 500 a page; more is cut to that. */
export const PAGE_CAP = 500

/** One page as every Listar* of the older services answers it; an empty one is the fault 5113. */
export function pageOf(param: Row, key: string, rows: readonly Row[]): Row {
  const page = Math.max(1, Number(param['pagina'] ?? 1))
  const size = Math.min(PAGE_CAP, Math.max(1, Number(param['registros_por_pagina'] ?? 50)))
  const shown = rows.slice((page - 1) * size, page * size)
  if (shown.length === 0) throw emptyPage(page)
  return {
    pagina: page,
    total_de_paginas: Math.ceil(rows.length / size),
    registros: shown.length,
    total_de_registros: rows.length,
    [key]: shown,
  }
}
