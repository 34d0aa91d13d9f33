import fc from 'fast-check'
import { expect, test } from 'vitest'
import { centavosOf, decimalOf, reaisOf } from '../../../engine/contract/money.ts'

test.each<[number, number | null]>([
  [0.07, 7],
  [29.99, 2999],
  [0.1 + 0.2, null],
  [1000, 100000],
  [89.9, 8990],
  [-1.5, -150],
  [0.001, null],
  [1.005, null],
  [1e21, null],
  [1e-7, null],
  [9999999999999.99, 999999999999999],
  [99999999999999, null],
  [Number.NaN, null],
  [Number.POSITIVE_INFINITY, null],
])('%d reais are %s centavos', (reais, centavos) => {
  expect(centavosOf(reais)).toBe(centavos)
})

test('every amount of centavos comes back from reais unchanged', () => {
  fc.assert(
    fc.property(fc.integer({ min: -999_999_999_999_999, max: 999_999_999_999_999 }), (centavos) => {
      expect(centavosOf(reaisOf(centavos))).toBe(centavos === 0 ? 0 : centavos)
    }),
  )
})

test('whatever has more than two decimals is no money', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), fc.integer({ min: 1, max: 9 }), (centavos, rest) => {
      expect(centavosOf(Number(`${decimalOf(centavos)}${rest}`))).toBeNull()
    }),
  )
})

test.each<[number, string]>([
  [0, '0.00'],
  [7, '0.07'],
  [150000, '1500.00'],
  [-5, '-0.05'],
])('%d centavos are written %s', (centavos, text) => {
  expect(decimalOf(centavos)).toBe(text)
})
