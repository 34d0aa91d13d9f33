import borderos from '../../../erps/bling/sandbox/borderos.json' with { type: 'json' }
import categorias from '../../../erps/bling/sandbox/categorias.json' with { type: 'json' }
import contas from '../../../erps/bling/sandbox/contas-contabeis.json' with { type: 'json' }
import pagar from '../../../erps/bling/sandbox/contas-pagar.json' with { type: 'json' }
import receber from '../../../erps/bling/sandbox/contas-receber.json' with { type: 'json' }
import contatos from '../../../erps/bling/sandbox/contatos.json' with { type: 'json' }
import tipos from '../../../erps/bling/sandbox/tipos.json' with { type: 'json' }
import { numberOf, type Row, rowsOf, type Seed } from '../row.ts'
import { missing } from './fault.ts'

export type Side = 'pagar' | 'receber'

/** What one account was settled with, as a line of its borderô. */
export interface Line {
  conta: number
  valorPago: number
  juros: number
  desconto: number
  acrescimo: number
  tarifa: number
}

/** A slip of settlements: one line where the API made it, several where a person settled many at once. */
export interface Bordero {
  row: Row
  lines: Line[]
}

/** One Bling account: all its data, apart from any other's. */
export interface Company {
  cnpj: string
  contacts: Map<number, Row>
  contactTypes: readonly Row[]
  accounts: Record<Side, Map<number, Row>>
  borderos: Map<number, Bordero>
  categories: Map<number, Row>
  financialAccounts: Map<number, Row>
  /** An id that no record has. */
  nextId(): number
}

export const companies: readonly string[] = Object.keys(contatos)

/** A company with a copy of its seed data. */
export function openCompany(cnpj: string): Company {
  let id = 16_000_000_000 + 1_000_000 * companies.indexOf(cnpj)
  return {
    cnpj,
    contacts: table(contatos, cnpj),
    contactTypes: copyOf(tipos, cnpj),
    accounts: { pagar: table(pagar, cnpj), receber: table(receber, cnpj) },
    borderos: new Map([...table(borderos, cnpj)].map(([key, row]) => [key, slipOf(row)])),
    categories: table(categorias, cnpj),
    financialAccounts: table(contas, cnpj),
    nextId: () => ++id,
  }
}

/** One record, or a 404. */
export function found<T>(records: ReadonlyMap<number, T>, id: number): T {
  const record = records.get(id)
  if (record === undefined) throw missing()
  return record
}

function slipOf({ linhas, ...row }: Row): Bordero {
  const lines = rowsOf(linhas).map((line) => ({
    conta: numberOf(line['conta']),
    valorPago: numberOf(line['valorPago']),
    juros: numberOf(line['juros']),
    desconto: numberOf(line['desconto']),
    acrescimo: numberOf(line['acrescimo']),
    tarifa: numberOf(line['tarifa']),
  }))
  return { row, lines }
}

function table(seed: Seed, cnpj: string): Map<number, Row> {
  return new Map(copyOf(seed, cnpj).map((row) => [numberOf(row['id']), row]))
}

function copyOf(seed: Seed, cnpj: string): Row[] {
  return structuredClone([...(seed[cnpj] ?? [])])
}
