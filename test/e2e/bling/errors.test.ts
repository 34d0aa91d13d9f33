// Each row of the table of errors in erps/bling/README.md, payments whose outcome nobody knows, the rate, and the tokens: renewed
// before their end and once they are refused, never lost in a message.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { BlingStandIn } from '../../../engine/sandbox/bling/server.ts'
import type { Fault } from '../../../engine/sandbox/stand-in.ts'
import { AURORA, BRISA } from '../../helpers/alcada/start.ts'
import { type Line, openLine, type Told } from '../../helpers/line/line.ts'
import { SEED } from './seed.ts'

let line: Line
beforeAll(async () => {
  const edits = [
    ['erps/bling/erp.yaml', 'timeoutMs: 30000', 'timeoutMs: 600'],
    // Slow enough to be waited for, fast enough for a suite.
    ['erps/bling/erp.yaml', 'max: 3, perMs: 1100', 'max: 15, perMs: 500'],
  ] as const
  line = await openLine({ erp: 'bling', free: true, standIn: { limitFactor: 10 }, edits })
})
afterAll(() => line.stop())

const error = (type: string, description: string, more: object = {}): object => ({
  error: { type, message: 'Não foi possível', description, ...more },
})
const read = (): Promise<Told> => line.call('viewer', 'get_customer_by_id', { id: SEED.customer })
const OPERATION = 'GET /contatos/{id}'

function saysNothingOfTheInside({ text }: Told): void {
  const secrets = Object.values(line.standIn.credentials).flatMap((one) => [one['client_secret'], one['refresh_token']])
  for (const hidden of [...secrets, 'Bearer', 'SERVER_ERROR', '127.0.0.1', '/Api/v3', 'TOO_MANY']) {
    expect(text).not.toContain(hidden)
  }
}

const TRANSIENT = { retry: 'after', retry_after_s: 5 }
const NEVER = { retry: 'never' }
const REFUSALS: readonly [string, number, unknown, string, object][] = [
  ['a scope the application lacks', 403, error('insufficient_scope', 'higher privileges'), 'erp_forbidden', NEVER],
  ['what is not there', 404, error('RESOURCE_NOT_FOUND', 'não encontrado'), 'erp_not_found', NEVER],
  ['a wrong request', 400, error('VALIDATION_ERROR', 'O nome é obrigatório.'), 'erp_validation', NEVER],
  ['a failure of its own', 500, error('SERVER_ERROR', 'inesperado em /srv/bling'), 'erp_server', TRANSIENT],
  ['a gateway', 503, '<html>127.0.0.1</html>', 'erp_server', TRANSIENT],
  ['another address', 302, '', 'erp_redirect_refused', NEVER],
  ['an answer that is no JSON', 200, '<html>oi</html>', 'erp_unreadable_answer', NEVER],
  ['an answer without its content', 200, { id: 1 }, 'erp_unreadable_answer', NEVER],
]

describe('an error of Bling is told by what it means', () => {
  test.each(REFUSALS)('%s', async (_name, status, body, code, alcada) => {
    line.standIn.failNext({ operation: OPERATION, status, body })
    const told = await read()
    expect(told.refusal).toMatchObject({ error: { code }, alcada })
    expect(line.outcome('get_customer_by_id')).toEqual({ kind: 'failed', code: code.slice('erp_'.length) })
    saysNothingOfTheInside(told)
  })
})

test('what is wrong is told by the first field that is, without personal data', async () => {
  const msg = 'O documento 123.456.789-09 de ana@example.com já existe.'
  const body = error('VALIDATION_ERROR', 'ocorreram problemas', { fields: [{ code: 1, msg, element: 'x' }] })
  line.standIn.failNext({ operation: OPERATION, status: 400, body })
  expect((await read()).refusal?.error.message).toBe(
    'the ERP says: O documento ***.456.789-** de a***@example.com já existe.',
  )
})

test('a read over the rate is asked again when the second is over; thirty at once stay below it', async () => {
  const before = line.received(OPERATION)
  const body = error('TOO_MANY_REQUESTS', 'por segundo', { limit: 3, period: 'second' })
  line.standIn.failNext({ operation: OPERATION, status: 429, body })
  expect((await read()).result).toMatchObject({ data: { id: SEED.customer } })
  expect(line.received(OPERATION) - before).toBe(2)
  const told = await Promise.all(Array.from({ length: 30 }, read))
  expect(told.filter(({ result }) => result === null)).toEqual([])
  expect(
    line.standIn.received.filter(({ status, operation }) => status === 429 && operation === OPERATION),
  ).toHaveLength(1)
})

describe('a token', () => {
  const grants = (company: string) => Object(line.standIn as BlingStandIn).client(company).grants
  const tokens = (): number => line.received('POST /oauth/token')

  test('that is refused is renewed once, however many calls met it, and not that of another company', async () => {
    const theirs = () => line.call('viewer', 'get_customer_by_id', { id: '2016001' }, { companies: [BRISA] })
    expect((await theirs()).result).toMatchObject({ data: { id: '2016001' } })
    const before = tokens()
    grants(AURORA).endAccess()
    const told = await Promise.all([...Array.from({ length: 6 }, read), theirs()])
    expect(told.filter(({ result }) => result === null)).toEqual([])
    expect(tokens() - before).toBe(1)
    for (const one of told) saysNothingOfTheInside(one)
  })

  test('that Bling gives no more is a plain refusal, and nothing is sent to the account', async () => {
    grants(BRISA).endAccess()
    line.standIn.failNext({
      operation: 'POST /oauth/token',
      status: 400,
      body: error('invalid_grant', 'Invalid refresh token'),
    })
    const before = line.received(OPERATION)
    const told = await line.call('viewer', 'get_customer_by_id', { id: '2016001' }, { companies: [BRISA] })
    expect(told.refusal).toMatchObject({ error: { code: 'erp_auth' }, alcada: NEVER })
    expect(line.received(OPERATION) - before).toBeLessThanOrEqual(1)
    saysNothingOfTheInside(told)
  })
})

const LOST: readonly [string, Fault, string, boolean][] = [
  ['the connection is cut before anything is done', { dropConnection: true }, 'erp_connection', false],
  ['the connection is cut after it was done', { dropConnection: true, afterApplying: true }, 'erp_connection', true],
  ['Bling fails by itself', { status: 500, body: error('SERVER_ERROR', 'x'), afterApplying: true }, 'erp_server', true],
  ['the answer comes too late', { delayMs: 1_500 }, 'erp_timeout', true],
  [
    'Bling says that it was done, and did nothing',
    { status: 200, body: { bordero: { id: 7 } } },
    'not_confirmed',
    false,
  ],
]

describe('a payment whose outcome nobody knows is never made again', () => {
  test.each(LOST.map((row, index) => [...row, index] as const))('%s', async (_name, fault, code, applied, index) => {
    const created = await line.data('operator', 'create_account_payable', {
      ...{ reference: `L-${index}`, vendor_id: SEED.vendor, amount: 100, due_date: '2026-12-31' },
      ...{ category_id: SEED.expense, issue_date: '2026-11-20', accrual_date: '2026-11-20' },
    })
    const id = String(Object(created).id)
    const payment = {
      reference: `LP-${index}`,
      payable_id: id,
      account_id: SEED.account,
      amount: 100,
      date: '2026-11-25',
    }
    const operation = 'POST /contas/pagar/{id}/baixar'
    const before = line.received(operation)
    line.standIn.failNext({ operation, ...fault })
    const { refusal } = await line.call('operator', 'create_payment', payment)
    expect(refusal).toMatchObject({ error: { code }, alcada: { retry: 'never' } })
    expect(line.outcome('create_payment')).toEqual({ kind: 'unknown', code: code.replace('erp_', '') })
    const again = await line.call('operator', 'create_payment', payment)
    expect(again.refusal).toMatchObject({ error: { code: 'outcome_unknown' }, alcada: { retry: 'never' } })
    expect(line.received(operation)).toBe(before + 1)
    const booked = line.standIn.records(AURORA, 'baixas').filter(({ conta }) => String(conta) === id)
    expect(booked).toHaveLength(applied ? 1 : 0)
  })
})

// The last, since the account is left alone from here on.
test('when the day is used up the account is left alone, and no further call leaves', async () => {
  const body = error('TOO_MANY_REQUESTS', 'por dia', { limit: 120_000, period: 'day' })
  line.standIn.failNext({ operation: OPERATION, status: 429, body })
  expect((await read()).refusal).toMatchObject({ error: { code: 'erp_blocked' }, alcada: { retry: 'after' } })
  const before = line.standIn.received.length
  const other = await line.call('viewer', 'get_bank_accounts_list', {})
  expect(other.refusal).toMatchObject({ error: { code: 'erp_blocked' }, alcada: { retry: 'after' } })
  expect(line.standIn.received.length).toBe(before)
})
