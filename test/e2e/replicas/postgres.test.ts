import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../../helpers/needs.ts'
import { query } from '../../helpers/postgres.ts'
import { openPair, type Pair } from './pair.ts'

// A daily limit of R$ 1.000,00 a person, on what the ledger says was settled before.
const DAY_LIMIT = `package omie.day

deny["day_limit"] := "more than a day's worth" if not within

within if input.tool.effect != "settle"

within if input.history.settled_today + input.facts.amount <= 100000
`

describe.skipIf(needs('postgres').missing !== null)('two server processes on one PostgreSQL', () => {
  let pair: Pair
  beforeAll(async () => {
    pair = await openPair({
      erp: 'omie',
      free: true,
      standIn: { limitFactor: 1_000 },
      edits: [
        [
          'policies/omie/security.rego',
          'object.union_n([safety.deny, guards.deny])',
          'object.union_n([safety.deny, guards.deny, data.omie.day.deny])',
        ],
      ],
      files: { 'policies/omie/day.rego': DAY_LIMIT },
    })
  })
  afterAll(() => pair?.stop())

  async function payable(reference: string, amount: number): Promise<string> {
    const created = await pair.line.data('operator', 'create_account_payable', {
      ...{
        reference,
        amount,
        vendor_id: '2485013',
        due_date: '2026-12-31',
        category_id: '2.01.01',
        account_id: '2243121',
      },
    })
    return String(Object(created).id)
  }
  const pay = (through: number, args: object): ReturnType<Pair['call']> =>
    pair.call(through % 2 === 0 ? 0 : 1, 'operator', 'create_payment', {
      ...{ account_id: '2243121', date: '2026-11-25' },
      ...args,
    })

  test('of twenty times the same payment, through both, one reaches the ERP', async () => {
    const id = await payable('I-1', 10)
    const payment = { reference: 'IP-1', payable_id: id, amount: 10 }
    const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => pay(index, payment)))
    expect(pair.line.received('LancarPagamento')).toBe(1)
    const entries = answers.map(({ result }) => result?.alcada.entry)
    expect(new Set(entries).size).toBe(1)
    expect(answers.filter(({ result }) => result?.alcada.replayed === true)).toHaveLength(19)
  })

  test('of payments that race for one daily limit through both, only as many pass as fit under it', async () => {
    const before = pair.line.received('LancarPagamento')
    const ids = await Promise.all(Array.from({ length: 8 }, (_, index) => payable(`D-${index}`, 300)))
    const answers = await Promise.all(
      ids.map((id, index) => pay(index, { reference: `DP-${index}`, payable_id: id, amount: 300 })),
    )
    const codes = answers.map(({ result, refusal }) => (result === null ? refusal?.error.code : 'done'))
    // R$ 10,00 of the test before, and three times R$ 300,00.
    expect(pair.line.received('LancarPagamento')).toBe(before + 3)
    expect(codes.filter((code) => code === 'done')).toHaveLength(3)
    for (const code of codes.filter((code) => code !== 'done')) expect(['day_limit', 'history_busy']).toContain(code)
  })

  test('a process killed between commit and close leaves an unknown outcome that the other does not run again', async () => {
    const id = await payable('K-1', 20)
    const payment = { reference: 'KP-1', payable_id: id, amount: 20 }
    const before = pair.line.received('LancarPagamento')
    pair.line.standIn.failNext({ operation: 'LancarPagamento', delayMs: 20_000 })
    const cut = pay(1, payment).catch(() => null)
    while (pair.line.received('LancarPagamento') === before) await setTimeout(10)
    await pair.kill()
    await cut
    // While its lease runs it might still be alive.
    await query(pair.url, "UPDATE erp_omie.instances SET until_ms = 0 WHERE replica = 'b'")
    const again = (await pay(0, payment)).refusal
    expect(again).toMatchObject({ error: { code: 'outcome_unknown' }, alcada: { retry: 'never' } })
    expect(again?.error.message).toContain('entry `omie-b-')
    expect(pair.line.received('LancarPagamento')).toBe(before + 1)
  })
})
