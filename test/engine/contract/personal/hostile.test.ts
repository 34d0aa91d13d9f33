import { expect, test } from 'vitest'
import { hidePersonal } from '../../../../engine/contract/personal/hide.ts'
import { show } from '../../../../engine/contract/personal/show.ts'
import { SENSITIVE_KINDS } from '../../../../engine/contract/vocabulary.ts'

const ALL = new Set(SENSITIVE_KINDS)
const MEGABYTE = 1_048_576

/** Whatever a search might go over again and again. */
const HOSTILE: readonly string[] = [
  '1',
  '1 ',
  '1.',
  '12-',
  '529.982.247-',
  '@',
  'a@',
  'a.@a.',
  '@a.\n',
  '(11',
  '+55 ',
  'cpf ',
  'pix ',
  'ag 1234 ',
  'conta ',
  'banco 1234 ',
  'https://',
  'https://a/1?',
  '000201',
  'br.gov.bcb.pix',
  '3526 1112 ',
  'abcdef01-',
  '\u200b1',
  '\uff11\u3000',
  '\ufdfa1',
  'ab ',
]

/** Least processor time of so many runs, in microseconds: what else runs here does not count for long. */
function cost(text: string, times: number): number {
  const runs = Array.from({ length: times }, () => {
    const before = process.cpuUsage()
    hidePersonal(text, ALL)
    const { user, system } = process.cpuUsage(before)
    return user + system
  })
  return Math.max(1_000, Math.min(...runs))
}

test.each(HOSTILE)('eight times as much of %j costs no more than some ten times as much', (part) => {
  const whole = part.repeat(Math.ceil(MEGABYTE / part.length)).slice(0, MEGABYTE)
  // What grows with the square would cost sixty-four times as much.
  expect(cost(whole, 1) / cost(whole.slice(0, MEGABYTE / 8), 2)).toBeLessThan(32)
})

test('a long name that is hidden does not make long texts slow', () => {
  const field = { pointer: '/name', kind: 'name' as const }
  const rules = { sensitive: [field], mask: [field], hidden: ALL }
  const took = (size: number): number => {
    const before = process.cpuUsage()
    show({ name: `${'a '.repeat(size / 2)}b`, description: 'a '.repeat(size) }, rules)
    const { user, system } = process.cpuUsage(before)
    return Math.max(1_000, user + system)
  }
  took(1_000)
  expect(took(MEGABYTE) / took(MEGABYTE / 8)).toBeLessThan(32)
})
