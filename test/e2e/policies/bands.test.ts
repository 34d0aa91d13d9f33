import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Line, openLine, type Told } from '../../helpers/line/line.ts'
import { SEED } from '../nibo/seed.ts'

// Bands of rbac.yaml that are meant for some calls only, before Nibo's stand-in: the next band is what others have.

const PAY = 'POST /schedules/debit/{id}/payments'
const ENTER = 'POST /schedules/debit'
const PRODUCTION = 'a909dac6-6754-4683-8cc8-bec99e8fcbb6'
/** R$ 437,55, open, of another vendor. */
const OF_ANOTHER = '4285a8bf-9711-42e4-839b-28e650c77bf0'

let line: Line
beforeAll(async () => {
  const rbac = 'policies/nibo/rbac.yaml'
  line = await openLine({
    erp: 'nibo',
    standIn: { limitFactor: 1_000, listLagMs: 0 },
    edits: [
      [rbac, '  alcada:\n', `  counterparty_classes: { known: ["${SEED.vendor}"] }\n  alcada:\n`],
      [rbac, 'up_to: 1000.00, currency: BRL, approvers: 0', '$&, counterparty_class: known'],
      [
        rbac,
        '    create:\n      - { up_to: 20000.00, currency: BRL, approvers: 0',
        `$&, cost_centers: ["${SEED.costCenter}"]`,
      ],
    ].map(([file = '', from = '', to = '']) => [file, from, to.replace('$&', () => from)] as const),
  })
})
afterAll(() => line.stop())

const codeOf = ({ result, refusal, text }: Told): string => (result === null ? (refusal?.error.code ?? text) : 'done')

async function pay(reference: string, payable_id: string): Promise<string> {
  const args = { reference, payable_id, account_id: SEED.account, amount: 12.5, date: '2026-11-24' }
  return codeOf(await line.call('operator', 'create_payment', args))
}

async function enter(reference: string, more: object): Promise<string> {
  const bill = { vendor_id: SEED.vendor, amount: 250, due_date: '2026-12-31', accrual_date: '2026-11-24' }
  const args = { reference, ...bill, category_id: SEED.expense, ...more }
  return codeOf(await line.call('operator', 'create_account_payable', args))
}

test('a band for a class of parties: who is in it is paid alone, anybody else waits for another person', async () => {
  expect(await pay('C-1', OF_ANOTHER)).toBe('approval_required')
  expect(line.received(PAY)).toBe(0)
  expect(await pay('C-2', SEED.payable)).toBe('done')
  expect(line.received(PAY)).toBe(1)
})

test('a band for cost centres: a bill of another one, or of none, waits', async () => {
  expect(await enter('K-1', { cost_center_id: PRODUCTION })).toBe('approval_required')
  expect(await enter('K-2', {})).toBe('approval_required')
  expect(line.received(ENTER)).toBe(0)
  expect(await enter('K-3', { cost_center_id: SEED.costCenter })).toBe('done')
  expect(line.received(ENTER)).toBe(1)
})
