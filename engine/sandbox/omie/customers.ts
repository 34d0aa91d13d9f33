import { bareDocument, isCnpj, isCpf, punctuatedDocument } from '../brazilian-document.ts'
import { isRow, type Row, rowsOf, textOf } from '../row.ts'
import type { Company } from './company.ts'
import { alreadyThere, invalidDocument, notFound, refused, requiredTag } from './fault.ts'
import { changedInfo, createdInfo, withinInfoDates } from './info.ts'
import { pageOf } from './page.ts'

// Customers and suppliers are one table (geral/clientes); the tags `Cliente` and `Fornecedor` tell them apart.

export function insertCustomer(company: Company, param: Row, now: number): Row {
  if (textOf(param['razao_social']) === '') throw requiredTag('razao_social')
  const integration = textOf(param['codigo_cliente_integracao'])
  const same = company.customers.find((row) => integration !== '' && row['codigo_cliente_integracao'] === integration)
  if (same !== undefined) throw alreadyThere('Cliente', 'Código de Integração', integration)
  const document = checkedDocument(param)
  const holder = document === '' ? undefined : byDocument(company, document)
  if (holder !== undefined) throw alreadyThere('Cliente', 'CPF/CNPJ', punctuatedDocument(document))
  const row: Row = {
    ...BLANK,
    ...withoutAutomatic(param),
    codigo_cliente_omie: company.nextCode(),
    codigo_cliente_integracao: integration,
    nome_fantasia: textOf(param['nome_fantasia']) || textOf(param['razao_social']),
    cnpj_cpf: punctuatedDocument(document),
    pessoa_fisica: document.length === 11 ? 'S' : 'N',
    dadosBancarios: { ...BLANK_BANK, ...nested(param['dadosBancarios']) },
    importado_api: 'S',
    info: createdInfo(now),
  }
  company.customers.push(row)
  return statusOf(row, 'Cliente cadastrado com sucesso!')
}

/** Only the tags that were sent change; a nested structure changes by its own tags. */
export function changeCustomer(company: Company, param: Row, now: number): Row {
  const row = customerOf(company, param)
  const document = param['cnpj_cpf'] === undefined ? undefined : checkedDocument(param)
  const holder = document ? byDocument(company, document) : undefined
  if (holder !== undefined && holder !== row) {
    throw alreadyThere('Cliente', 'CPF/CNPJ', punctuatedDocument(document ?? ''))
  }
  const { codigo_cliente_integracao: _, ...changes } = withoutAutomatic(param)
  Object.assign(row, changes, {
    dadosBancarios: { ...nested(row['dadosBancarios']), ...nested(param['dadosBancarios']) },
    info: changedInfo(row, now),
  })
  if (document !== undefined) {
    Object.assign(row, { cnpj_cpf: punctuatedDocument(document), pessoa_fisica: document.length === 11 ? 'S' : 'N' })
  }
  return statusOf(row, 'Cliente alterado com sucesso!')
}

export function upsertCustomer(company: Company, param: Row, now: number): Row {
  const known = findCustomer(company, param)
  return known === undefined ? insertCustomer(company, param, now) : changeCustomer(company, param, now)
}

export function upsertCustomerByDocument(company: Company, param: Row, now: number): Row {
  const document = checkedDocument(param)
  if (document === '') throw requiredTag('cnpj_cpf')
  const known = byDocument(company, document)
  if (known === undefined) return insertCustomer(company, param, now)
  return changeCustomer(company, { ...param, codigo_cliente_omie: known['codigo_cliente_omie'] }, now)
}

export function associateCustomer(company: Company, param: Row): Row {
  const row = customerOf(company, { codigo_cliente_omie: param['codigo_cliente_omie'] })
  row['codigo_cliente_integracao'] = textOf(param['codigo_cliente_integracao'])
  return statusOf(row, 'Código de integração associado com sucesso!')
}

export function removeCustomer(company: Company, param: Row): Row {
  const row = customerOf(company, param)
  const code = row['codigo_cliente_omie']
  const titles = [...company.titles.pagar, ...company.titles.receber]
  if (titles.some((title) => title.row['codigo_cliente_fornecedor'] === code)) {
    throw refused('Cliente não pode ser excluído: existem lançamentos para ele.')
  }
  company.customers.splice(company.customers.indexOf(row), 1)
  return statusOf(row, 'Cliente excluído com sucesso!')
}

export function readCustomer(company: Company, param: Row): Row {
  return structuredClone(customerOf(company, param, 200))
}

export function listCustomers(company: Company, param: Row): Row {
  return pageOf(param, 'clientes_cadastro', structuredClone(filtered(company, param)))
}

export function listCustomersBriefly(company: Company, param: Row): Row {
  const rows = filtered(company, param).map((row) => ({
    codigo_cliente: row['codigo_cliente_omie'],
    codigo_cliente_integracao: row['codigo_cliente_integracao'],
    razao_social: row['razao_social'],
    nome_fantasia: row['nome_fantasia'],
    cnpj_cpf: row['cnpj_cpf'],
  }))
  return pageOf(param, 'clientes_cadastro_resumido', rows)
}

/** By Omie's code, else by the integration code. */
export function findCustomer(company: Company, param: Row): Row | undefined {
  const code = param['codigo_cliente_omie']
  const integration = textOf(param['codigo_cliente_integracao'])
  if (typeof code === 'number' && code !== 0)
    return company.customers.find((row) => row['codigo_cliente_omie'] === code)
  if (integration === '') return undefined
  return company.customers.find((row) => row['codigo_cliente_integracao'] === integration)
}

function customerOf(company: Company, param: Row, status = 500): Row {
  const row = findCustomer(company, param)
  if (row !== undefined) return row
  const code = textOf(param['codigo_cliente_omie'])
  const integration = textOf(param['codigo_cliente_integracao'])
  if (code === '' && integration === '') throw requiredTag('codigo_cliente_omie')
  throw code !== ''
    ? notFound('Cliente', 'Código', code, status)
    : notFound('Cliente', 'Código de Integração', integration, status)
}

function filtered(company: Company, param: Row): Row[] {
  const filter = nested(param['clientesFiltro'])
  const tags = rowsOf(filter['tags']).map((tag) => textOf(tag['tag']).toLowerCase())
  return company.customers.filter((row) => {
    if (!withinInfoDates(row, param)) return false
    if (param['apenas_importado_api'] === 'S' && row['importado_api'] !== 'S') return false
    if (tags.length > 0 && !rowsOf(row['tags']).some((tag) => tags.includes(textOf(tag['tag']).toLowerCase()))) {
      return false
    }
    return Object.entries(filter).every(([tag, wanted]) => matches(tag, row[tag], wanted))
  })
}

function matches(tag: string, held: unknown, wanted: unknown): boolean {
  if (tag === 'tags' || wanted === '' || wanted === null) return true
  if (tag === 'cnpj_cpf') return bareDocument(textOf(held)) === bareDocument(textOf(wanted))
  if (['razao_social', 'nome_fantasia', 'email', 'cidade'].includes(tag)) {
    return textOf(held).toLowerCase().includes(textOf(wanted).toLowerCase())
  }
  return held === wanted
}

function checkedDocument(param: Row): string {
  const document = bareDocument(textOf(param['cnpj_cpf']))
  if (document !== '' && !isCnpj(document) && !isCpf(document)) throw invalidDocument()
  return document
}

function byDocument(company: Company, document: string): Row | undefined {
  return company.customers.find((row) => bareDocument(textOf(row['cnpj_cpf'])) === document)
}

function statusOf(row: Row, text: string): Row {
  return {
    codigo_cliente_omie: row['codigo_cliente_omie'],
    codigo_cliente_integracao: row['codigo_cliente_integracao'],
    codigo_status: '0',
    descricao_status: text,
  }
}

// `pessoa_fisica`, `importado_api` and `info` are "preenchimento automático - não informar" in the WSDL.
function withoutAutomatic(param: Row): Row {
  const { codigo_cliente_omie: _c, pessoa_fisica: _p, importado_api: _i, info: _n, ...rest } = param
  return rest
}

function nested(value: unknown): Row {
  return isRow(value) ? value : {}
}

const BLANK_BANK = {
  codigo_banco: '',
  agencia: '',
  conta_corrente: '',
  doc_titular: '',
  nome_titular: '',
  transf_padrao: 'N',
  cChavePix: '',
}
const BLANK = { email: '', telefone1_ddd: '', telefone1_numero: '', tags: [], inativo: 'N', bloquear_faturamento: 'N' }
