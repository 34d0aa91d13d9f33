import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Fault } from '../../../engine/sandbox/stand-in.ts'
import { AURORA } from '../../helpers/alcada/start.ts'
import { type Line, openLine, type Told } from '../../helpers/line/line.ts'
import { SEED } from './seed.ts'

// Each row of the table in erps/nibo/README.md.

let line: Line
beforeAll(async () => {
  const hasty = ['erps/nibo/erp.yaml', 'timeoutMs: 30000', 'timeoutMs: 600'] as const
  line = await openLine({ erp: 'nibo', free: true, standIn: { limitFactor: 1_000, listLagMs: 0 }, edits: [hasty] })
})
afterAll(() => line.stop())

function saysNothingOfTheInside({ text }: Told): void {
  const secrets = Object.values(line.standIn.credentials).flatMap((one) => Object.values(one))
  for (const hidden of [...secrets, 'ApiToken', 'internal_server_error', '127.0.0.1', '/empresas/v1', 'quota']) {
    expect(text).not.toContain(hidden)
  }
}

const TRANSIENT = { retry: 'after', retry_after_s: 5 }
const NEVER = { retry: 'never' }
const REFUSALS: readonly [string, number, unknown, string, object][] = [
  ['no or a wrong token', 401, { Message: 'Authorization has been denied for this request.' }, 'erp_auth', NEVER],
  ['what the plan does not hold', 403, '', 'erp_forbidden', NEVER],
  [
    'what is not there',
    404,
    { statusCode: 404, message: 'Resource not found: /empresas/v1/x' },
    'erp_not_found',
    NEVER,
  ],
  [
    'a schedule that is not there',
    500,
    { error: 'validation_error', error_description: 'Agendamento não encontrado.' },
    'erp_not_found',
    NEVER,
  ],
  [
    'a wrong request',
    500,
    { error: 'validation_error', error_description: 'O nome é obrigatório.' },
    'erp_validation',
    NEVER,
  ],
  [
    'a failure of its own',
    500,
    { error: 'internal_server_error', error_description: 'inesperado em /srv/nibo' },
    'erp_server',
    TRANSIENT,
  ],
  ['a body it could not read', 200, { Messages: [''] }, 'erp_validation', NEVER],
  ['a gateway', 503, '<html>127.0.0.1</html>', 'erp_server', TRANSIENT],
  ['another address', 302, '', 'erp_redirect_refused', NEVER],
  ['an answer that is no JSON', 200, '<html>oi</html>', 'erp_unreadable_answer', NEVER],
]

describe('an error of Nibo is told by what it means', () => {
  test.each(REFUSALS)('%s', async (_name, status, body, code, alcada) => {
    line.standIn.failNext({ operation: 'GET /customers/{id}', status, body })
    const told = await line.call('viewer', 'get_customer_by_id', { id: SEED.customer })
    expect(told.refusal).toMatchObject({ error: { code }, alcada })
    expect(line.outcome('get_customer_by_id')).toEqual({ kind: 'failed', code: code.slice('erp_'.length) })
    saysNothingOfTheInside(told)
  })
})

test('a read over the rate, told in plain text, is asked again when the second is over', async () => {
  const operation = 'GET /customers/{id}'
  const before = line.received(operation)
  line.standIn.failNext({ operation, status: 429, body: 'API calls quota exceeded! maximum admitted 14 per Second.' })
  expect(await line.data('viewer', 'get_customer_by_id', { id: SEED.customer })).toMatchObject({ id: SEED.customer })
  expect(line.received(operation) - before).toBe(2)
})

test('the words of Nibo are handed on where the request was wrong, without personal data', async () => {
  const error_description = 'O documento 123.456.789-09 de ana@example.com já existe.'
  line.standIn.failNext({
    operation: 'GET /customers',
    status: 500,
    body: { error: 'validation_error', error_description },
  })
  const { refusal } = await line.call('viewer', 'get_customers_list', {})
  expect(refusal?.error.message).toBe('the ERP says: O documento ***.456.789-** de a***@example.com já existe.')
})

test('what Nibo refuses by itself is told: documents, categories, accounts, dates', async () => {
  const payable = { vendor_id: SEED.vendor, amount: 10, due_date: '2026-12-31', category_id: SEED.expense }
  for (const [reference, wrong, words] of [
    ['E-1', { vendor_id: SEED.account }, 'Contato não encontrado.'],
    ['E-2', { category_id: SEED.account }, 'Categoria não encontrada.'],
    ['E-3', { cost_center_id: SEED.account }, 'Centro de custo não encontrado.'],
  ] as const) {
    const { refusal } = await line.call('operator', 'create_account_payable', { ...payable, ...wrong, reference })
    expect(refusal?.error).toEqual({ code: 'erp_validation', message: `the ERP says: ${words}` })
  }
  const payment = { payable_id: SEED.payable, account_id: SEED.account, amount: 1, date: '2026-11-25' }
  for (const [reference, wrong, words] of [
    ['E-4', { account_id: SEED.vendor }, 'Conta bancária não encontrada.'],
    ['E-5', { date: '2025-12-31' }, 'inferior a data do saldo inicial'],
  ] as const) {
    const { refusal } = await line.call('operator', 'create_payment', { ...payment, ...wrong, reference })
    expect(refusal?.error).toMatchObject({ code: 'erp_validation', message: expect.stringContaining(words) })
    expect(line.outcome('create_payment')).toEqual({ kind: 'failed', code: 'validation' })
  }
  const bad = await line.call('operator', 'create_vendor', { reference: 'E-6', name: 'X', document: '11111111111111' })
  expect(bad.refusal?.error.message).toBe('the ERP says: O documento informado é inválido.')
})

const LOST: readonly [string, Fault, string, boolean][] = [
  ['the connection is cut before anything is done', { dropConnection: true }, 'erp_connection', false],
  ['the connection is cut after it was done', { dropConnection: true, afterApplying: true }, 'erp_connection', true],
  [
    'Nibo fails by itself',
    { status: 500, body: { error: 'internal_server_error' }, afterApplying: true },
    'erp_server',
    true,
  ],
  ['the answer comes too late', { delayMs: 1_500 }, 'erp_timeout', true],
  [
    'Nibo says that it was done, and did nothing',
    { status: 200, body: '"0b8f7f4e-2f0a-4c3c-9d1f-111111111111"' },
    'not_confirmed',
    false,
  ],
]

describe('a payment whose outcome nobody knows is never made again', () => {
  test.each(LOST.map((row, index) => [...row, index] as const))('%s', async (_name, fault, code, applied, index) => {
    const created = await line.data('operator', 'create_account_payable', {
      reference: `L-${index}`,
      vendor_id: SEED.vendor,
      amount: 100,
      due_date: '2026-12-31',
      category_id: SEED.expense,
    })
    const id = String(Object(created).id)
    const payment = {
      reference: `LP-${index}`,
      payable_id: id,
      account_id: SEED.account,
      amount: 100,
      date: '2026-11-25',
    }
    const operation = 'POST /schedules/debit/{id}/payments'
    const before = line.received(operation)
    line.standIn.failNext({ operation, ...fault })

    const { refusal } = await line.call('operator', 'create_payment', payment)
    expect(refusal).toMatchObject({ error: { code }, alcada: { retry: 'never' } })
    expect(refusal?.error.message).toContain(`a person has to look at entry \`${refusal?.alcada.entry}\``)
    expect(line.outcome('create_payment')).toEqual({ kind: 'unknown', code: code.replace('erp_', '') })
    const again = await line.call('operator', 'create_payment', payment)
    expect(again.refusal).toMatchObject({ error: { code: 'outcome_unknown' }, alcada: { retry: 'never' } })
    expect(line.received(operation)).toBe(before + 1)
    const booked = line.standIn.records(AURORA, 'payments').filter((row) => row['scheduleId'] === id)
    expect(booked).toHaveLength(applied ? 1 : 0)
  })
})

test('a record whose creation is answered without its id may be there or not', async () => {
  const args = {
    vendor_id: SEED.vendor,
    amount: 10,
    due_date: '2026-12-31',
    category_id: SEED.expense,
    reference: 'N-1',
  }
  for (const [index, body] of [{}, { ok: true }, []].entries()) {
    line.standIn.failNext({ operation: 'POST /schedules/debit', status: 200, body, afterApplying: true })
    const call = { ...args, reference: `N-${index}` }
    const { refusal } = await line.call('operator', 'create_account_payable', call)
    expect(refusal).toMatchObject({ error: { code: 'erp_unreadable_answer' }, alcada: { retry: 'never' } })
    expect(line.outcome('create_account_payable')).toEqual({ kind: 'unknown', code: 'unreadable_answer' })
    const again = await line.call('operator', 'create_account_payable', call)
    expect(again.refusal?.error.code).toBe('outcome_unknown')
    const booked = line.standIn.records(AURORA, 'schedules/debit').filter((row) => row['reference'] === call.reference)
    expect(booked).toHaveLength(1)
  }
})

test('a change that is lost while the record is read before it is known not done', async () => {
  line.standIn.failNext({ operation: 'GET /suppliers/{id}', dropConnection: true })
  const { refusal } = await line.call('operator', 'update_vendor', { id: SEED.vendor, name: 'X' })
  expect(refusal).toMatchObject({ error: { code: 'erp_connection' }, alcada: TRANSIENT })
  expect(line.outcome('update_vendor')).toEqual({ kind: 'failed', code: 'connection' })
  expect(line.received('PUT /suppliers/{id}')).toBe(0)
})
