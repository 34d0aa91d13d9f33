import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { nextLookMs } from '../../../servers/policy/look.ts'

/** Numbers from 0 up to 1 that are the same at every run. */
function numbers(seed: number): () => number {
  let turn = 0
  return () => {
    turn += 1
    return createHash('sha256').update(`${seed} ${turn}`).digest().readUInt32BE() / 2 ** 32
  }
}

const usual = { pollMs: 30_000, failures: 0, retryAfterMs: null }

test('two hundred servers that started together are spread over the period after their first looks, and stay so', () => {
  const times = Array.from({ length: 200 }, (_, server) => {
    const random = numbers(server)
    // The first is anywhere within the period.
    const looks = [30_000 * random()]
    for (let turn = 1; turn < 20; turn++) looks.push((looks.at(-1) ?? 0) + nextLookMs({ ...usual, random }))
    return looks
  })
  for (const turn of [0, 1, 19]) {
    const bySecond = new Map<number, number>()
    for (const looks of times) {
      const second = Math.floor((looks[turn] ?? 0) / 1_000)
      bySecond.set(second, (bySecond.get(second) ?? 0) + 1)
    }
    // 200 over 30 seconds are 7 in each; together they would be 200 in one.
    expect(Math.max(...bySecond.values())).toBeLessThan(20)
  }
})

test('a look is a period after the one before, give or take a fifth', () => {
  expect(nextLookMs({ ...usual, random: () => 0 })).toBe(24_000)
  expect(nextLookMs({ ...usual, random: () => 0.5 })).toBe(30_000)
  expect(nextLookMs({ ...usual, random: () => 0.75 })).toBe(33_000)
})

test('a channel that fails is looked at less often, down to once in eight periods', () => {
  const at = (failures: number): number => nextLookMs({ ...usual, failures, random: () => 0.5 })
  expect([1, 2, 3, 4, 5, 50].map(at)).toEqual([30_000, 60_000, 120_000, 240_000, 240_000, 240_000])
})

test('a channel that asks to be left alone is, for ten minutes at most', () => {
  const asked = (retryAfterMs: number): number => nextLookMs({ ...usual, retryAfterMs, random: () => 0.5 })
  expect(asked(1_000)).toBe(30_000)
  expect(asked(120_000)).toBe(132_000)
  expect(asked(86_400_000)).toBe(660_000)
})
