import { bareDocument, isCnpj, isCpf, punctuatedDocument } from '../brazilian-document.ts'
import { isRow, type Row, rowsOf, textOf } from '../row.ts'
import { type Company, found } from './company.ts'
import { invalid } from './fault.ts'
import { fieldsOf } from './field.ts'
import { idFilter } from './list.ts'

/** What a list shows of a contact (ContatosDadosBaseDTO): neither its e-mail, its address nor its types. */
const LISTED = ['id', 'nome', 'codigo', 'situacao', 'numeroDocumento', 'telefone', 'celular']
const STATES = ['A', 'E', 'I', 'S']
/** `criterio`: without it only those that were entered last come. */
const LAST_ENTERED = 20

export function contactList(company: Company, query: URLSearchParams): Row[] {
  const type = idFilter(query, 'idTipoContato')
  const words = query.get('pesquisa')?.toLowerCase()
  const document = query.get('numeroDocumento')
  const criterion = query.get('criterio') ?? '3'
  const all = [...company.contacts.values()]
  const rows = (criterion === '3' ? all.slice(-LAST_ENTERED) : all).filter(
    (row) =>
      (row['situacao'] === 'E') === (criterion === '2') &&
      (type === null || rowsOf(row['tiposContato']).some(({ id }) => id === type)) &&
      (document === null || bareDocument(textOf(row['numeroDocumento'])) === bareDocument(document)) &&
      (words === undefined ||
        ['nome', 'fantasia', 'codigo', 'email', 'numeroDocumento'].some((key) =>
          textOf(row[key]).toLowerCase().includes(words),
        )),
  )
  return rows.map((row) => Object.fromEntries(LISTED.map((key) => [key, row[key]])))
}

export function insertContact(company: Company, body: Row): number {
  const id = company.nextId()
  company.contacts.set(id, stored(company, id, body))
  return id
}

/** Replaces the whole record: what the body leaves out is emptied. */
export function replaceContact(company: Company, id: number, body: Row): void {
  found(company.contacts, id)
  company.contacts.set(id, stored(company, id, body))
}

export function changeState(company: Company, id: number, body: Row): void {
  const contact = found(company.contacts, id)
  const state = textOf(body['situacao'])
  if (!STATES.includes(state)) throw invalid('o contato', [{ element: 'situacao', msg: 'Situação inválida.' }])
  contact['situacao'] = state
}

export function removeContact(company: Company, id: number): void {
  found(company.contacts, id)
  const used = [company.accounts.pagar, company.accounts.receber].some((accounts) =>
    [...accounts.values()].some((row) => isRow(row['contato']) && row['contato']['id'] === id),
  )
  if (used) throw invalid('o contato', [{ element: 'id', msg: 'O contato possui movimentações.' }])
  company.contacts.delete(id)
}

function stored(company: Company, id: number, body: Row): Row {
  const fields = fieldsOf(body, 'o contato')
  const nome = fields.text('nome')
  const tipo = textOf(body['tipo'])
  const situacao = textOf(body['situacao'] ?? 'A')
  const document = bareDocument(textOf(body['numeroDocumento']))
  if (!['J', 'F', 'E'].includes(tipo)) fields.fail('tipo', 'Tipo de pessoa inválido.')
  if (!STATES.includes(situacao)) fields.fail('situacao', 'Situação inválida.')
  if (document !== '' && !(tipo === 'F' ? isCpf(document) : tipo === 'E' || isCnpj(document))) {
    fields.fail('numeroDocumento', 'CPF ou CNPJ inválido.')
  }
  const codigo = textOf(body['codigo'])
  const twin = [...company.contacts.values()].find((row) => row['codigo'] === codigo && row['id'] !== id)
  if (codigo !== '' && twin !== undefined) fields.fail('codigo', 'O código já está em uso por outro contato.')
  fields.done()
  const text = (key: string): string => textOf(body[key])
  return {
    id,
    nome,
    codigo,
    situacao,
    numeroDocumento: document === '' ? '' : punctuatedDocument(document),
    telefone: text('telefone'),
    celular: text('celular'),
    fantasia: text('fantasia'),
    tipo,
    indicadorIe: body['indicadorIe'] ?? 9,
    ie: text('ie'),
    rg: text('rg'),
    inscricaoMunicipal: text('inscricaoMunicipal'),
    orgaoEmissor: text('orgaoEmissor'),
    email: text('email'),
    emailNotaFiscal: text('emailNotaFiscal'),
    orgaoPublico: body['orgaoPublico'] ?? 'N',
    endereco: isRow(body['endereco']) ? body['endereco'] : {},
    tiposContato: rowsOf(body['tiposContato']).flatMap(
      (type) => company.contactTypes.find((known) => known['id'] === type['id']) ?? [],
    ),
  }
}
