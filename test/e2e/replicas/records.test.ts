import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../../helpers/needs.ts'
import { openPair, type Pair, type Through } from './pair.ts'

// Each server lets calls on records of one kind wait for each other, but knows only its own.

// Nibo reads either side by this address.
const LOOK = 'GET /schedules/credit/{id}'
const PAYMENT = 'POST /schedules/debit/{id}/payments'

describe.skipIf(needs('postgres').missing !== null)('one record, two server processes', () => {
  let pair: Pair
  beforeAll(async () => {
    pair = await openPair({ erp: 'nibo', free: true, standIn: { limitFactor: 1_000 } })
  })
  afterAll(() => pair?.stop())

  let made = 0
  async function payable(amount: number): Promise<string> {
    made += 1
    const vendor = await first('get_vendors_list')
    const category = await first('get_categories_list')
    const created = await pair.line.data('operator', 'create_account_payable', {
      ...{ reference: `P-${made}`, vendor_id: vendor, amount, due_date: '2026-12-31', category_id: category },
    })
    return String(Object(created).id)
  }
  async function first(tool: string): Promise<unknown> {
    const list = await pair.line.data('operator', tool, {})
    return Array.isArray(list) ? list[0].id : null
  }
  const settled = (): number => pair.line.received(PAYMENT)

  test('of different payments that are each all of what is open, through both, one is made', async () => {
    const account = await first('get_bank_accounts_list')
    for (let round = 0; round < 3; round += 1) {
      const id = await payable(100)
      const before = settled()
      const pay = (through: Through, index: number) =>
        pair.call(through, 'operator', 'create_payment', {
          ...{ payable_id: id, account_id: account, amount: 100, date: '2026-11-25' },
          reference: `PG-${round}-${through}-${index}`,
        })
      const answers = await Promise.all([pay(0, 0), pay(1, 0), pay(0, 1), pay(1, 1)])
      expect(answers.filter(({ result }) => result !== null)).toHaveLength(1)
      const refused = answers.flatMap(({ refusal }) => refusal?.error.code ?? [])
      for (const code of refused) expect(code).toMatch(/^(record_state|amount_above_open)$/)
      expect(settled()).toBe(before + 1)
    }
  })

  test('what one process looked at before the other paid it is looked at again', async () => {
    const account = await first('get_bank_accounts_list')
    const id = await payable(100)
    const part = { payable_id: id, account_id: account, amount: 60, date: '2026-11-25' }
    const [looks, before] = [pair.line.received(LOOK), settled()]
    // Answered as it stands now, and told a while later.
    pair.line.standIn.failNext({ operation: LOOK, delayMs: 2_000 })
    const late = pair.call(1, 'operator', 'create_payment', { ...part, reference: 'LATE-1' })
    while (pair.line.received(LOOK) === looks) await setTimeout(5)
    const prompt = await pair.call(0, 'operator', 'create_payment', { ...part, reference: 'PROMPT-1' })
    expect(prompt.result).not.toBe(null)
    expect((await late).refusal?.error.code).toMatch(/^(record_state|amount_above_open)$/)
    expect(settled()).toBe(before + 1)
  })
})
