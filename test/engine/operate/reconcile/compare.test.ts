// What an ERP lists and what its ledger says, held against each other: each way in which they can differ, and those in which they do not.
import { describe, expect, test } from 'vitest'
import { call, compared, DRAFTS, PAYMENTS, record } from './side.ts'

const pay = (id: string | null, more: object = {}) =>
  call(
    'create_payment',
    { payable_id: 'P-1', amount: 89.9, date: '2026-11-25' },
    { counterparty: 'V-1', result: id === null ? null : { id }, ...more },
  )
const draft = (id: string, amount: number) =>
  call('create_payment_draft', { amount, date: '2026-11-25' }, { result: { id } })
const approve = (...ids: string[]) => call('update_payment_approved', { payment_ids: ids })

describe('a payment', () => {
  test('is alike where the ledger made it, for that amount', () => {
    expect(compared(PAYMENTS, [pay('1')], [record('1', 8_990)])).toMatchObject({ told: [], alike: ['1'] })
  })

  test('that nobody made through the server stands in the ERP alone', () => {
    const { told } = compared(PAYMENTS, [pay('1')], [record('1', 8_990), record('2', 8_990)])
    expect(told).toEqual(['erp_only 2: no entry of the ledger made it'])
  })

  test('that the ERP has no more stands in the ledger alone', () => {
    expect(compared(PAYMENTS, [pay('1')], []).told).toEqual(['ledger_only -: the ERP has no payment `1` any more'])
  })

  test('for another amount is told with both', () => {
    const { compared: both } = compared(PAYMENTS, [pay('1')], [record('1', 9_000)])
    expect(both.differences).toMatchObject([
      { kind: 'amount_differs', erp: { amount: 9_000 }, ledger: { amount: 8_990 } },
    ])
  })

  test('that the ledger took back is gone, or that is told', () => {
    const calls = [pay('1'), call('delete_payment', { id: '1' })]
    expect(compared(PAYMENTS, calls, [])).toMatchObject({ told: [] })
    expect(compared(PAYMENTS, calls, [record('1', 8_990)]).told).toEqual([
      'ledger_only 1: the ledger has taken it away, and the ERP still has it',
    ])
  })

  test('which the ERP seemed to refuse is told with the call that fits it', () => {
    const refused = pay(null, { end: 'not_done' })
    const { compared: both } = compared(PAYMENTS, [refused], [record('1', 8_990, { of: 'P-1' })])
    expect(both.differences).toMatchObject([{ kind: 'erp_only', ledger: { entry: refused.entry } }])
  })

  test('of before the days that are compared is nobody’s matter', () => {
    const before = record('1', 8_990, { date: '2026-11-01' })
    expect(compared(PAYMENTS, [], [before])).toMatchObject({ told: [], alike: [] })
  })

  test('of a call that is running is neither alike nor amiss', () => {
    const running = pay(null, { end: 'running' })
    expect(compared(PAYMENTS, [running], [record('1', 8_990, { of: 'P-1' })])).toMatchObject({ told: [], alike: [] })
  })

  test('that a person said was done is found by what it was for, once', () => {
    const said = pay(null)
    const rows = [record('1', 8_990, { of: 'P-1', counterparty: 'V-1' }), record('2', 8_990, { of: 'P-1' })]
    expect(compared(PAYMENTS, [said], rows)).toMatchObject({
      told: ['erp_only 2: no entry of the ledger made it'],
      alike: ['1'],
    })
    expect(compared(PAYMENTS, [said], [record('1', 8_990, { of: 'P-2' })]).told).toEqual([
      'erp_only 1: no entry of the ledger made it',
      'ledger_only -: no payment in the ERP fits it',
    ])
  })
})

describe('a draft', () => {
  test('follows its alterations, and counts as paid once it was approved', () => {
    const raised = call('update_payment_draft', { id: '1', amount: 95 })
    const moved = call('update_payment_draft', { id: '1', date: '2026-11-26' })
    const calls = [draft('1', 90), raised, moved, approve('1')]
    expect(compared(DRAFTS, calls, [record('1', 9_500, { status: 'approved' })])).toMatchObject({
      told: [],
      alike: ['1'],
    })
  })

  test('that was approved past the server is told with the entry that made it', () => {
    const { compared: both } = compared(DRAFTS, [draft('1', 90)], [record('1', 9_000, { status: 'approved' })])
    expect(both.differences).toMatchObject([
      {
        kind: 'erp_only',
        ledger: { tool: 'create_payment_draft' },
        evidence: expect.stringContaining('nobody let it'),
      },
    ])
  })

  test('that the ledger approved and the ERP took back has no effect', () => {
    const { told } = compared(DRAFTS, [draft('1', 90), approve('1')], [record('1', 9_000, { status: 'failed' })])
    expect(told).toEqual(['ledger_only 1: the ledger let it through, and in the ERP it is `failed`'])
  })

  test('of several that were approved together and were not made here, the sum is compared', () => {
    const both = call('update_payment_approved', { payment_ids: ['1', '2'] }, { amount: 10_000 })
    const rows = (amount: number) => [record('1', 4_000, DONE), record('2', amount, DONE)]
    expect(compared(DRAFTS, [both], rows(6_000))).toMatchObject({ told: [], alike: ['1', '2'] })
    expect(compared(DRAFTS, [both], rows(7_000)).told).toEqual([
      'amount_differs 1 2: together they are another amount than the ledger let through',
    ])
  })
})

describe('an unknown outcome comes with what the ERP shows, and the command that ends it', () => {
  const unknown = { end: 'unknown' } as const

  test('a payment that fits it', () => {
    const { told, compared: both } = compared(PAYMENTS, [pay(null, unknown)], [record('1', 8_990, { of: 'P-1' })])
    expect(told).toEqual(['unknown_outcome 1: payment `1` in the ERP fits it, and nothing else → --done'])
    const [difference] = both.differences
    expect(difference?.next).toBe(`alcada audit resolve ${difference?.ledger?.entry} --done --reason …`)
  })

  test('none that fits it', () => {
    const { told } = compared(PAYMENTS, [pay('1'), pay(null, unknown)], [record('1', 8_990, { of: 'P-1' })])
    expect(told).toEqual(['unknown_outcome -: no payment in the ERP fits it → --not-done'])
  })

  test('two that fit it: only a person knows', () => {
    const rows = [record('1', 8_990, { of: 'P-1' }), record('2', 8_990, { of: 'P-1' })]
    expect(compared(PAYMENTS, [pay(null, unknown)], rows).told).toEqual([
      'unknown_outcome 1: 2 in the ERP fit it, and 0 other calls → --done|--not-done',
    ])
  })

  test.each([
    [['approved', 'approved'], '2 of 2 are settled in the ERP → --done'],
    [['draft', 'draft'], '0 of 2 are settled in the ERP → --not-done'],
    [['approved', 'draft'], '1 of 2 are settled in the ERP → --done|--not-done'],
  ])('an approval of two that are %s', (states, evidence) => {
    const calls = [draft('1', 10), draft('2', 10), { ...approve('1', '2'), ...unknown }]
    const rows = states.map((status, index) => record(String(index + 1), 1_000, { status }))
    expect(compared(DRAFTS, calls, rows).told).toEqual([`unknown_outcome 1: ${evidence}`])
  })

  test('a removal, and an alteration', () => {
    const gone = { ...call('delete_payment_draft', { id: '1' }), ...unknown }
    const raised = { ...call('update_payment_draft', { id: '2', amount: 95 }), ...unknown }
    const calls = [draft('1', 10), draft('2', 90), gone, raised]
    expect(compared(DRAFTS, calls, [record('2', 9_500, { status: 'draft' })], new Map([['1', null]])).told).toEqual([
      'unknown_outcome -: the ERP has it no more → --done',
      'unknown_outcome 2: the amount in the ERP is 95.00, and 95.00 was asked for → --done',
    ])
    expect(
      compared(DRAFTS, calls, [record('1', 1_000, { status: 'draft' }), record('2', 9_000, { status: 'draft' })]).told,
    ).toEqual([
      'unknown_outcome 1: the ERP has 1 of 1 still → --not-done',
      'unknown_outcome 2: the amount in the ERP is 90.00, and 95.00 was asked for → --not-done',
    ])
  })
})

const DONE = { status: 'approved' }
