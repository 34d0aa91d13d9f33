import { expect, test } from 'vitest'
import { openLine } from '../../helpers/line/line.ts'

const STEP = 'args: { id: /args/payable_id }, maxAgeS: 60, expect: { /status: [open, overdue, partial] }'

test.each([
  {
    name: 'as old as the tool allows, a record read before stands for the one a decision needs',
    maxAgeS: ', maxAgeS: 60',
    reads: 1,
  },
  { name: 'where the tool allows no age, the record is read anew for every decision', maxAgeS: '', reads: 2 },
])('$name', async ({ maxAgeS, reads }) => {
  const edit = ['erps/omie/tools.yaml', STEP, STEP.replace(', maxAgeS: 60', maxAgeS)] as const
  const line = await openLine({ erp: 'omie', standIn: { limitFactor: 1_000 }, edits: [edit] })
  try {
    await line.data('viewer', 'get_account_payable_by_id', { id: '2701008' })
    const payment = {
      payable_id: '2701008',
      account_id: '2243121',
      amount: 5_000,
      date: '2026-11-25',
      reference: 'A-1',
    }
    expect((await line.call('operator', 'create_payment', payment)).refusal?.error.code).toBe('approval_required')
    expect(line.received('ConsultarContaPagar')).toBe(reads)
  } finally {
    await line.stop()
  }
})
