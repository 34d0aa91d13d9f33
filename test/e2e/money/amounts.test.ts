import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AURORA } from '../../helpers/alcada/start.ts'
import { type ErpName, type Line, openLine } from '../../helpers/line/line.ts'
import { modern, post } from '../../helpers/mcp/post.ts'
import { SEED as BLING_SEED, HASTY } from '../bling/seed.ts'
import { SEED } from '../nibo/seed.ts'

const PAYMENTS: Record<ErpName, { operation: string; args: Record<string, unknown> }> = {
  omie: { operation: 'LancarPagamento', args: { payable_id: '2701001', account_id: '2243121', date: '2026-11-25' } },
  nibo: {
    operation: 'POST /schedules/debit/{id}/payments',
    args: { payable_id: SEED.payable, account_id: SEED.account, date: '2026-11-25' },
  },
  bling: {
    operation: 'POST /contas/pagar/{id}/baixar',
    args: { payable_id: BLING_SEED.payable, account_id: BLING_SEED.account, date: '2026-11-25' },
  },
  tryton: {
    operation: 'model.account.payment.create',
    args: { vendor_id: '@vendor', account_id: '1', date: '2026-11-25' },
  },
}

/** Amounts as they stand in the JSON text, and what becomes of them. */
const REFUSED: readonly [string, 'arguments_invalid' | 'unreadable'][] = [
  ['"10.00"', 'arguments_invalid'],
  ['"1e3"', 'arguments_invalid'],
  ['-10', 'arguments_invalid'],
  ['0', 'arguments_invalid'],
  ['0.00', 'arguments_invalid'],
  ['-0', 'arguments_invalid'],
  ['-0.0', 'arguments_invalid'],
  ['0.001', 'arguments_invalid'],
  ['10.005', 'arguments_invalid'],
  ['0.1e-1999', 'unreadable'],
  ['1e-7', 'arguments_invalid'],
  ['1000000000000.01', 'arguments_invalid'],
  ['1e13', 'arguments_invalid'],
  ['1e21', 'unreadable'],
  ['1e999', 'unreadable'],
  ['-1e999', 'unreadable'],
  ['NaN', 'unreadable'],
  ['Infinity', 'unreadable'],
  ['0x10', 'unreadable'],
  ['010', 'unreadable'],
  ['+10', 'unreadable'],
  ['10.', 'unreadable'],
  ['.5', 'unreadable'],
  ['10,00', 'unreadable'],
  ['89.900000000000000001', 'unreadable'],
  ['99999999999999999999', 'unreadable'],
  ['true', 'arguments_invalid'],
  ['null', 'arguments_invalid'],
  ['[10]', 'arguments_invalid'],
  ['{"value":10}', 'arguments_invalid'],
  ['{}', 'arguments_invalid'],
]

describe.each<ErpName>(['omie', 'nibo', 'bling', 'tryton'])('an amount that is none, to %s', (erp) => {
  let line: Line
  const { operation, args } = PAYMENTS[erp]
  const tool = erp === 'tryton' ? 'create_payment_draft' : 'create_payment'
  let vendor = ''
  beforeAll(async () => {
    line = await openLine({ erp, standIn: { limitFactor: 1_000 }, edits: erp === 'bling' ? [HASTY] : [] })
    vendor = String(Object(Object(await line.data('viewer', 'get_vendors_list', {}))[0]).id)
  })
  afterAll(() => line.stop())

  const say = (amount: string): ReturnType<typeof post> => {
    const sent = modern('tools/call', { name: tool, arguments: { ...args, reference: 'A-1', amount: '@' } })
    const authorization = `Bearer ${line.alcada.token('operator')}`
    const body = String(sent.body).replace('"@"', amount).replace('@vendor', vendor)
    return post(line.alcada.mcp, {
      headers: { ...sent.headers, authorization },
      body,
    })
  }

  test.each(REFUSED)('%s', async (amount, code) => {
    const before = line.standIn.received.length
    const { status, text } = await say(amount)
    if (code === 'unreadable') {
      expect([status, JSON.parse(text)]).toMatchObject([400, { error: { code: -32_700 } }])
    } else {
      expect(status).toBe(200)
      expect(text).toContain('\\"code\\":\\"arguments_invalid\\"')
      expect(text).toContain('\\"field\\":\\"amount\\"')
      expect(text).toContain('\\"retry\\":\\"never\\"')
    }
    expect(line.standIn.received.length).toBe(before)
  })

  test('an amount is what it is however JSON writes it', async () => {
    expect((await say('8.99E1')).text).toContain('\\"reference\\":\\"A-1\\"')
    expect(line.received(operation)).toBe(1)
    expect(JSON.stringify(line.standIn.received.findLast((one) => one.operation === operation)?.params)).toMatch(
      /89\.90?\b/,
    )
  })
})

/** Where a stand-in keeps payments, and which of them are of the payable that is paid here. */
const BOOKED: Record<Paid, { records: string; of: (row: Record<string, unknown>) => boolean }> = {
  omie: { records: 'baixas', of: (row) => row['codigo_lancamento_omie'] === 2701001 },
  nibo: { records: 'payments', of: (row) => row['scheduleId'] === SEED.payable },
  bling: { records: 'baixas', of: (row) => String(row['conta']) === BLING_SEED.payable },
}
type Paid = Exclude<ErpName, 'tryton'>

describe.each<Paid>(['omie', 'nibo', 'bling'])('payments made at the same time, to %s', (erp) => {
  let line: Line
  const { operation, args } = PAYMENTS[erp]
  beforeAll(async () => {
    line = await openLine({ erp, standIn: { limitFactor: 1_000 }, edits: erp === 'bling' ? [HASTY] : [] })
  })
  afterAll(() => line.stop())

  const { records, of } = BOOKED[erp]
  const booked = (): number => line.standIn.records(AURORA, records).filter(of).length

  test('twenty that are the same are one: the others are given its answer', async () => {
    line.standIn.failNext({ operation, delayMs: 200 })
    const same = { ...args, reference: 'S-1', amount: 40 }
    const told = await Promise.all(Array.from({ length: 20 }, () => line.call('operator', 'create_payment', same)))
    const answers = told.map(({ result }) => JSON.stringify(result?.data))
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toContain('S-1')
    expect(told.filter(({ result }) => result?.alcada.replayed === true)).toHaveLength(19)
    expect([line.received(operation), booked()]).toEqual([1, 1])
  })

  test('ten of all that is open are one: the others find nothing open, and the ERP is not asked', async () => {
    line.standIn.failNext({ operation, delayMs: 200 })
    const told = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        line.call('operator', 'create_payment', { ...args, reference: `T-${index}`, amount: 49.9 }),
      ),
    )
    expect(told.filter(({ result }) => result !== null)).toHaveLength(1)
    expect(told.flatMap(({ refusal }) => refusal?.error.code ?? [])).toEqual(
      Array.from({ length: 9 }, () => 'record_state'),
    )
    expect([line.received(operation), booked()]).toEqual([2, 2])
  })

  test('a reference used before with another amount is refused', async () => {
    const other = await line.call('operator', 'create_payment', { ...args, reference: 'S-1', amount: 41 })
    expect(other.refusal?.error).toMatchObject({ code: 'idempotency_conflict', field: 'reference' })
    expect(line.received(operation)).toBe(2)
  })
})
