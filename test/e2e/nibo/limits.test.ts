import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { SEED } from './seed.ts'

// 14 calls a second per organization, and lists that show a write later than a read by id does.

let line: Line
beforeAll(async () => {
  line = await openLine({ erp: 'nibo', free: true, standIn: { listLagMs: 3_000 } })
})
afterAll(() => line.stop())

test('forty reads at once are all answered: what is above fourteen a second waits here and not there', async () => {
  const reads = Array.from({ length: 40 }, (_, index) =>
    line.call('viewer', 'get_customers_list', { page_size: index + 1 }),
  )
  const told = await Promise.all(reads)
  expect(told.filter(({ result }) => result === null)).toEqual([])
  expect(line.standIn.received.filter(({ status }) => status === 429)).toEqual([])
  expect(line.received('GET /customers')).toBe(40)
})

test('nothing is answered from memory: Nibo gives the same answer as often as it is asked', async () => {
  const before = line.received('GET /customers/{id}')
  for (let count = 0; count < 3; count += 1) await line.data('viewer', 'get_customer_by_id', { id: SEED.customer })
  expect(line.received('GET /customers/{id}')).toBe(before + 3)
})

test('a settlement is confirmed by reading its record, since the list does not show it yet', async () => {
  const args = {
    reference: 'LAG-1',
    payable_id: SEED.payable,
    account_id: SEED.account,
    amount: 89.9,
    date: '2026-11-25',
  }
  const { id } = Object(await line.data('operator', 'create_payment', args))
  const listed = await line.data('admin', 'get_payments_list', { date_from: '2026-11-25', date_to: '2026-11-25' })
  expect(listed).not.toContainEqual(expect.objectContaining({ id }))
  expect(await line.data('viewer', 'get_account_payable_by_id', { id: SEED.payable })).toMatchObject({ status: 'paid' })
})
