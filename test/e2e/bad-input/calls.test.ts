import { describe, expect, test } from 'vitest'
import { modern } from '../../helpers/mcp/post.ts'
import { besieged } from './besieged.ts'

const { line, send } = besieged()

const PAY = { payable_id: '2701001', account_id: '2243121', amount: 10, date: '2026-11-25', reference: 'C-1' }

describe('a tool that is none, and a tool that is not for this caller', () => {
  const NAMES = [
    'get_secrets',
    'create_payment ',
    'CREATE_PAYMENT',
    'createPayment',
    '',
    '.',
    '../mcp',
    '__proto__',
    'constructor',
    'toString',
    'x'.repeat(5_000),
    'create_payment\u0000',
    'créate',
    'LancarPagamento',
  ]

  test.each(NAMES)('%j is unknown', async (name) => {
    const told = await line().call('admin', name, PAY)
    expect([told.code, told.result, told.refusal]).toEqual([-32_602, null, null])
    expect(told.text).toContain('unknown tool')
  })

  test('one that is hidden is answered in the words of one that does not exist, before its arguments are looked at', async () => {
    for (const args of [PAY, {}, { amount: 'x' }]) {
      const hidden = await line().call('viewer', 'create_payment', args)
      const missing = await line().call('viewer', 'create_paymenx', args)
      expect(hidden.code).toBe(-32_602)
      expect(hidden.text.replace('create_payment', '')).toBe(missing.text.replace('create_paymenx', ''))
    }
    expect((await line().tools('viewer')).map(({ name }) => name)).not.toContain('create_payment')
    const events = line()
      .alcada.ledger()
      .map(({ event }) => event)
    const written = events.flatMap((event) =>
      event.kind === 'recorded' && event.code === 'unknown_tool' ? [event.tool] : [],
    )
    expect(written).toEqual(expect.arrayContaining(['create_payment', 'create_paymenx']))
    expect(written.every((tool) => (tool ?? '').length <= 128)).toBe(true)
  })

  test('somebody who only consents sees nothing and calls nothing', async () => {
    expect(await line().tools('approver')).toEqual([])
    expect((await line().call('approver', 'get_vendors_list', {})).code).toBe(-32_602)
  })
})

const WRONG: readonly [string, Record<string, unknown>, string | undefined, string][] = [
  ['one that is missing', { reference: undefined }, 'reference', 'is required'],
  ['an unknown one', { valor: 5 }, 'valor', 'is unknown: this tool takes `account_id`, `amount`'],
  ['another company', { company: '12ABC34501DE35' }, 'company', 'is unknown'],
  ['a date that is none', { date: '2026-02-30' }, 'date', 'date'],
  ['a date of another land', { date: '25/11/2026' }, 'date', 'date'],
  ['an id that is a number', { payable_id: 2701001 }, 'payable_id', 'string'],
  ['an id with a path in it', { payable_id: '../2701001' }, 'payable_id', 'pattern'],
  ['an id of another script', { payable_id: '２７０１００１' }, 'payable_id', 'pattern'],
  ['an id with a line break behind it', { payable_id: '2701001\n' }, 'payable_id', 'pattern'],
  ['an id that is too long', { payable_id: '1'.repeat(65) }, 'payable_id', '64'],
  ['a reference that is too long', { reference: 'x'.repeat(21) }, 'reference', '20'],
  ['a text that is empty', { description: '' }, 'description', '1'],
  ['a text that is too long', { description: 'x'.repeat(501) }, 'description', '500'],
  ['a list for a text', { description: ['x'] }, 'description', 'string'],
  ['money as a text', { amount: '10.00' }, 'amount', 'number'],
  ['money below zero', { amount: -10 }, 'amount', '> 0'],
  ['no money at all', { amount: 0 }, 'amount', '> 0'],
  ['a part of a centavo', { amount: 10.001 }, 'amount', 'at most two decimals'],
  ['too much money', { amount: 1e13 }, 'amount', '1000000000000'],
]

describe('an argument that is wrong is named, with what is expected, and without what it was', () => {
  test.each(WRONG)('%s', async (_name, change, field, words) => {
    const { refusal, text } = await line().call('operator', 'create_payment', { ...PAY, ...change })
    expect(refusal).toMatchObject({ error: { code: 'arguments_invalid', field }, alcada: { retry: 'never' } })
    expect(refusal?.error.message).toContain(words)
    expect(refusal?.alcada.entry).toMatch(/^omie-\d+$/)
    for (const value of Object.values(change))
      if (typeof value === 'string' && value.length > 15) expect(text).not.toContain(value)
  })

  test('arguments that are no object', async () => {
    for (const given of [[], ['a'], 'x', 1, true]) {
      const sent = modern('tools/call', { name: 'create_payment', arguments: given })
      const { json } = await send(sent)
      const refused = Object(json).result?.structuredContent?.error?.code === 'arguments_invalid'
      expect([given, refused || Object(json).error?.code === -32_602]).toEqual([given, true])
    }
  })

  test('half of a character stands for nothing', async () => {
    for (const [name, value] of [
      ['description', '\\ud800'],
      ['description', 'x\\udc00y'],
      ['reference', '\\ud83d'],
    ]) {
      const sent = modern('tools/call', { name: 'create_payment', arguments: { ...PAY, [String(name)]: '@' } })
      const { status, json } = await send({ ...sent, body: String(sent.body).replace('"@"', `"${value}"`) })
      const message = 'expected surrogates in pairs'
      expect([status, json]).toMatchObject([400, { error: { code: -32_700, message } }])
    }
  })

  test('a nested argument is named with its place', async () => {
    const vendor = { reference: 'V-1', name: 'X', document: '11222333000181' }
    for (const [bank, field] of [
      [{ pix: 'x' }, 'bank.pix'],
      [{ bank_code: '1' }, 'bank.bank_code'],
      [{}, 'bank'],
      ['001', 'bank'],
    ] as const) {
      const { refusal } = await line().call('operator', 'create_vendor', { ...vendor, bank })
      expect(refusal?.error).toMatchObject({ code: 'arguments_invalid', field })
    }
  })

  test('a document, a page and a name that are none', async () => {
    for (const [tool, args, field] of [
      ['get_vendor_by_document', { document: '11.222.333/0001-81' }, 'document'],
      ['get_vendor_by_document', { document: "1' or '1'='1" }, 'document'],
      ['get_vendors_list', { page: 0 }, 'page'],
      ['get_vendors_list', { page: 1.5 }, 'page'],
      ['get_vendors_list', { page_size: 501 }, 'page_size'],
      ['get_vendors_list', { page_size: '50' }, 'page_size'],
      ['get_vendors_list', { name_contains: '' }, 'name_contains'],
      ['get_accounts_payable_list', { status: 'PAGO' }, 'status'],
    ] as const) {
      expect((await line().call('viewer', tool, args)).refusal?.error).toMatchObject({
        code: 'arguments_invalid',
        field,
      })
    }
  })
})
