import { setTimeout } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../../helpers/needs.ts'
import { query } from '../../helpers/postgres.ts'
import { openPair, type Pair, type Through } from './pair.ts'

const TOTALS = `caller: { day: 100.00 }
    person: { day: 150.00 }
    counterparty: { window: 150.00 }
    company: { day: 330.00 }`

interface Payment {
  /** Of Omie's seed data, open. */
  payable: string
  amount: number
  sub: string
  for: string
}
const payment = (payable: string, amount: number, sub: string, person: string): Payment => {
  return { payable, amount, sub, for: person }
}

// The `totals` of rbac.yaml, drawn on by a payment at each of two server processes: both have read what was settled
// before either of them has written its entry.
describe.skipIf(needs('postgres').missing !== null)('totals of two server processes on one PostgreSQL', () => {
  let pair: Pair
  beforeAll(async () => {
    const kept = 'person: { day: 300000.00 }\n    company: { day: 1000000.00, window: 5000000.00 }'
    const edits = [['policies/omie/rbac.yaml', kept, TOTALS]] as const
    pair = await openPair({ erp: 'omie', guarded: true, standIn: { limitFactor: 1_000 }, edits })
  })
  afterAll(() => pair?.stop())

  let count = 0
  async function pay(through: Through, { payable, amount, ...token }: Payment): Promise<string> {
    count += 1
    const args = { reference: `T-${count}`, payable_id: payable, account_id: '2243121', amount, date: '2026-11-25' }
    const { result, refusal, text } = await pair.call(through, 'operator', 'create_payment', args, token)
    return result === null ? (refusal?.error.code ?? text) : 'done'
  }

  // At the table, or behind who is there: a replica that says in the same transaction that it lives keeps the other from
  // writing meanwhile.
  const WAITING = `WITH there AS (SELECT pid FROM pg_locks WHERE relation = 'erp_omie.scopes'::regclass AND NOT granted)
    SELECT count(DISTINCT pid) AS n FROM pg_locks
    WHERE NOT granted AND (pid IN (SELECT pid FROM there) OR pg_blocking_pids(pid) && ARRAY(SELECT pid FROM there))`

  /** Makes both wait where they read what was before, and lets go of both. */
  async function atOnce(here: Payment, there: Payment): Promise<string[]> {
    const holder = new pg.Client({ connectionString: pair.url })
    await holder.connect()
    try {
      await holder.query('BEGIN')
      await holder.query('LOCK TABLE erp_omie.scopes IN ACCESS EXCLUSIVE MODE')
      const told = [pay(0, here), pay(1, there)]
      // An answer that comes before has waited for nobody: it is told, instead of waited for.
      let early: Promise<string> | null = null
      for (const one of told) void one.finally(() => (early ??= one))
      while (early === null && Number((await query(pair.url, WAITING))[0]?.['n']) < 2) await setTimeout(10)
      if (early !== null) throw new Error(`expected both to wait, one was answered: ${await early}`)
      await holder.query('COMMIT')
      return (await Promise.all(told)).sort()
    } finally {
      await holder.end()
    }
  }

  // R$ 60,00, 80,00, 90,00 and 60,00 get through, in this order: each pair is too much for one total alone.
  test.each<[string, Payment, Payment]>([
    ['agent', payment('2701002', 60, 'agent-1', 'u17'), payment('2701003', 60, 'agent-1', 'u17')],
    ['person, by two agents', payment('2701004', 80, 'agent-2', 'u18'), payment('2701015', 80, 'agent-3', 'u18')],
    ['party, by two persons', payment('2701007', 90, 'agent-4', 'u19'), payment('2701019', 90, 'agent-5', 'u20')],
    ['company', payment('2701005', 60, 'agent-6', 'u21'), payment('2701008', 60, 'agent-7', 'u22')],
  ])('of two payments of one %s that do not fit under its total together, one gets through', async (_of, a, b) => {
    const before = pair.line.received('LancarPagamento')
    expect(await atOnce(a, b)).toEqual(['done', 'total_above_limit'])
    expect(pair.line.received('LancarPagamento')).toBe(before + 1)
  })
})
