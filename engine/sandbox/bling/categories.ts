import { numberOf, type Row } from '../row.ts'
import { type Company, found } from './company.ts'
import { fieldsOf } from './field.ts'

/** As a list shows them: without whether they are in use. */
export function categoryList(company: Company, query: URLSearchParams): Row[] {
  const kind = Number(query.get('tipo') ?? 0)
  return [...company.categories.values()]
    .filter(({ tipo }) => kind === 0 || tipo === kind)
    .map(({ situacao: _, ...row }) => row)
}

export function insertCategory(company: Company, body: Row): Row {
  const fields = fieldsOf(body, 'a categoria')
  const descricao = fields.text('descricao')
  const tipo = numberOf(body['tipo'])
  if (![1, 2, 3].includes(tipo)) fields.fail('tipo', 'Tipo inválido.')
  fields.done()
  const row = { id: company.nextId(), idCategoriaPai: numberOf(body['idCategoriaPai']), descricao, tipo }
  company.categories.set(row.id, { ...row, situacao: 1 })
  return row
}

export const categoryOf = (company: Company, id: number): Row => found(company.categories, id)
