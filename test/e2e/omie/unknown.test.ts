import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Fault } from '../../../engine/sandbox/stand-in.ts'
import { AURORA } from '../../helpers/alcada/start.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'

let line: Line
beforeAll(async () => {
  const hasty = ['erps/omie/erp.yaml', 'timeoutMs: 30000', 'timeoutMs: 600'] as const
  const patient = ['erps/omie/erp.yaml', 'errors: 6,', 'errors: 1000,'] as const
  line = await openLine({ erp: 'omie', free: true, standIn: { limitFactor: 1_000 }, edits: [hasty, patient] })
})
afterAll(() => line.stop())

const LOST: readonly [string, Fault, string, boolean][] = [
  ['the connection is cut before anything is done', { dropConnection: true }, 'connection', false],
  ['the connection is cut after it was done', { dropConnection: true, afterApplying: true }, 'connection', true],
  ['the server breaks before it', { status: 500, body: '<html>oops</html>' }, 'server', false],
  ['the server breaks after it', { status: 502, body: '', afterApplying: true }, 'server', true],
  [
    'Omie says that it failed',
    { status: 500, body: { faultcode: 'SOAP-ENV:Server', faultstring: 'ERROR: Bad Request' } },
    'server',
    false,
  ],
  ['the answer comes too late', { delayMs: 1_500 }, 'timeout', true],
  [
    'the answer cannot be read',
    { status: 200, body: 'Pagamento registrado', afterApplying: true },
    'unreadable_answer',
    true,
  ],
]

describe('a payment whose outcome nobody knows is never made again', () => {
  test.each(LOST.map((row, index) => [...row, index] as const))('%s', async (_name, fault, code, applied, index) => {
    const created = await line.data('operator', 'create_account_payable', {
      reference: `L-${index}`,
      vendor_id: '2485013',
      amount: 100,
      due_date: '2026-12-31',
      category_id: '2.01.01',
      account_id: '2243121',
    })
    const id = String(Object(created).id)
    const payment = { reference: `LP-${index}`, payable_id: id, account_id: '2243121', amount: 100, date: '2026-11-25' }
    const before = line.received('LancarPagamento')
    line.standIn.failNext({ operation: 'LancarPagamento', ...fault })

    const { refusal } = await line.call('operator', 'create_payment', payment)
    expect(refusal).toMatchObject({ error: { code: `erp_${code}` }, alcada: { retry: 'never' } })
    expect(refusal?.error.message).toContain(`a person has to look at entry \`${refusal?.alcada.entry}\``)
    expect(line.outcome('create_payment')).toEqual({ kind: 'unknown', code })

    const again = await line.call('operator', 'create_payment', payment)
    expect(again.refusal).toMatchObject({ error: { code: 'outcome_unknown' }, alcada: { retry: 'never' } })
    expect(again.refusal?.error.message).toContain(`entry \`${refusal?.alcada.entry}\``)
    expect(line.received('LancarPagamento')).toBe(before + 1)
    const booked = line.standIn.records(AURORA, 'baixas').filter((row) => String(row['codigo_lancamento_omie']) === id)
    expect(booked).toHaveLength(applied ? 1 : 0)
  })
})

test('a settlement that Omie books with another amount is not taken for done', async () => {
  const answer = {
    codigo_lancamento: 2701002,
    codigo_baixa: 77,
    codigo_baixa_integracao: 'W-1',
    liquidado: 'N',
    valor_baixado: 99.99,
    codigo_status: '0',
  }
  line.standIn.failNext({ operation: 'LancarPagamento', status: 200, body: answer })
  const args = { reference: 'W-1', payable_id: '2701002', account_id: '2243121', amount: 100, date: '2026-11-25' }
  const { refusal } = await line.call('operator', 'create_payment', args)
  expect(refusal).toMatchObject({ error: { code: 'not_confirmed' }, alcada: { retry: 'never' } })
  expect(line.outcome('create_payment')).toEqual({ kind: 'unknown', code: 'not_confirmed' })
})

test('what a settlement of unknown outcome would move stays counted against the day', async () => {
  const opened = line.alcada
    .ledger()
    .map(({ event }) => event)
    .findLast((event) => event.kind === 'opened' && event.tool === 'create_payment')
  // Seven payments of R$ 100,00 whose outcome is not known came before it.
  expect(opened).toMatchObject({ input: { history: { settled_today: 70_000 }, facts: { amount: 10_000 } } })
})

test('a write that never reached Omie is known not done, and may be made again', async () => {
  const args = { id: '2485015', name: 'Novo nome' }
  const body = {
    faultstring: 'ERROR: Já existe uma requisição desse método sendo executada.',
    faultcode: 'SOAP-ENV:Client-1880',
  }
  line.standIn.failNext({ operation: 'AlterarCliente', status: 500, body })
  const { refusal } = await line.call('operator', 'update_vendor', args)
  expect(refusal).toMatchObject({ error: { code: 'erp_busy' }, alcada: { retry: 'after', retry_after_s: 5 } })
  expect(line.outcome('update_vendor')).toEqual({ kind: 'failed', code: 'busy' })
  await line.data('operator', 'update_vendor', args)
  expect(line.received('AlterarCliente')).toBe(2)
})

test('a payment that Omie refused is known not done: the same reference may be used once more', async () => {
  const args = { reference: 'R-1', payable_id: '2701004', account_id: '1', amount: 10, date: '2026-11-25' }
  expect((await line.call('operator', 'create_payment', args)).refusal?.error.code).toBe('erp_not_found')
  expect(line.outcome('create_payment')).toEqual({ kind: 'failed', code: 'not_found' })
  const { result } = await line.call('operator', 'create_payment', { ...args, account_id: '2243121' })
  expect(result?.data).toMatchObject({ reference: 'R-1' })
})
