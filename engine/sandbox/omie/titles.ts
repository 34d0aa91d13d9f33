import { centavos, dayInBrasilia, isRow, type Row, textOf } from '../row.ts'
import type { Company, Side, Title } from './company.ts'
import { findCustomer } from './customers.ts'
import { brazilianDay } from './date.ts'
import { alreadyThere, badValue, notFound, refused, requiredTag } from './fault.ts'
import { changedInfo, createdInfo } from './info.ts'
import { pageOf } from './page.ts'
import { settle } from './settlements.ts'
import { byIntegration, filteredTitles, shown, titleOf } from './title.ts'

const LIST_KEY = { pagar: 'conta_pagar_cadastro', receber: 'conta_receber_cadastro' } as const
const REGISTERED = { pagar: 'data_entrada', receber: 'data_registro' } as const

export function insertTitle(side: Side): (company: Company, param: Row, now: number) => Row {
  return (company, param, now) => {
    const integration = textOf(param['codigo_lancamento_integracao'])
    for (const tag of ['codigo_lancamento_integracao', 'data_vencimento', 'valor_documento', 'codigo_categoria']) {
      if (textOf(param[tag]) === '') throw requiredTag(tag)
    }
    if (byIntegration(company, side, integration) !== undefined) {
      throw alreadyThere('Lançamento', 'Código de Integração', integration)
    }
    const today = brazilianDay(dayInBrasilia(now))
    const title: Title = { row: {}, cancelled: false, settlements: [] }
    const { baixar_documento: _b, conciliar_documento: _c, pagamento: _p, recebimento: _r, ...cadastral } = param
    title.row = {
      data_emissao: today,
      [REGISTERED[side]]: today,
      data_previsao: param['data_vencimento'],
      numero_parcela: '001/001',
      ...checked(company, cadastral),
      codigo_lancamento_omie: company.nextCode(),
      id_origem: side === 'pagar' ? 'APIP' : 'APIR',
      importado_api: 'S',
      info: createdInfo(now),
    }
    if (title.row['id_conta_corrente'] === undefined) throw requiredTag('id_conta_corrente')
    if (title.row['codigo_cliente_fornecedor'] === undefined) throw requiredTag('codigo_cliente_fornecedor')
    // `baixar_documento` settles the title in the same call: money moves by an argument of a create.
    if (param['baixar_documento'] === 'S') settle(company, title, settlementWithin(side, param, title, today))
    company.titles[side].push(title)
    return statusOf(title, 'Lançamento cadastrado com sucesso!')
  }
}

/** Only the tags that were sent change. */
export function changeTitle(side: Side): (company: Company, param: Row, now: number) => Row {
  return (company, param, now) => {
    const title = titleOf(company, side, param, 'codigo_lancamento_omie')
    const { codigo_lancamento_omie: _o, codigo_lancamento_integracao: _i, ...changes } = checked(company, param)
    const { baixar_documento, conciliar_documento: _c, pagamento: _p, recebimento: _r, ...cadastral } = changes
    const value = cadastral['valor_documento']
    if (title.settlements.length > 0 && value !== undefined && value !== title.row['valor_documento']) {
      throw refused('Lançamento com baixa não pode ter o valor alterado.')
    }
    Object.assign(title.row, cadastral, { info: changedInfo(title.row, now) })
    const today = brazilianDay(dayInBrasilia(now))
    if (baixar_documento === 'S') settle(company, title, settlementWithin(side, param, title, today))
    return statusOf(title, 'Lançamento alterado com sucesso!')
  }
}

export function upsertTitle(side: Side): (company: Company, param: Row, now: number) => Row {
  return (company, param, now) => {
    const known =
      typeof param['codigo_lancamento_omie'] === 'number' ||
      byIntegration(company, side, textOf(param['codigo_lancamento_integracao'])) !== undefined
    return (known ? changeTitle(side) : insertTitle(side))(company, param, now)
  }
}

export function removeTitle(side: Side): (company: Company, param: Row) => Row {
  return (company, param) => {
    const title = titleOf(company, side, param, 'codigo_lancamento_omie')
    if (title.settlements.length > 0) throw refused('Lançamento não pode ser excluído: existe baixa para ele.')
    company.titles[side].splice(company.titles[side].indexOf(title), 1)
    return statusOf(title, 'Lançamento excluído com sucesso!')
  }
}

export function readTitle(side: Side): (company: Company, param: Row, now: number) => Row {
  return (company, param, now) => shown(side, titleOf(company, side, param, 'codigo_lancamento_omie', 200), now)
}

export function listTitles(side: Side): (company: Company, param: Row, now: number) => Row {
  return (company, param, now) => {
    const rows = filteredTitles(company, side, param, now).map((title) => shown(side, title, now))
    return pageOf(param, LIST_KEY[side], rows)
  }
}

/** Only receivables have it (CancelarContaReceber). */
export function cancelTitle(company: Company, param: Row, now: number): Row {
  const title = titleOf(company, 'receber', param, 'codigo_lancamento_omie')
  if (title.settlements.length > 0) throw refused('Lançamento não pode ser cancelado: existe baixa para ele.')
  title.cancelled = true
  title.row['info'] = changedInfo(title.row, now)
  return statusOf(title, 'Lançamento cancelado com sucesso!')
}

function checked(company: Company, param: Row): Row {
  const { status_titulo: _s, info: _n, importado_api: _i, id_origem: _o, valor_pag: _v, ...row } = param
  const holder = { codigo_cliente_omie: row['codigo_cliente_fornecedor'] }
  const integration = textOf(row['codigo_cliente_fornecedor_integracao'])
  if (typeof holder.codigo_cliente_omie === 'number' || integration !== '') {
    const found = findCustomer(company, { ...holder, codigo_cliente_integracao: integration })
    if (found === undefined) throw notFound('Cliente', 'Código', textOf(holder.codigo_cliente_omie) || integration)
    row['codigo_cliente_fornecedor'] = found['codigo_cliente_omie']
  }
  const account = row['id_conta_corrente']
  if (account !== undefined && !company.accounts.some((one) => one['nCodCC'] === account)) {
    throw notFound('Conta Corrente', 'Código', textOf(account))
  }
  const category = row['codigo_categoria']
  if (category !== undefined && !company.categories.some((one) => one['codigo'] === category)) {
    throw notFound('Categoria', 'Código', textOf(category))
  }
  const value = row['valor_documento']
  if (value !== undefined && centavos(value) <= 0) throw badValue('valor_documento')
  return row
}

function settlementWithin(side: Side, param: Row, title: Title, today: string): Row {
  const given = param[side === 'pagar' ? 'pagamento' : 'recebimento']
  return {
    codigo_conta_corrente: title.row['id_conta_corrente'],
    valor: title.row['valor_documento'],
    data: today,
    ...(isRow(given) ? given : {}),
  }
}

function statusOf(title: Title, text: string): Row {
  return {
    codigo_lancamento_omie: title.row['codigo_lancamento_omie'],
    codigo_lancamento_integracao: title.row['codigo_lancamento_integracao'] ?? '',
    codigo_status: '0',
    descricao_status: text,
  }
}
