import { describe, expect, test } from 'vitest'
import type { Confirm } from '../../../engine/contract/tool.ts'
import { confirmed } from '../../../servers/erp/confirm.ts'

const args = { amount: 900.1, payment_ids: ['1', '2'], id: '7' }
const resolved = { payable: { open_amount: 1000.3 } }

function on(data: unknown, ...checks: Confirm['checks']): boolean {
  return confirmed(checks, { args, resolved, data })
}

describe('a settlement counts as done only when every check holds', () => {
  test('a value that equals', () => {
    expect(on({ status: 'approved' }, { pointer: '/status', equals: 'approved' })).toBe(true)
    expect(on({ status: 'draft' }, { pointer: '/status', equals: 'approved' })).toBe(false)
    expect(on({ ok: 'true' }, { pointer: '/ok', equals: true })).toBe(false)
    expect(on({ id: 7 }, { pointer: '/id', equals: '7' })).toBe(true)
  })

  test('every record of a list, of which there must be one', () => {
    const check = { pointer: '/*/status', equals: 'approved' }
    expect(on([{ status: 'approved' }, { status: 'approved' }], check)).toBe(true)
    expect(on([{ status: 'approved' }, { status: 'draft' }], check)).toBe(false)
    expect(on([{ status: 'approved' }, {}], check)).toBe(false)
    expect(on([], check)).toBe(false)
  })

  test('a value that equals an argument, by its pointer in the arguments or in all facts', () => {
    expect(on({ paid: 900.1 }, { pointer: '/paid', equalsArg: '/amount' })).toBe(true)
    expect(on({ paid: 900.1 }, { pointer: '/paid', equalsArg: '/args/amount' })).toBe(true)
    expect(on({ paid: 900 }, { pointer: '/paid', equalsArg: '/args/amount' })).toBe(false)
    expect(on({ id: 7 }, { pointer: '/id', equalsArg: '/id' })).toBe(true)
    expect(on({ paid: null }, { pointer: '/paid', equalsArg: '/missing' })).toBe(false)
  })

  test('a native value through its codec', () => {
    const check = { pointer: '/amount', equalsArg: '/args/amount', as: 'tryton_decimal' } as const
    expect(on({ amount: { __class__: 'Decimal', decimal: '900.10' } }, check)).toBe(true)
    expect(on({ amount: { __class__: 'Decimal', decimal: '900.11' } }, check)).toBe(false)
    expect(
      confirmed([{ pointer: '/valor', equalsArg: '/args/amount', as: 'decimal' }], {
        args,
        resolved,
        answer: { valor: 900.1 },
      }),
    ).toBe(true)
  })

  test('an amount that fell by an argument since it was resolved, to the centavo', () => {
    const check = { pointer: '/open_amount', since: '/resolved/payable/open_amount', fellBy: '/args/amount' }
    expect(on({ open_amount: 100.2 }, check)).toBe(true)
    expect(on({ open_amount: 100.19 }, check)).toBe(false)
    expect(on({ open_amount: 1000.3 }, check)).toBe(false)
    expect(on({}, check)).toBe(false)
    expect(on({ open_amount: 100.2 }, { ...check, since: '/resolved/none' })).toBe(false)
  })

  test('without checks nothing is confirmed, and one that fails is enough', () => {
    expect(on({ a: 1 })).toBe(false)
    expect(on({ a: 1, b: 2 }, { pointer: '/a', equals: 1 }, { pointer: '/b', equals: 3 })).toBe(false)
  })
})
