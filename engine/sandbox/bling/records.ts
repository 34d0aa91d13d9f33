import type { Row } from '../row.ts'
import { shownAccount } from './accounts.ts'
import { settlementsOf } from './borderos.ts'
import type { Company, Side } from './company.ts'

/**
 * Copies of what a company holds: `contatos`, `contas/pagar`, `contas/receber`, `categorias`, `contas-contabeis`, and
 * `baixas` (the lines of all borderôs, each with its side).
 */
export function recordsOf(company: Company | undefined, kind: string): readonly Row[] {
  if (company === undefined) return []
  const accounts = (side: Side): Row[] =>
    [...company.accounts[side].values()].map((row) => shownAccount(company, side, row))
  const kinds: Record<string, () => Row[]> = {
    contatos: () => [...company.contacts.values()],
    'contas/pagar': () => accounts('pagar'),
    'contas/receber': () => accounts('receber'),
    categorias: () => [...company.categories.values()],
    'contas-contabeis': () => [...company.financialAccounts.values()],
    baixas: () => settlementsOf(company),
  }
  return structuredClone(kinds[kind]?.() ?? [])
}
