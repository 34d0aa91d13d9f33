import { afterEach, expect, test } from 'vitest'
import { type Line, openLine } from '../../helpers/line/line.ts'

const HOURS = ['policies/omie/security.yaml', 'from: 0\n      until: 24'] as const
const PAYMENT = { reference: 'H-1', payable_id: '2701001', account_id: '2243121', amount: 10, date: '2026-11-24' }

let line: Line
afterEach(() => line.stop())

async function between(from: number): Promise<Line> {
  line = await openLine({
    erp: 'omie',
    guarded: true,
    standIn: { limitFactor: 1_000 },
    edits: [[...HOURS, `from: ${from}\n      until: ${from + 1}`]],
  })
  return line
}

/** The hour in São Paulo, some hours on. */
function hourIn(hours: number): number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: 'America/Sao_Paulo', hour: '2-digit', hour12: false })
  return Number(format.format(Date.now() + hours * 3_600_000)) % 24
}

test('hours: outside of them no payment reaches Omie, and everything else goes on', async () => {
  await between(hourIn(6))
  const { refusal } = await line.call('operator', 'create_payment', PAYMENT)
  expect(refusal?.error.code).toBe('outside_hours')
  // The hours begin six hours on, less what has passed of this one.
  expect(refusal?.alcada).toMatchObject({ retry: 'after' })
  expect([5, 6]).toContain(Math.ceil((refusal?.alcada.retry_after_s ?? 0) / 3_600))
  expect(line.received('LancarPagamento')).toBe(0)
  expect((await line.call('operator', 'get_vendors_list', {})).result).not.toBeNull()
})

test('hours: within them it does', async () => {
  line = await openLine({ erp: 'omie', guarded: true, standIn: { limitFactor: 1_000 } })
  const { result, text } = await line.call('operator', 'create_payment', PAYMENT)
  expect(result, text).not.toBeNull()
  expect(line.received('LancarPagamento')).toBe(1)
})
