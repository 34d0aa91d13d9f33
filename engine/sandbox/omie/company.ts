import categorias from '../../../erps/omie/sandbox/categorias.json' with { type: 'json' }
import clientes from '../../../erps/omie/sandbox/clientes.json' with { type: 'json' }
import contacorrente from '../../../erps/omie/sandbox/contacorrente.json' with { type: 'json' }
import contapagar from '../../../erps/omie/sandbox/contapagar.json' with { type: 'json' }
import contareceber from '../../../erps/omie/sandbox/contareceber.json' with { type: 'json' }
import departamentos from '../../../erps/omie/sandbox/departamentos.json' with { type: 'json' }
import { type Row, rowsOf, type Seed } from '../row.ts'

/** One settlement (baixa) of a title. */
export interface Settlement {
  codigo_baixa: number
  codigo_baixa_integracao: string
  codigo_conta_corrente: number
  valor: number
  desconto: number
  juros: number
  multa: number
  data: string
  observacao: string
  conciliado: 'S' | 'N'
}

/** A payable or receivable with what was settled of it. */
export interface Title {
  row: Row
  cancelled: boolean
  settlements: Settlement[]
}

export type Side = 'pagar' | 'receber'

/** One company (an Omie `aplicativo`): all its data, apart from any other's. */
export interface Company {
  cnpj: string
  customers: Row[]
  titles: Record<Side, Title[]>
  categories: Row[]
  departments: Row[]
  accounts: Row[]
  /** A code no record of this company has. */
  nextCode(): number
}

const seeds = { clientes, contapagar, contareceber, categorias, departamentos, contacorrente } satisfies Record<
  string,
  Seed
>

export const companies: readonly string[] = Object.keys(clientes)

/** A company with a copy of its seed data. */
export function openCompany(cnpj: string): Company {
  let code = 9_000_000 + 1_000_000 * companies.indexOf(cnpj)
  return {
    cnpj,
    customers: copyOf(seeds.clientes, cnpj),
    titles: { pagar: titlesOf(seeds.contapagar, cnpj), receber: titlesOf(seeds.contareceber, cnpj) },
    categories: copyOf(seeds.categorias, cnpj),
    departments: copyOf(seeds.departamentos, cnpj),
    accounts: copyOf(seeds.contacorrente, cnpj),
    nextCode: () => ++code,
  }
}

function titlesOf(seed: Seed, cnpj: string): Title[] {
  return copyOf(seed, cnpj).map(({ baixas, cancelado, ...row }) => ({
    row,
    cancelled: cancelado === true,
    settlements: rowsOf(baixas).map(seededSettlement),
  }))
}

function seededSettlement(row: Row): Settlement {
  const { codigo_baixa, codigo_conta_corrente, valor, data } = row
  return {
    codigo_baixa: Number(codigo_baixa),
    codigo_baixa_integracao: '',
    codigo_conta_corrente: Number(codigo_conta_corrente),
    valor: Number(valor),
    desconto: 0,
    juros: 0,
    multa: 0,
    data: String(data).split('-').reverse().join('/'),
    observacao: '',
    conciliado: 'N',
  }
}

function copyOf(seed: Seed, cnpj: string): Row[] {
  return structuredClone([...(seed[cnpj] ?? [])])
}
