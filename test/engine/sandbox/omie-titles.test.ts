import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Row, rowsOf } from '../../../engine/sandbox/row.ts'
import { AURORA, type Omie, openOmie } from './omie-call.ts'

let omie: Omie
beforeEach(async () => {
  omie = await openOmie()
})
afterEach(() => omie.close())

const PAGAR = '/financas/contapagar/'
const RECEBER = '/financas/contareceber/'
const ACCOUNT = 2243121
const PAYABLE = {
  codigo_lancamento_integracao: 'AP-NOVO-1',
  codigo_cliente_fornecedor: 2485013,
  data_vencimento: '30/11/2026',
  valor_documento: 1500.5,
  codigo_categoria: '2.04.01',
  id_conta_corrente: ACCOUNT,
}

const codes = (reply: { body: Row }): unknown[] =>
  rowsOf(reply.body['conta_pagar_cadastro']).map((row) => row['codigo_lancamento_integracao'])

test('a payable is made, read by both codes, changed in part and removed', async () => {
  const made = await omie.call(PAGAR, 'IncluirContaPagar', PAYABLE)
  expect(made).toMatchObject({ status: 200, body: { codigo_lancamento_integracao: 'AP-NOVO-1', codigo_status: '0' } })
  const code = made.body['codigo_lancamento_omie']
  await omie.call(PAGAR, 'AlterarContaPagar', { codigo_lancamento_omie: code, data_vencimento: '16/11/2026' })
  const read = await omie.call(PAGAR, 'ConsultarContaPagar', { codigo_lancamento_integracao: 'AP-NOVO-1' })
  expect(read.body).toMatchObject({
    codigo_lancamento_omie: code,
    data_vencimento: '16/11/2026',
    data_previsao: '30/11/2026',
    valor_documento: 1500.5,
    valor_pag: 1500.5,
    status_titulo: 'VENCE HOJE',
  })
  await omie.call(PAGAR, 'ExcluirContaPagar', { codigo_lancamento_omie: code })
  expect(omie.records(AURORA, 'contapagar')).toHaveLength(20)
})

test('the same integration code twice is the fault 102 and makes one title', async () => {
  await omie.call(PAGAR, 'IncluirContaPagar', PAYABLE)
  const again = await omie.call(PAGAR, 'IncluirContaPagar', { ...PAYABLE, valor_documento: 2 })
  expect(again.body).toEqual({
    faultstring: 'ERROR: Lançamento já cadastrado para o Código de Integração [AP-NOVO-1] !',
    faultcode: 'SOAP-ENV:Client-102',
  })
  const upserted = await omie.call(PAGAR, 'UpsertContaPagar', { ...PAYABLE, valor_documento: 2 })
  expect(upserted.body['codigo_status']).toBe('0')
  expect(omie.records(AURORA, 'contapagar')).toHaveLength(21)
  expect(omie.records(AURORA, 'contapagar').at(-1)).toMatchObject({ valor_documento: 2 })
})

test('a title with a wrong date, amount, customer, category or account is refused', async () => {
  const wrong = [
    { data_vencimento: '2026-11-30' },
    { data_vencimento: '31/02/2026' },
    { valor_documento: -1 },
    { codigo_cliente_fornecedor: 1 },
    { codigo_categoria: '9.99' },
    { id_conta_corrente: 1 },
  ]
  for (const change of wrong) {
    expect((await omie.call(PAGAR, 'IncluirContaPagar', { ...PAYABLE, ...change })).status).toBe(500)
  }
  expect(omie.records(AURORA, 'contapagar')).toHaveLength(20)
})

test('titles are listed by each status, as the clock and the settlements make it', async () => {
  const counts: Record<string, unknown> = {}
  for (const status of [
    'CANCELADO',
    'PAGO',
    'LIQUIDADO',
    'EMABERTO',
    'PAGTO_PARCIAL',
    'VENCEHOJE',
    'AVENCER',
    'ATRASADO',
  ]) {
    const reply = await omie.call(PAGAR, 'ListarContasPagar', { filtrar_por_status: status })
    counts[status] = reply.body['total_de_registros']
  }
  expect(counts).toEqual({
    CANCELADO: 1,
    PAGO: 4,
    LIQUIDADO: 4,
    EMABERTO: 15,
    PAGTO_PARCIAL: 2,
    VENCEHOJE: 1,
    AVENCER: 11,
    ATRASADO: 3,
  })
})

test('titles are listed by supplier, by document and by the day they were last changed, never by due date', async () => {
  const [first] = omie.records(AURORA, 'contapagar')
  const holder = first?.['codigo_cliente_fornecedor']
  const document = omie.records(AURORA, 'clientes').find((row) => row['codigo_cliente_omie'] === holder)?.['cnpj_cpf']
  const bySupplier = await omie.call(PAGAR, 'ListarContasPagar', { filtrar_cliente: holder })
  const byDocument = await omie.call(PAGAR, 'ListarContasPagar', {
    filtrar_por_cpf_cnpj: String(document).replace(/\D/g, ''),
  })
  expect(codes(bySupplier)).toContain('AP-2026-0001')
  expect(codes(byDocument)).toEqual(codes(bySupplier))
  const day = { filtrar_por_data_de: '16/11/2026', filtrar_por_data_ate: '16/11/2026' }
  await omie.call(PAGAR, 'IncluirContaPagar', { ...PAYABLE, data_vencimento: '31/12/2026' })
  expect(codes(await omie.call(PAGAR, 'ListarContasPagar', day))).toContain('AP-NOVO-1')
  const byDue = await omie.call(PAGAR, 'ListarContasPagar', { filtrar_por_vencimento_de: '01/11/2026' })
  expect(byDue.body['faultcode']).toBe('SOAP-ENV:Client-5001')
})

test('a payment in two parts leaves the title open, then settled, and cancelling one opens it again', async () => {
  const pay = { codigo_lancamento: 2701001, codigo_conta_corrente: ACCOUNT, data: '16/11/2026' }
  const half = await omie.call(PAGAR, 'LancarPagamento', { ...pay, valor: 50, codigo_baixa_integracao: 'B-1' })
  expect(half).toMatchObject({
    status: 200,
    body: {
      codigo_lancamento: 2701001,
      codigo_lancamento_integracao: 'AP-2026-0001',
      codigo_baixa_integracao: 'B-1',
      liquidado: 'N',
      valor_baixado: 50,
      codigo_status: '0',
    },
  })
  const rest = await omie.call(PAGAR, 'LancarPagamento', {
    ...pay,
    valor: 39.9,
    juros: 1.1,
    codigo_baixa_integracao: 'B-2',
  })
  expect(rest.body).toMatchObject({ liquidado: 'S', valor_baixado: 39.9 })
  expect(omie.records(AURORA, 'contapagar')[0]).toMatchObject({ status_titulo: 'PAGO', valor_pag: 0 })
  const undone = await omie.call(PAGAR, 'CancelarPagamento', { codigo_baixa: rest.body['codigo_baixa'] })
  expect(undone.body).toMatchObject({ codigo_baixa_integracao: 'B-2', codigo_status: '0' })
  expect(omie.records(AURORA, 'contapagar')[0]).toMatchObject({ status_titulo: 'PAGTO_PARCIAL', valor_pag: 39.9 })
})

test('a payment takes codigo_lancamento, not the codigo_lancamento_omie of every other call', async () => {
  const param = { codigo_lancamento_omie: 2701001, codigo_conta_corrente: ACCOUNT, valor: 1, data: '16/11/2026' }
  const reply = await omie.call(PAGAR, 'LancarPagamento', param)
  expect(reply.body['faultstring']).toBe(
    'ERROR: Tag [CODIGO_LANCAMENTO_OMIE] não faz parte da estrutura do tipo complexo [conta_pagar_lancar_pagamento]!',
  )
})

test('a payment that is repeated, too high, on a settled or on a cancelled title changes nothing', async () => {
  const before = omie.records(AURORA, 'baixas')
  const pay = { codigo_conta_corrente: ACCOUNT, valor: 1, data: '16/11/2026' }
  const refusals: [Row, string][] = [
    [{ codigo_lancamento: 2701001, valor: 89.91 }, 'ERROR: Valor da baixa é maior que o saldo do lançamento.'],
    [{ codigo_lancamento: 2701009 }, 'ERROR: Lançamento já está liquidado.'],
    [{ codigo_lancamento: 2701018 }, 'ERROR: Lançamento cancelado não pode ser baixado.'],
    [{ codigo_lancamento: 1 }, 'ERROR: Lançamento não cadastrado para o Código [1] !'],
    [
      { codigo_lancamento: 2701001, codigo_conta_corrente: 1 },
      'ERROR: Conta Corrente não cadastrado para o Código [1] !',
    ],
  ]
  for (const [change, faultstring] of refusals) {
    const reply = await omie.call(PAGAR, 'LancarPagamento', { ...pay, ...change })
    expect(reply).toMatchObject({ status: 500, body: { faultstring } })
  }
  expect(omie.records(AURORA, 'baixas')).toEqual(before)
  await omie.call(PAGAR, 'LancarPagamento', { ...pay, codigo_lancamento: 2701001, codigo_baixa_integracao: 'B-1' })
  const twice = await omie.call(PAGAR, 'LancarPagamento', {
    ...pay,
    codigo_lancamento: 2701002,
    codigo_baixa_integracao: 'B-1',
  })
  expect(twice.body['faultcode']).toBe('SOAP-ENV:Client-102')
  expect(omie.records(AURORA, 'baixas')).toHaveLength(before.length + 1)
})

test('baixar_documento hides a payment inside a create', async () => {
  const before = omie.records(AURORA, 'baixas').length
  await omie.call(PAGAR, 'IncluirContaPagar', { ...PAYABLE, baixar_documento: 'S' })
  expect(omie.records(AURORA, 'baixas')).toHaveLength(before + 1)
  expect(omie.records(AURORA, 'contapagar').at(-1)).toMatchObject({ status_titulo: 'PAGO' })
})

test('a receivable is made, received, reconciled, freed, undone and cancelled', async () => {
  const param = {
    ...PAYABLE,
    codigo_lancamento_integracao: 'AR-NOVO-1',
    codigo_cliente_fornecedor: 2485001,
    codigo_categoria: '1.01.01',
  }
  const made = await omie.call(RECEBER, 'IncluirContaReceber', param)
  const code = made.body['codigo_lancamento_omie']
  const received = await omie.call(RECEBER, 'LancarRecebimento', {
    codigo_lancamento: code,
    codigo_conta_corrente: ACCOUNT,
    valor: 1500.5,
    data: '16/11/2026',
  })
  expect(received.body).toMatchObject({ liquidado: 'S', valor_baixado: 1500.5 })
  const baixa = { codigo_baixa: received.body['codigo_baixa'] }
  await omie.call(RECEBER, 'ConciliarRecebimento', baixa)
  expect((await omie.call(RECEBER, 'CancelarRecebimento', baixa)).status).toBe(500)
  await omie.call(RECEBER, 'DesconciliarRecebimento', baixa)
  omie.wait(61)
  expect((await omie.call(RECEBER, 'CancelarRecebimento', baixa)).status).toBe(200)
  await omie.call(RECEBER, 'CancelarContaReceber', { codigo_lancamento_omie: code })
  const read = await omie.call(RECEBER, 'ConsultarContaReceber', { codigo_lancamento_omie: code })
  expect(read.body).toMatchObject({ status_titulo: 'CANCELADO', valor_documento: 1500.5 })
  expect(read.body).not.toHaveProperty('valor_pag')
})
