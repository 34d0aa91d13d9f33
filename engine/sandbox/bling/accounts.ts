import { centavos, dayInBrasilia, isRow, numberOf, type Row, textOf } from '../row.ts'
import { type Company, found, type Side } from './company.ts'
import { invalid } from './fault.ts'
import { fieldsOf } from './field.ts'
import { idFilter, period } from './list.ts'

/** Aberto, Pago, Parcial, Cancelado. */
const [OPEN, PAID, PARTIAL, CANCELLED] = [1, 2, 3, 5] as const
const SUBJECT = 'a conta'

/** As a read by id shows it, with what follows from the borderôs. */
export function shownAccount(company: Company, side: Side, row: Row): Row {
  const id = numberOf(row['id'])
  const borderos = [...company.borderos].filter(([, { lines }]) => lines.some(({ conta }) => conta === id))
  const shown = {
    ...row,
    situacao: stateOf(row, openCentavos(company, row)),
    saldo: openCentavos(company, row) / 100,
    borderos: borderos.map(([key]) => key),
  }
  return side === 'pagar' ? shown : { ...shown, contato: contactOf(company, row) }
}

/** As a list shows it (ContasPagarDadosBaseDTO, ContasReceberDadosBaseDTO): neither its balance, category nor words. */
export function listedAccount(company: Company, side: Side, row: Row): Row {
  const { id, situacao, vencimento, valor, contato, dataEmissao } = shownAccount(company, side, row)
  const base = { id, situacao, vencimento, valor, contato }
  return side === 'pagar' ? base : { ...base, dataEmissao }
}

/** What is still open of it, in centavos. */
export function openCentavos(company: Company, row: Row): number {
  const id = numberOf(row['id'])
  const lines = [...company.borderos.values()].flatMap((bordero) => bordero.lines.filter(({ conta }) => conta === id))
  return centavos(row['valor']) - lines.reduce((sum, { valorPago }) => sum + centavos(valorPago), 0)
}

export function accountList(company: Company, side: Side, query: URLSearchParams, now: number): Row[] {
  const contact = idFilter(query, 'idContato')
  const chosen = side === 'pagar' ? payablePeriods(query) : receivablePeriod(query, now)
  const states = query.getAll(side === 'pagar' ? 'situacao' : 'situacoes[]').map(Number)
  return [...company.accounts[side].values()]
    .filter((row) => chosen(row))
    .map((row) => listedAccount(company, side, row))
    .filter(
      ({ situacao, contato }) =>
        (states.length === 0 || states.includes(numberOf(situacao))) &&
        (contact === null || (isRow(contato) && contato['id'] === contact)),
    )
}

function payablePeriods(query: URLSearchParams): (row: Row) => boolean {
  const issued = period(query, 'dataEmissaoInicial', 'dataEmissaoFinal')
  const due = period(query, 'dataVencimentoInicial', 'dataVencimentoFinal')
  return (row) => issued(row['dataEmissao']) && due(row['vencimento'])
}

/** One period, of the dates that `tipoFiltroData` names; where an end is left out, it is a year ago or today. */
function receivablePeriod(query: URLSearchParams, now: number): (row: Row) => boolean {
  const given = new URLSearchParams(query)
  if (!given.has('dataInicial')) given.set('dataInicial', dayInBrasilia(now - 365 * 86_400_000))
  if (!given.has('dataFinal')) given.set('dataFinal', dayInBrasilia(now))
  const within = period(given, 'dataInicial', 'dataFinal')
  return (row) => within(row[given.get('tipoFiltroData') === 'V' ? 'vencimento' : 'dataEmissao'])
}

export function insertAccount(company: Company, side: Side, body: Row, now: number): number {
  const id = company.nextId()
  const ocorrencia = isRow(body['ocorrencia']) ? body['ocorrencia'] : { tipo: 1 }
  company.accounts[side].set(id, { ...stored(company, id, body, now), situacao: OPEN, ocorrencia })
  return id
}

/** Replaces the whole record but for its recurrence, which an update leaves alone. */
export function replaceAccount(company: Company, side: Side, id: number, body: Row, now: number): void {
  const before = found(company.accounts[side], id)
  if (openCentavos(company, before) !== centavos(before['valor'])) throw refused('A conta possui pagamentos.')
  const { situacao, ocorrencia, vencimentoOriginal } = before
  company.accounts[side].set(id, { ...stored(company, id, body, now), situacao, ocorrencia, vencimentoOriginal })
}

export function removeAccount(company: Company, side: Side, id: number): void {
  const row = found(company.accounts[side], id)
  if (openCentavos(company, row) !== centavos(row['valor'])) throw refused('A conta possui pagamentos.')
  company.accounts[side].delete(id)
}

function stored(company: Company, id: number, body: Row, now: number): Row {
  const fields = fieldsOf(body, SUBJECT)
  const row = {
    id,
    vencimento: fields.date('vencimento'),
    valor: fields.money('valor'),
    contato: { id: fields.id('contato', company.contacts) },
    dataEmissao: body['dataEmissao'] === undefined ? dayInBrasilia(now) : fields.date('dataEmissao'),
    vencimentoOriginal: body['vencimento'],
    numeroDocumento: textOf(body['numeroDocumento']),
    competencia: body['competencia'] === undefined ? body['vencimento'] : fields.date('competencia'),
    historico: textOf(body['historico']),
    numeroBanco: '',
    portador: { id: fields.id('portador', company.financialAccounts, true) },
    categoria: { id: fields.id('categoria', company.categories, true) },
  }
  fields.done()
  return row
}

function stateOf(row: Row, open: number): unknown {
  if (row['situacao'] === CANCELLED) return CANCELLED
  if (open <= 0) return PAID
  return open < centavos(row['valor']) ? PARTIAL : row['situacao']
}

function contactOf(company: Company, row: Row): unknown {
  const id = isRow(row['contato']) ? numberOf(row['contato']['id']) : 0
  const { nome = '', numeroDocumento = '', tipo = '' } = company.contacts.get(id) ?? {}
  return { id, nome, numeroDocumento, tipo }
}

export function refused(msg: string): Error {
  return invalid(SUBJECT, [{ element: 'id', msg }])
}
