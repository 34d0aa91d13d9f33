import { centavos, numberOf, type Row, textOf } from '../row.ts'
import type { Company, Settlement, Side, Title } from './company.ts'
import { alreadyThere, badValue, notFound, refused, requiredTag } from './fault.ts'
import { openCentavos, titleOf } from './title.ts'

/** LancarPagamento and LancarRecebimento: the code of the title is `codigo_lancamento` here, `_omie` everywhere else. */
export function launch(side: Side, text: string): (company: Company, param: Row) => Row {
  return (company, param) => {
    const title = titleOf(company, side, param, 'codigo_lancamento')
    const done = settle(company, title, param)
    return {
      codigo_lancamento: title.row['codigo_lancamento_omie'],
      codigo_lancamento_integracao: title.row['codigo_lancamento_integracao'] ?? '',
      codigo_baixa: done.codigo_baixa,
      codigo_baixa_integracao: done.codigo_baixa_integracao,
      liquidado: openCentavos(title) === 0 ? 'S' : 'N',
      valor_baixado: done.valor,
      codigo_status: '0',
      descricao_status: text,
    }
  }
}

/** Books one settlement on a title, in part or in full. */
export function settle(company: Company, title: Title, param: Row): Settlement {
  const integration = textOf(param['codigo_baixa_integracao'] ?? param['codigo_pagamento_integracao'])
  const same = integration === '' ? undefined : settlementsOf(company).find((one) => one.code === integration)
  if (same !== undefined) throw alreadyThere('Baixa', 'Código de Integração', integration)
  if (title.cancelled) throw refused('Lançamento cancelado não pode ser baixado.')
  if (openCentavos(title) === 0) throw refused('Lançamento já está liquidado.')
  const account = param['codigo_conta_corrente']
  if (!company.accounts.some((one) => one['nCodCC'] === account)) {
    throw notFound('Conta Corrente', 'Código', textOf(account))
  }
  for (const tag of ['valor', 'desconto', 'juros', 'multa']) if (centavos(param[tag]) < 0) throw badValue(tag)
  const settled = centavos(param['valor']) + centavos(param['desconto'])
  if (settled === 0) throw badValue('valor')
  if (settled > openCentavos(title)) throw refused('Valor da baixa é maior que o saldo do lançamento.')
  const done: Settlement = {
    codigo_baixa: company.nextCode(),
    codigo_baixa_integracao: integration,
    codigo_conta_corrente: Number(account),
    valor: numberOf(param['valor']),
    desconto: numberOf(param['desconto']),
    juros: numberOf(param['juros']),
    multa: numberOf(param['multa']),
    data: textOf(param['data']),
    observacao: textOf(param['observacao']),
    conciliado: param['conciliar_documento'] === 'S' ? 'S' : 'N',
  }
  title.settlements.push(done)
  return done
}

export function cancelSettlement(side: Side, text: string): (company: Company, param: Row) => Row {
  return (company, param) => {
    const [title, settlement] = settlementOf(company, side, param)
    if (settlement.conciliado === 'S') throw refused('Baixa conciliada não pode ser cancelada.')
    title.settlements.splice(title.settlements.indexOf(settlement), 1)
    return statusOf(settlement, text)
  }
}

export function reconcile(flag: 'S' | 'N', text: string): (company: Company, param: Row) => Row {
  return (company, param) => {
    const [, settlement] = settlementOf(company, 'receber', param)
    settlement.conciliado = flag
    return statusOf(settlement, text)
  }
}

function settlementOf(company: Company, side: Side, param: Row): [Title, Settlement] {
  const code = param['codigo_baixa']
  const integration = textOf(param['codigo_baixa_integracao'])
  if (typeof code !== 'number' && integration === '') throw requiredTag('codigo_baixa')
  for (const title of company.titles[side]) {
    for (const one of title.settlements) {
      const meant = typeof code === 'number' ? one.codigo_baixa === code : one.codigo_baixa_integracao === integration
      if (meant) return [title, one]
    }
  }
  throw notFound('Baixa', typeof code === 'number' ? 'Código' : 'Código de Integração', textOf(code) || integration)
}

function settlementsOf(company: Company): { code: string }[] {
  const titles = [...company.titles.pagar, ...company.titles.receber]
  return titles.flatMap((title) => title.settlements.map((one) => ({ code: one.codigo_baixa_integracao })))
}

function statusOf(settlement: Settlement, text: string): Row {
  return {
    codigo_baixa: settlement.codigo_baixa,
    codigo_baixa_integracao: settlement.codigo_baixa_integracao,
    codigo_status: '0',
    descricao_status: text,
  }
}
