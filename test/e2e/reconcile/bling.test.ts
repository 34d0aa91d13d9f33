// Bling gives out a year of accounts at once, and what is open of each only with the account itself.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inParts } from '../../../engine/operate/reconcile/window.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { HASTY, SEED } from '../bling/seed.ts'
import { type Comparing, comparing } from './line-and-ledger.ts'

let line: Line
let compare: Comparing

beforeAll(async () => {
  line = await openLine({ erp: 'bling', free: true, standIn: { limitFactor: 1_000 }, edits: [HASTY] })
  compare = comparing(line, 'bling')
})
afterAll(async () => {
  compare?.remove()
  await line.stop()
})

test('what is settled of an account is held against its calls, and an unknown outcome is told with it', async () => {
  const made = {
    reference: 'A-1',
    vendor_id: SEED.vendor,
    amount: 100,
    due_date: '2031-02-03',
    category_id: SEED.expense,
  }
  const id = String(Object(await line.data('operator', 'create_account_payable', made)).id)
  const pay = { reference: 'P-1', payable_id: id, account_id: SEED.account, amount: 30, date: '2026-11-25' }
  await line.data('operator', 'create_payment', pay)
  const days = ['--from', '2031-01-01', '--to', '2031-12-31', '--format', 'json']
  const first = await compare.run(...days)
  expect(first).toMatchObject({ code: 0, err: '' })
  expect(JSON.parse(first.out).matched).toMatchObject([{ of: 'payable', erp: { id, amount: 3_000 } }])
  line.standIn.failNext({ operation: 'POST /contas/pagar/{id}/baixar', dropConnection: true, afterApplying: true })
  await line.call('operator', 'create_payment', { ...pay, reference: 'P-2', amount: 20 })
  const { code, out } = await compare.run(...days)
  const { differences } = JSON.parse(out)
  expect(code).toBe(3)
  expect(differences).toMatchObject([
    {
      kind: 'unknown_outcome',
      evidence: '50.00 of it is settled in the ERP, and 30.00 by the ledger without this call',
      next: expect.stringMatching(/^alcada audit resolve bling-\d+ --done --reason/),
    },
  ])
})

test('days are asked for in parts, without a gap', () => {
  const now = Date.parse('2026-11-25T13:00:00Z')
  expect(inParts({ from: '2026-01-30', to: '2026-02-03' }, 2, now)).toEqual([
    { from: '2026-01-30', to: '2026-01-31' },
    { from: '2026-02-01', to: '2026-02-02' },
    { from: '2026-02-03', to: '2026-02-03' },
  ])
  expect(inParts({ from: '2026-11-25', to: null }, 400, now)).toEqual([{ from: '2026-11-25', to: '2027-11-25' }])
})
