import fc from 'fast-check'
import { expect, test } from 'vitest'
import { factsOf } from '../../../engine/contract/facts.ts'

const none = { args: {}, resolved: {} }

test('without a map nothing is known', () => {
  expect(factsOf(undefined, none)).toEqual({
    amount: null,
    open_amount: null,
    currency: 'BRL',
    counterparty: null,
    due_date: null,
    accrual_date: null,
    issue_date: null,
    cost_center: null,
    bank_change: false,
    idempotency_key: null,
    rows: null,
    filtered: false,
  })
})

const sum = { amount: { sum: ['/args/amount', '/args/interest', '/args/fine'] } }

test.each<[string, Record<string, unknown>, number | null]>([
  ['all parts', { amount: 100, interest: 0.07, fine: 2.5 }, 10257],
  ['an optional part that is left out', { amount: 100 }, 10000],
  ['no part at all', {}, null],
  ['a part that is null', { amount: 100, interest: null }, null],
  ['a part that is a text', { amount: 100, interest: '1' }, null],
  ['a part of a third decimal', { amount: 100, interest: 0.001 }, null],
  ['a negative part', { amount: 100, interest: -50 }, null],
  ['more than exact', { amount: 9e12, interest: 9e12, fine: 9e15 }, null],
])('an amount with %s is known only when it is exact', (_name, args, amount) => {
  expect(factsOf(sum, { args, resolved: {} }).amount).toBe(amount)
})

test('a list of records is summed, and one without an amount makes the sum unknown', () => {
  const map = { amount: { sum: ['/resolved/payments/*/amount'] } }
  const amountOf = (payments: unknown): number | null => factsOf(map, { args: {}, resolved: { payments } }).amount
  expect(amountOf([{ amount: 1 }, { amount: 2.5 }])).toBe(350)
  expect(amountOf([{ amount: 1 }, {}])).toBeNull()
  expect(amountOf([{ amount: 1 }, { amount: null }])).toBeNull()
  expect(amountOf([])).toBeNull()
  expect(amountOf(undefined)).toBeNull()
})

test('a change that names no amount has the amount of its record', () => {
  const map = { amount: { first: ['/args/amount', '/resolved/payable/amount'] } }
  const resolved = { payable: { amount: 80 } }
  expect(factsOf(map, { args: { amount: 5 }, resolved }).amount).toBe(500)
  expect(factsOf(map, { args: {}, resolved }).amount).toBe(8000)
  expect(factsOf(map, { args: { amount: null }, resolved }).amount).toBeNull()
  expect(factsOf(map, none).amount).toBeNull()
})

test('records of different parties have no one counterparty', () => {
  const map = { counterparty: '/resolved/payments/*/vendor_id' }
  const partyOf = (...ids: unknown[]): string | null =>
    factsOf(map, { args: {}, resolved: { payments: ids.map((vendor_id) => ({ vendor_id })) } }).counterparty
  expect(partyOf('9', '9')).toBe('9')
  expect(partyOf('9', '8')).toBeNull()
  expect(partyOf(9)).toBeNull()
})

test('a currency that cannot be read is unknown, never the usual one', () => {
  expect(factsOf({ currency: '/resolved/payable/currency' }, none).currency).toBe('unknown')
  expect(factsOf({ currency: { const: 'USD' } }, none).currency).toBe('USD')
})

test('bank data counts as changed whatever is in it', () => {
  const map = { bank_change: { present: '/args/bank' } }
  expect(factsOf(map, { args: { bank: null }, resolved: {} }).bank_change).toBe(true)
  expect(factsOf(map, none).bank_change).toBe(false)
})

test('an added part never makes the amount smaller', () => {
  const centavos = fc.integer({ min: 1, max: 100_000_000 })
  fc.assert(
    fc.property(centavos, centavos, (a, b) => {
      const amount = (args: Record<string, number>): number => factsOf(sum, { args, resolved: {} }).amount ?? -1
      expect(amount({ amount: a / 100, fine: b / 100 })).toBe(a + b)
      expect(amount({ amount: a / 100, fine: b / 100 })).toBeGreaterThan(amount({ amount: a / 100 }))
    }),
  )
})

test.each<[string, unknown, boolean]>([
  ['a text of three characters', 'abc', true],
  ['a text of two', 'ab', false],
  ['wildcards and blanks', '%_ *%', false],
  ['letters with accents', 'pão', true],
  ['no text', 7, false],
  ['nothing', undefined, false],
])('a list is narrowed by %s: %s', (_, name_contains, narrowed) => {
  const source = { args: name_contains === undefined ? {} : { name_contains }, resolved: {} }
  expect(factsOf({ filtered: { any: ['/args/name_contains'] } }, source).filtered).toBe(narrowed)
})
