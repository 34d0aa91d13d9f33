import { afterAll, beforeAll, expect, test } from 'vitest'
import { AURORA } from '../../helpers/alcada/start.ts'
import { type Line, openLine, type Told } from '../../helpers/line/line.ts'

// In Tryton an approval names payments and no amount: what it releases stands in the records.

let line: Line
let used = 0
beforeAll(async () => {
  line = await openLine({ erp: 'tryton' })
})
afterAll(() => line.stop())

async function draft(amount: number): Promise<string> {
  used += 1
  const vendors = Object(await line.data('viewer', 'get_vendors_list', {}))
  const [account] = Object(await line.data('viewer', 'get_bank_accounts_list', {}))
  const args = {
    reference: `D-${used}`,
    vendor_id: Object(vendors[0]).id,
    account_id: account.id,
    amount,
    date: '2026-11-25',
  }
  return String(Object(await line.data('operator', 'create_payment_draft', args)).id)
}

function approve(payment_ids: unknown): Promise<Told> {
  used += 1
  return line.call('operator', 'update_payment_approved', { reference: `A-${used}`, payment_ids })
}

const APPROVE = 'model.account.payment.approve'
const stateOf = async (id: string): Promise<unknown> =>
  Object(await line.data('viewer', 'get_payment_by_id', { id })).status

test('a list is as much as all its payments: two that are each within the limit are not, together', async () => {
  const ids = [await draft(600), await draft(400.01)]
  const { refusal } = await approve(ids)
  expect(refusal).toMatchObject({
    error: { code: 'approval_required' },
    alcada: { approval: { count: 1, roles: ['approver'] } },
  })
  expect(line.alcada.ledger().at(-1)?.event).toMatchObject({ input: { facts: { amount: 100_001 } } })
  expect(line.received(APPROVE)).toBe(0)
  expect((await approve(ids.slice(0, 1))).result?.data).toEqual([{ id: ids[0], reference: expect.any(String) }])
  expect([await stateOf(ids[0] ?? ''), await stateOf(ids[1] ?? '')]).toEqual(['approved', 'draft'])
})

test('a list that says a payment twice, none, too many or something else is refused', async () => {
  const id = await draft(10)
  const before = line.received(APPROVE)
  for (const list of [
    [id, id],
    [],
    Array.from({ length: 51 }, (_, index) => String(index + 1)),
    id,
    [Number(id)],
    [[id]],
    [''],
    [{ id }],
  ]) {
    expect((await approve(list)).refusal?.error.code).toBe('arguments_invalid')
  }
  const twice = await approve([id, `0${id}`])
  // The same payment in two spellings counts twice, never less.
  if (twice.result === null)
    expect(twice.refusal?.error.code).toMatch(/^(erp_|record_state|resolve_failed|approval_required)/)
  expect((await approve(['99999'])).refusal?.error.code).toBe('resolve_failed')
  expect(line.received(APPROVE)).toBeLessThanOrEqual(before + 1)
})

test('what is approved is not approved again, and its amount is not changed afterwards', async () => {
  const id = await draft(10)
  await approve([id])
  const before = line.received(APPROVE)
  expect((await approve([id])).refusal?.error.code).toBe('record_state')
  const change = await line.call('operator', 'update_payment_draft', { reference: 'U-1', id, amount: 9000 })
  expect(change.refusal?.error.code).toBe('record_state')
  expect(line.received(APPROVE)).toBe(before)
  expect(await line.data('viewer', 'get_payment_by_id', { id })).toMatchObject({ status: 'approved', amount: 10 })
})

test.each([
  ['by its own id', (id: string) => id],
  ['by its id in another spelling', (id: string) => `0${id}`],
])('a payment is not raised between the look at its amount and its release, %s', async (_name, spelled) => {
  const id = await draft(1000)
  const reads = line.received('model.account.payment.search_read')
  line.standIn.failNext({ operation: 'model.account.payment.search_read', delayMs: 600 })
  const released = approve([id])
  while (line.received('model.account.payment.search_read') === reads)
    await new Promise((resolve) => setTimeout(resolve, 5))
  used += 1
  const raised = line.call('operator', 'update_payment_draft', {
    reference: `R-${used}`,
    id: spelled(id),
    amount: 50_000,
  })
  expect((await released).result).not.toBeNull()
  expect((await raised).refusal?.error.code).toBe('record_state')
  expect(await line.data('viewer', 'get_payment_by_id', { id })).toMatchObject({ status: 'approved', amount: 1000 })
})

test('no argument carries a state or another company past the tool', async () => {
  const id = await draft(10)
  for (const [tool, more] of [
    ['update_payment_draft', { state: 'approved' }],
    ['update_payment_draft', { status: 'approved' }],
    ['update_payment_draft', { company: AURORA }],
    ['update_payment_draft', { kind: 'receivable' }],
    ['update_payment_approved', { amount: 1 }],
  ] as const) {
    const args =
      tool === 'update_payment_draft'
        ? { reference: 'S-1', id, ...more }
        : { reference: 'S-2', payment_ids: [id], ...more }
    expect((await line.call('operator', tool, args)).refusal?.error).toMatchObject({
      code: 'arguments_invalid',
      field: Object.keys(more)[0],
    })
  }
  expect(await stateOf(id)).toBe('draft')
})
