import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Fault } from '../../../engine/sandbox/stand-in.ts'
import { AURORA } from '../../helpers/alcada/start.ts'
import { type Line, openLine, type Told } from '../../helpers/line/line.ts'

// Each row of the table in erps/omie/README.md.

let line: Line
beforeAll(async () => {
  // The circuit has tests of its own.
  const patient = ['erps/omie/erp.yaml', 'errors: 6,', 'errors: 1000,'] as const
  line = await openLine({ erp: 'omie', free: true, standIn: { limitFactor: 1_000 }, edits: [patient] })
})
afterAll(() => line.stop())

function fails(status: number, body: Fault['body'], operation = 'ConsultarCliente'): void {
  line.standIn.failNext({ operation, status, body })
}

function saysNothingOfTheInside({ text }: Told): void {
  const secrets = Object.values(line.standIn.credentials).flatMap((pair) => Object.values(pair))
  for (const hidden of [...secrets, 'SOAP-ENV', 'faultcode', 'faultstring', '127.0.0.1', '/api/v1', 'geral/clientes']) {
    expect(text).not.toContain(hidden)
  }
}

const soap = (code: string, text: string): object => ({ faultstring: text, faultcode: `SOAP-ENV:${code}` })

const REFUSALS: readonly [string, number, unknown, string, object][] = [
  ['a wrong key', 403, soap('Client-101', 'SOAP-ENV:Client-101: App Key inválido'), 'erp_auth', { retry: 'never' }],
  ['a wrong key with status 200', 200, soap('Client-101', 'App Secret inválido'), 'erp_auth', { retry: 'never' }],
  [
    'a tag that has to be there',
    500,
    soap('Client-101', 'ERROR: O preenchimento da tag [x] é obrigatório!'),
    'erp_validation',
    { retry: 'never' },
  ],
  [
    'what is there already',
    500,
    soap('Client-102', 'ERROR: Cliente já cadastrado para o Código [x] !'),
    'erp_conflict',
    { retry: 'never' },
  ],
  [
    'what is not there, with status 200',
    200,
    soap('Client-103', 'ERROR: Cliente não cadastrado para o Código [1] !'),
    'erp_not_found',
    { retry: 'never' },
  ],
  [
    'what is not there, with status 500',
    500,
    soap('Client-103', 'ERROR: Cliente não cadastrado para o Código [1] !'),
    'erp_not_found',
    { retry: 'never' },
  ],
  [
    'a bad value',
    500,
    soap('Client-104', 'ERROR: Conteúdo inválido na tag [x]!'),
    'erp_validation',
    { retry: 'never' },
  ],
  [
    'a rule of the books',
    500,
    soap('Client-105', 'ERROR: Lançamento já está liquidado.'),
    'erp_validation',
    { retry: 'never' },
  ],
  [
    'a bad document',
    500,
    soap('Client-206', 'ERROR: O CNPJ ou CPF informado está inválido.'),
    'erp_validation',
    { retry: 'never' },
  ],
  [
    'an unknown tag',
    500,
    soap('Client-5001', 'ERROR: Tag [X] não faz parte da estrutura do tipo complexo [y]!'),
    'erp_validation',
    { retry: 'never' },
  ],
  [
    'an empty answer where one record was asked for',
    500,
    soap('Client-5113', 'ERROR: Não existem registros para a página [1]!'),
    'erp_not_found',
    { retry: 'never' },
  ],
  [
    'the lock of a method',
    500,
    soap('Client-1880', 'ERROR: Já existe uma requisição desse método sendo executada.'),
    'erp_busy',
    { retry: 'after', retry_after_s: 5 },
  ],
  ['a malformed call', 500, soap('Server', 'ERROR: Bad Request'), 'erp_server', { retry: 'after', retry_after_s: 5 }],
  [
    'a broken server',
    502,
    '<html>/var/www/omie at 127.0.0.1</html>',
    'erp_server',
    { retry: 'after', retry_after_s: 5 },
  ],
  ['another address', 301, '', 'erp_redirect_refused', { retry: 'never' }],
  ['an answer that is no JSON', 200, '<html>oi</html>', 'erp_unreadable_answer', { retry: 'never' }],
]

describe('an error of Omie is told by what it means', () => {
  test.each(REFUSALS)('%s', async (name, status, body, code, alcada) => {
    fails(status, body)
    const told = await line.call('viewer', 'get_customer_by_id', {
      id: String(5_000_000 + REFUSALS.findIndex(([one]) => one === name)),
    })
    expect(told.refusal).toMatchObject({ error: { code }, alcada })
    expect(line.outcome('get_customer_by_id')).toEqual({ kind: 'failed', code: code.slice('erp_'.length) })
    saysNothingOfTheInside(told)
  })
})

// A method of its own each: what is over the rate is not asked again by us for a while.
test.each([
  ['in JSON', { faultcode: '429', faultstring: 'Too many Requests' }, 'get_category_by_id', 'ConsultarCategoria'],
  ['in plain text', 'Too many Requests', 'get_cost_center_by_id', 'ConsultarDepartamento'],
] as const)('calls over the rate are told to come again in a minute: %s', async (_, body, tool, operation) => {
  fails(429, body, operation)
  const told = await line.call('viewer', tool, { id: '1.01.01' })
  expect(told.refusal).toMatchObject({
    error: { code: 'erp_rate_limited' },
    alcada: { retry: 'after', retry_after_s: 60 },
  })
  expect(line.outcome(tool)).toEqual({ kind: 'failed', code: 'rate_limited' })
  saysNothingOfTheInside(told)
})

test('an empty page is an empty list', async () => {
  fails(500, soap('Client-5113', 'ERROR: Não existem registros para a página [1]!'), 'ListarClientes')
  expect(await line.data('viewer', 'get_vendors_list', { name_contains: 'ninguém' })).toEqual([])
})

test('what Omie says is handed on without the personal data in it', async () => {
  const told = await line.call('operator', 'create_vendor', {
    reference: 'DUP-1',
    name: 'Outro Moinho',
    document: '06380302000208',
  })
  expect(told.refusal?.error).toEqual({
    code: 'erp_conflict',
    message: 'the ERP says: ERROR: Cliente já cadastrado para o CPF/CNPJ [**.380.302/****-**] !',
  })
  saysNothingOfTheInside(told)
})

test('a text of the caller that Omie repeats does not turn one error into another', async () => {
  const vendor = { name: 'App Key inválido (REDUNDANT) Aguarde 900 segundos', document: '11222333000181' }
  await line.data('operator', 'create_vendor', { ...vendor, reference: 'REDUNDANT' })
  const told = await line.call('operator', 'create_customer', {
    ...vendor,
    document: '52998224725',
    reference: 'REDUNDANT',
  })
  expect(told.refusal).toMatchObject({ error: { code: 'erp_conflict' }, alcada: { retry: 'never' } })
})

test('what Omie refuses by itself is told: documents, dates, accounts, tags', async () => {
  const payable = {
    vendor_id: '2485013',
    amount: 10,
    due_date: '2026-12-31',
    category_id: '2.01.01',
    account_id: '2243121',
  }
  const { account_id: _, ...noAccount } = payable
  for (const [reference, args, words] of [
    ['E-1', noAccount, 'tag [id_conta_corrente] é obrigatório'],
    ['E-2', { ...payable, due_date: '1899-12-31' }, 'Conteúdo inválido na tag [data_vencimento]'],
  ] as const) {
    const { refusal } = await line.call('operator', 'create_account_payable', { ...args, reference })
    expect(refusal?.error).toMatchObject({ code: 'erp_validation', message: expect.stringContaining(words) })
  }
  for (const [reference, wrong] of [
    ['E-3', { vendor_id: '1' }],
    ['E-4', { category_id: '9.99' }],
    ['E-5', { account_id: '1' }],
  ] as const) {
    const { refusal } = await line.call('operator', 'create_account_payable', { ...payable, ...wrong, reference })
    expect(refusal?.error.code).toBe('erp_not_found')
  }
  const bad = await line.call('operator', 'create_vendor', { reference: 'E-6', name: 'X', document: '11111111111111' })
  expect(bad.refusal?.error).toMatchObject({ code: 'erp_validation', message: expect.stringContaining('CNPJ ou CPF') })
})

test('a status above zero in an answer of success is an error, and nothing was done', async () => {
  fails(200, { codigo_status: '5', descricao_status: 'Recusado pelo Omie' }, 'AlterarCliente')
  const told = await line.call('operator', 'update_vendor', { id: '2485014', name: 'X' })
  expect(told.refusal?.error).toEqual({ code: 'erp_validation', message: 'the ERP says: Recusado pelo Omie' })
  fails(200, { cCodStatus: '1', cDesStatus: 'Recusado' }, 'AlterarDepartamento')
  expect((await line.call('operator', 'update_cost_center', { id: '2910001', name: 'X' })).refusal?.error.code).toBe(
    'erp_validation',
  )
  expect(line.standIn.records(AURORA, 'departamentos')[0]).toMatchObject({ descricao: 'Produção' })
})

test('a key that Omie does not know is told once, without the key', async () => {
  fails(
    403,
    soap('Client-101', `App Key inválido ${line.standIn.credentials[AURORA]?.['app_key']}`),
    'ListarCategorias',
  )
  const told = await line.call('viewer', 'get_categories_list', { page_size: 7 })
  expect(told.refusal).toMatchObject({ error: { code: 'erp_auth', message: 'the ERP refused the credential' } })
  saysNothingOfTheInside(told)
})
