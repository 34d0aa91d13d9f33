import { bareDocument } from '../brazilian-document.ts'
import { centavos, dayInBrasilia, type Row, textOf } from '../row.ts'
import type { Company, Side, Title } from './company.ts'
import { isoDay } from './date.ts'
import { badValue, notFound, requiredTag } from './fault.ts'
import { withinInfoDates } from './info.ts'

/** What is still owed, in centavos: a discount settles as money does, interest and fine come on top. */
export function openCentavos(title: Title): number {
  const settled = title.settlements.reduce((sum, one) => sum + centavos(one.valor) + centavos(one.desconto), 0)
  return Math.max(0, centavos(title.row['valor_documento']) - settled)
}

/** A title as Consultar* and Listar* show it; its status follows from the clock and the settlements. */
export function shown(side: Side, title: Title, now: number): Row {
  return {
    ...structuredClone(title.row),
    status_titulo: statusOf(side, title, now),
    ...(side === 'pagar' && { valor_pag: openCentavos(title) / 100 }),
  }
}

export function statusOf(side: Side, title: Title, now: number): string {
  if (title.cancelled) return 'CANCELADO'
  if (openCentavos(title) === 0) return side === 'pagar' ? 'PAGO' : 'RECEBIDO'
  if (title.settlements.length > 0) return 'PAGTO_PARCIAL'
  return { ATRASADO: 'ATRASADO', VENCEHOJE: 'VENCE HOJE', AVENCER: 'A VENCER' }[dueState(title, now)]
}

/** By Omie's code, else by the integration code; `codeTag` differs between reading and settling. */
export function titleOf(company: Company, side: Side, param: Row, codeTag: string, status = 500): Title {
  const code = param[codeTag]
  const integration = textOf(param['codigo_lancamento_integracao'])
  if (typeof code === 'number' && code !== 0) {
    const found = company.titles[side].find((title) => title.row['codigo_lancamento_omie'] === code)
    if (found === undefined) throw notFound('Lançamento', 'Código', code, status)
    return found
  }
  if (integration === '') throw requiredTag(codeTag)
  const found = byIntegration(company, side, integration)
  if (found === undefined) throw notFound('Lançamento', 'Código de Integração', integration, status)
  return found
}

export function byIntegration(company: Company, side: Side, code: string): Title | undefined {
  return company.titles[side].find((title) => title.row['codigo_lancamento_integracao'] === code)
}

/** Those a Listar* asks for. There is no filter by due date; `filtrar_por_data_*` looks at inclusion and alteration. */
export function filteredTitles(company: Company, side: Side, param: Row, now: number): Title[] {
  const document = bareDocument(textOf(param['filtrar_por_cpf_cnpj']))
  const holders = company.customers.filter((row) => bareDocument(textOf(row['cnpj_cpf'])) === document)
  const status = textOf(param['filtrar_por_status'])
  return company.titles[side]
    .filter((title) => {
      const { row } = title
      if (!withinInfoDates(row, param)) return false
      if (param['apenas_importado_api'] === 'S' && row['importado_api'] !== 'S') return false
      if (!sameWhereAsked(param['filtrar_cliente'], row['codigo_cliente_fornecedor'])) return false
      if (!sameWhereAsked(param['filtrar_conta_corrente'], row['id_conta_corrente'])) return false
      if (document !== '' && !holders.some((one) => one['codigo_cliente_omie'] === row['codigo_cliente_fornecedor'])) {
        return false
      }
      if (param['filtrar_apenas_titulos_em_aberto'] === 'S' && !hasStatus(title, 'EMABERTO', now)) return false
      if (!between(row['data_emissao'], param['filtrar_por_emissao_de'], param['filtrar_por_emissao_ate'])) return false
      const registered = row[side === 'pagar' ? 'data_entrada' : 'data_registro']
      if (!between(registered, param['filtrar_por_registro_de'], param['filtrar_por_registro_ate'])) return false
      return status === '' || hasStatus(title, status, now)
    })
    .sort(ordered(textOf(param['ordenar_por']), param['ordem_descrescente'] === 'S'))
}

function hasStatus(title: Title, status: string, now: number): boolean {
  const open = openCentavos(title) > 0
  if (status === 'CANCELADO') return title.cancelled
  if (status === 'PAGO' || status === 'LIQUIDADO' || status === 'RECEBIDO') return !title.cancelled && !open
  const waiting = !title.cancelled && open
  if (status === 'EMABERTO') return waiting
  if (status === 'PAGTO_PARCIAL') return waiting && title.settlements.length > 0
  if (status === 'VENCEHOJE' || status === 'AVENCER' || status === 'ATRASADO') {
    return waiting && dueState(title, now) === status
  }
  throw badValue('filtrar_por_status')
}

function dueState(title: Title, now: number): 'ATRASADO' | 'VENCEHOJE' | 'AVENCER' {
  const due = isoDay(textOf(title.row['data_vencimento'])) ?? ''
  const today = dayInBrasilia(now)
  return due < today ? 'ATRASADO' : due === today ? 'VENCEHOJE' : 'AVENCER'
}

function sameWhereAsked(wanted: unknown, held: unknown): boolean {
  return wanted === undefined || wanted === null || wanted === 0 || wanted === held
}

function between(held: unknown, from: unknown, to: unknown): boolean {
  const day = isoDay(textOf(held)) ?? ''
  return day >= (isoDay(textOf(from)) ?? '') && day <= (isoDay(textOf(to)) ?? '9999')
}

function ordered(by: string, descending: boolean): (a: Title, b: Title) => number {
  const tag = by === 'CODIGO_INTEGRACAO' ? 'codigo_lancamento_integracao' : 'codigo_lancamento_omie'
  return (a, b) => {
    const order = textOf(a.row[tag]).localeCompare(textOf(b.row[tag]), 'en', { numeric: true })
    return descending ? -order : order
  }
}
