import type { Row } from '../row.ts'
import type { Company, Side } from './company.ts'
import { shown } from './title.ts'

/**
 * Copies of what a company holds: `clientes`, `contapagar`, `contareceber`, `categorias`, `departamentos`,
 * `contacorrente`, and `baixas` (the settlements of both sides, each with its title's code).
 */
export function recordsOf(company: Company | undefined, kind: string, now: number): readonly Row[] {
  if (company === undefined) return []
  const titles = (side: Side): Row[] => company.titles[side].map((title) => shown(side, title, now))
  const kinds: Record<string, () => Row[]> = {
    clientes: () => company.customers,
    contapagar: () => titles('pagar'),
    contareceber: () => titles('receber'),
    categorias: () => company.categories,
    departamentos: () => company.departments,
    contacorrente: () => company.accounts,
    baixas: () => [...settlements(company, 'pagar'), ...settlements(company, 'receber')],
  }
  return structuredClone(kinds[kind]?.() ?? [])
}

function settlements(company: Company, side: Side): Row[] {
  return company.titles[side].flatMap((title) =>
    title.settlements.map((one) => ({
      codigo_lancamento_omie: title.row['codigo_lancamento_omie'],
      lado: side,
      ...one,
    })),
  )
}
