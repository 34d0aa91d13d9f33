import { setTimeout } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../../helpers/needs.ts'
import { query } from '../../helpers/postgres.ts'
import { openPair, type Pair, type Through } from './pair.ts'

const RBAC = 'policies/omie/rbac.yaml'
const PAY = 'LancarPagamento'
/** Answered as the record stands now, and told a while later: meanwhile the other process pays it. */
const LATE = { operation: 'ConsultarContaPagar', delayMs: 6_000 }
const PLACE = { account_id: '2243121', date: '2026-11-25' }
/** Of Omie's seed data, with what is open of each: one approver, and two from R$ 5.000,00 on. */
const ONE = { ...PLACE, payable_id: '2701019', amount: 4875.6, reference: 'PG-1' }
const TWO = { ...PLACE, payable_id: '2701017', amount: 7320.18, reference: 'PG-2' }
const OTHER = { ...PLACE, payable_id: '2701003', amount: 1000.01, reference: 'PG-3' }
const TWO_ABOVE = [
  RBAC,
  '{ up_to: 50000.00, currency: BRL, approvers: 1, roles: [approver] }\n      - { up_to: 200000.00, currency: BRL, approvers: 2',
  '{ up_to: 5000.00, currency: BRL, approvers: 1, roles: [approver] }\n      - { up_to: 200000.00, currency: BRL, approvers: 2',
] as const
const rules = (text: string) => [RBAC, '  alcada:\n', `  approvals: ${text}\n  alcada:\n`] as const
const BOTH: readonly Through[] = [0, 1]

describe.skipIf(needs('postgres').missing !== null)('approvals of two server processes on one PostgreSQL', () => {
  let pair: Pair
  const start = async (...edits: (readonly [string, string, string])[]): Promise<void> => {
    pair = await openPair({ erp: 'omie', standIn: { limitFactor: 1_000 }, edits })
  }
  const pay = (through: Through, args: object) => pair.call(through, 'operator', 'create_payment', args)
  async function ask(through: Through, args: object): Promise<string> {
    const { refusal, text } = await pay(through, args)
    const id = refusal?.alcada.approval?.id
    if (id === undefined) throw new Error(`expected a request for approval, got ${text}`)
    return id
  }
  async function state(through: Through, id: string): Promise<Record<string, unknown>> {
    const { result } = await pair.call(through, 'operator', 'get_approval_by_id', { id })
    return Object(result?.data)
  }
  async function becomes(through: Through, id: string, wanted: string): Promise<void> {
    while ((await state(through, id))['state'] !== wanted) await setTimeout(100)
  }
  /** Five times through each at once. */
  const tenTimes = (args: object) =>
    Promise.all(Array.from({ length: 10 }, (_, index) => pay(index % 2 === 0 ? 0 : 1, args)))
  /** How often the ledger has this of a request, in both chains. */
  async function written(what: string, id: string): Promise<number> {
    const rows = await query(pair.url, 'SELECT event FROM erp_omie.ledger')
    const events = rows.map(({ event }) => JSON.parse(String(event)))
    return events.filter((event) => event.what === what && event.approval?.id === id).length
  }

  describe('where the client repeats the call', () => {
    beforeAll(() => start(TWO_ABOVE))
    afterAll(() => pair?.stop())

    test('what was asked for at one and approved at the other is done once, however often both get it again', async () => {
      const id = await ask(0, ONE)
      expect((await pair.decide(1, 'u90', id, 'approve')).status).toBe(200)
      const before = pair.line.received(PAY)
      pair.line.standIn.failNext(LATE)
      const looks = pair.line.received(LATE.operation)
      const late = [1, 2, 3, 4, 5].map(() => pay(1, ONE))
      while (pair.line.received(LATE.operation) === looks) await setTimeout(5)
      const answers = await Promise.all([...late, ...[1, 2, 3, 4, 5].map(() => pay(0, ONE))])
      expect(pair.line.received(PAY)).toBe(before + 1)
      expect(answers.map(({ result }) => result !== null)).toEqual(Array.from({ length: 10 }, () => true))
      expect(new Set(answers.map(({ result }) => result?.alcada.entry)).size).toBe(1)
      expect(answers.filter(({ result }) => result?.alcada.replayed === true)).toHaveLength(9)
      expect(await state(1, id)).toMatchObject({ state: 'used', entry: answers[0]?.result?.alcada.entry })
    })

    test('where two have to agree, one person at both processes counts once', async () => {
      const id = await ask(0, TWO)
      const twice = await Promise.all(
        [0, 1, 0, 1, 0, 1].map((at) => pair.decide(at === 0 ? 0 : 1, 'u90', id, 'approve')),
      )
      expect(twice.filter(({ status }) => status === 200)).toHaveLength(1)
      for (const { body } of twice.filter(({ status }) => status !== 200)) {
        expect(body).toMatchObject({ error: { code: 'approval_twice' } })
      }
      for (const through of BOTH) {
        expect(await state(through, id)).toMatchObject({ state: 'pending', given: 1, count: 2 })
        expect((await pay(through, TWO)).refusal?.error.code).toBe('approval_required')
      }
      expect(await written('approval_given', id)).toBe(1)
      expect((await pair.decide(1, 'u91', id, 'approve')).status).toBe(200)
      const before = pair.line.received(PAY)
      expect((await tenTimes(TWO)).every(({ result }) => result !== null)).toBe(true)
      expect(pair.line.received(PAY)).toBe(before + 1)
    })

    test('of an approval and a rejection at once, one stands, for both', async () => {
      const id = await ask(1, OTHER)
      const told = await Promise.all([pair.decide(0, 'u90', id, 'approve'), pair.decide(1, 'u91', id, 'reject')])
      expect(told.map(({ status }) => status)).toContain(200)
      const [here, there] = [await state(0, id), await state(1, id)]
      expect(here['state']).toBe(there['state'])
      // Rejected after it was approved, it is not done either.
      expect(here['state']).toMatch(/^(approved|rejected)$/)
    })
  })

  describe('that run out', () => {
    beforeAll(() => start(rules('{ expires_after: "3s" }')))
    afterAll(() => pair?.stop())

    test('a request ends for both at once, is written down once, and cannot be approved or used any more', async () => {
      const id = await ask(0, ONE)
      await pair.decide(1, 'u90', id, 'approve')
      for (const through of BOTH) await becomes(through, id, 'expired')
      for (const through of BOTH) {
        expect((await pair.decide(through, 'u91', id, 'approve')).body).toMatchObject({
          error: { code: expect.stringMatching(/^approval_(expired|ended)$/) },
        })
      }
      while ((await written('approval_expired', id)) === 0) await setTimeout(100)
      expect(await ask(1, ONE)).not.toBe(id)
      expect(pair.line.received(PAY)).toBe(0)
      expect(await written('approval_expired', id)).toBe(1)
    })
  })

  describe('where the server makes the call', () => {
    beforeAll(() => start(TWO_ABOVE, rules('{ after_approval: server_runs }')))
    afterAll(() => pair?.stop())

    test('each approved call is made once, by one of the two, without a repeat', async () => {
      const ids = [await ask(0, ONE), await ask(1, OTHER)]
      await Promise.all(ids.map((id, at) => pair.decide(at === 0 ? 1 : 0, 'u90', id, 'approve')))
      for (const id of ids) await becomes(0, id, 'used')
      expect(pair.line.received(PAY)).toBe(2)
      // Both have looked again since: this one is asked for, approved and made after those.
      const last = await ask(0, TWO)
      await pair.decide(0, 'u90', last, 'approve')
      // Where it is approved the server begins at once; the other one looks while that one still waits for the ERP.
      pair.line.standIn.failNext(LATE)
      await pair.decide(1, 'u91', last, 'approve')
      await becomes(1, last, 'used')
      while (!pair.log().includes(`"approval":"${last}","tool":"create_payment"`)) await setTimeout(100)
      for (const args of [ONE, OTHER, TWO]) {
        for (const { result } of await tenTimes(args)) expect(result?.alcada.replayed).toBe(true)
      }
      expect(pair.line.received(PAY)).toBe(3)
    })
  })
})
