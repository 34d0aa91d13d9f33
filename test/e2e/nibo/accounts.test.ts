import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AURORA, BRISA } from '../../helpers/alcada/start.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { HASTY, SEED } from './seed.ts'

let line: Line
beforeAll(async () => {
  line = await openLine({ erp: 'nibo', free: true, standIn: { limitFactor: 1_000, listLagMs: 0 }, edits: [HASTY] })
})
afterAll(() => line.stop())

const SIDES = [
  {
    side: 'payable',
    native: 'debit',
    other: 'receivable',
    list: 'get_accounts_payable_list',
    party: 'vendor_id',
    partyId: SEED.vendor,
    category: SEED.expense,
    wrong: SEED.income,
    seeded: SEED.payable,
    settle: 'payment',
    settled: 'payments',
    paid: 'b18317ea-272c-4273-8b8a-17b9263df111',
    theirs: '25eec974-02de-4ee9-a9ab-e5e40b5184be',
  },
  {
    side: 'receivable',
    native: 'credit',
    other: 'payable',
    list: 'get_accounts_receivable_list',
    party: 'customer_id',
    partyId: SEED.customer,
    category: SEED.income,
    wrong: SEED.expense,
    seeded: '63a1f5ae-b0a9-4cdf-9bc1-0ca238a18593',
    settle: 'receipt',
    settled: 'receipts',
    paid: '5b79ad18-390b-4de5-a295-0b5860cdff65',
    theirs: '5afb9f65-01e5-47c9-87e9-d3b5f58dc9fd',
  },
]

describe.each(SIDES)('what is $side in Nibo', (of) => {
  const { side, native, settle } = of
  const idOf = (data: unknown): string => String(Object(data).id)
  const schedule = (id: string): Record<string, unknown> | undefined =>
    line.standIn.records(AURORA, `schedules/${native}`).find((row) => row['scheduleId'] === id)
  const settlements = (id: string): readonly Record<string, unknown>[] =>
    ['payments', 'receipts']
      .flatMap((table) => line.standIn.records(AURORA, table))
      .filter((row) => row['scheduleId'] === id)
  const args = (reference: string, amount: number): Record<string, unknown> => ({
    reference,
    [of.party]: of.partyId,
    amount,
    due_date: '2026-12-31',
    category_id: of.category,
  })
  const enter = async (reference: string, amount: number): Promise<string> =>
    idOf(await line.data('operator', `create_account_${side}`, args(reference, amount)))
  const settlement = (reference: string, id: string, amount: number): Record<string, unknown> => ({
    reference,
    [`${side}_id`]: id,
    account_id: SEED.account,
    amount,
    date: '2026-11-24',
  })
  /** Nibo shows what is payable with a minus. */
  const sign = side === 'payable' ? -1 : 1

  test('a list is narrowed by party, state and due date', async () => {
    const due = await line.data('viewer', of.list, { due_from: '2026-12-20', due_to: '2026-12-22', page_size: 100 })
    expect(Object(due).length).toBe(2)
    for (const one of Object.values(Object(due))) expect(Object(one).due_date).toMatch(/^2026-12-2[0-2]$/)
    for (const status of ['open', 'paid']) {
      const some = Object(await line.data('viewer', of.list, { status, page_size: 100 }))
      expect(some.length).toBeGreaterThan(2)
      expect(Object.values(some).every((one) => Object(one).status === status)).toBe(true)
    }
    const mine = await line.data('admin', of.list, { [of.party]: of.partyId })
    expect(mine).toEqual(expect.arrayContaining([expect.objectContaining({ id: of.seeded, [of.party]: of.partyId })]))
    expect((await line.call('viewer', of.list, { status: 'overdue' })).refusal?.error.code).toBe('erp_validation')
  })

  test('one is read with its dates, and its money above zero', async () => {
    const amount = side === 'payable' ? 89.9 : 149.9
    expect(await line.data('admin', `get_account_${side}_by_id`, { id: of.seeded })).toMatchObject({
      id: of.seeded,
      amount,
      paid_amount: 0,
      open_amount: amount,
      status: 'open',
      due_date: side === 'payable' ? '2026-11-30' : '2026-11-28',
      [of.party]: of.partyId,
    })
  })

  test('one of the other side is not found, is not settled on this one, and is not deleted', async () => {
    const seeded = SIDES.find((one) => one.side === of.other)?.seeded ?? ''
    expect((await line.call('viewer', `get_account_${side}_by_id`, { id: seeded })).refusal?.error.code).toBe(
      'erp_not_found',
    )
    const settled = await line.call('operator', `create_${settle}`, settlement(`O-${side}`, seeded, 1))
    expect(settled.refusal?.error.code).toBe('resolve_failed')
    const deleted = await line.call('admin', `delete_account_${side}`, { id: seeded, reason: 'em duplicidade' })
    expect(deleted.refusal?.error.code).toBe('resolve_failed')
    expect(settlements(seeded)).toEqual([])
  })

  test.each([0.07, 29.99, 1234567.89, 0.01, 999999.1])('R$ %d is entered to the centavo', async (amount) => {
    const more = { accrual_date: '2026-11-02', cost_center_id: SEED.costCenter, description: 'entrega "rápida" de pão' }
    const id = idOf(await line.data('operator', `create_account_${side}`, { ...args(`M-${amount}`, amount), ...more }))
    expect(schedule(id)).toMatchObject({
      reference: `M-${amount}`,
      stakeholder: { id: of.partyId },
      value: sign * amount,
      openValue: sign * amount,
      dueDate: '2026-12-31T00:00:00Z',
      scheduleDate: '2026-12-31T00:00:00Z',
      accrualDate: '2026-11-02T00:00:00Z',
      description: 'entrega "rápida" de pão',
      categories: [{ categoryId: of.category, value: sign * amount }],
      costCenters: [{ costCenterId: SEED.costCenter, percent: 100 }],
      isPaid: false,
    })
  })

  test('an open one is deleted, a settled one neither deleted nor settled again', async () => {
    const id = await enter(`DEL-${side}`, 10)
    await line.data('admin', `delete_account_${side}`, { id, reason: 'lançado em duplicidade' })
    expect(schedule(id)).toBeUndefined()
    const before = line.received(`DELETE /schedules/${native}/{id}`)
    const paid = await line.call('admin', `delete_account_${side}`, { id: of.paid, reason: 'lançado em duplicidade' })
    expect(paid.refusal?.error.code).toBe('record_state')
    const again = await line.call('operator', `create_${settle}`, settlement(`AG-${side}`, of.paid, 1))
    expect(again.refusal?.error.code).toBe('record_state')
    expect(line.received(`DELETE /schedules/${native}/{id}`)).toBe(before)
    expect(settlements(of.paid)).toHaveLength(1)
  })

  test('it is settled in parts to the centavo, listed, and a settlement is undone', async () => {
    const id = await enter(`ST-${side}`, 1234567.89)
    const first = idOf(await line.data('operator', `create_${settle}`, settlement(`ST-${side}-1`, id, 29.99)))
    await line.data('operator', `create_${settle}`, settlement(`ST-${side}-2`, id, 1234537.83))
    const last = idOf(await line.data('operator', `create_${settle}`, settlement(`ST-${side}-3`, id, 0.07)))
    expect(settlements(id).map(({ value }) => value)).toEqual([29.99, 1234537.83, 0.07])
    expect(settlements(id)[0]).toMatchObject({
      entryId: first,
      date: '2026-11-24T00:00:00Z',
      account: { id: SEED.account },
    })
    expect(schedule(id)).toMatchObject({ isPaid: true, openValue: 0 })

    const listed = await line.data('admin', `get_${of.settled}_list`, {
      date_from: '2026-11-24',
      date_to: '2026-11-24',
    })
    expect(listed).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          id: last,
          [`${side}_id`]: id,
          [of.party]: of.partyId,
          amount: 0.07,
          date: '2026-11-24',
          status: 'done',
        }),
      ]),
    )

    const undo = { id: first, [`${side}_id`]: id, reason: 'pago em duplicidade' }
    expect((await line.call('operator', `delete_${settle}`, undo)).code).toBe(-32_602)
    await line.data('admin', `delete_${settle}`, undo)
    expect(settlements(id).map(({ value }) => value)).toEqual([1234537.83, 0.07])
    expect(await line.data('viewer', `get_account_${side}_by_id`, { id })).toMatchObject({
      open_amount: 29.99,
      status: 'open',
    })
  })

  test('a settlement is undone only on what it settles', async () => {
    const [seeded] = settlements(of.paid)
    const undo = { id: String(seeded?.['entryId']), [`${side}_id`]: of.seeded, reason: 'pago em duplicidade' }
    expect((await line.call('admin', `delete_${settle}`, undo)).refusal?.error.code).toBe('erp_not_found')
    expect(settlements(of.paid)).toHaveLength(1)
  })

  test('a category of the wrong half is refused in the words of Nibo', async () => {
    const { refusal } = await line.call('operator', `create_account_${side}`, {
      ...args(`W-${side}`, 5),
      category_id: of.wrong,
    })
    expect(refusal?.error).toEqual({
      code: 'erp_validation',
      message: 'the ERP says: Valor do agendamento deve ser positivo',
    })
  })

  test('the books of another organization are out of reach for a token of one', async () => {
    const brisa = { companies: [BRISA] }
    const foreign = await line.call('operator', `create_${settle}`, settlement(`BR-${side}`, of.seeded, 1), brisa)
    expect(foreign.refusal?.error.code).toBe('resolve_failed')
    expect(settlements(of.seeded)).toEqual([])
    const own = { ...settlement(`BS-${side}`, of.theirs, 1), account_id: '68d7bbb7-824f-4aae-9611-9bab991c93e5' }
    await line.data('operator', `create_${settle}`, own, brisa)
    expect(line.standIn.records(BRISA, of.settled).filter((row) => row['scheduleId'] === of.theirs)).toHaveLength(1)
  })
})

test('a receivable whose NFS-e is asked for is another call: it issues a legal document', async () => {
  const args = {
    reference: 'NF-1',
    customer_id: SEED.customer,
    amount: 10,
    due_date: '2026-12-31',
    category_id: SEED.income,
  }
  const asked = await line.call('operator', 'create_account_receivable', { ...args, issue_nfse: true })
  expect(asked.refusal?.error.code).toBe('permission_missing')
  expect(line.standIn.records(AURORA, 'schedules/credit').filter((row) => row['reference'] === 'NF-1')).toEqual([])
  await line.data('operator', 'create_account_receivable', { ...args, reference: 'NF-2', issue_nfse: false })
  expect(Reflect.get(line.standIn, 'issued')).toEqual([])
})

test('every tool for accounts and settlements has answered', async () => {
  expect(await line.unanswered(/payable|receivable|payment|receipt/)).toEqual([])
})
