import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hidePersonal } from '../../../../engine/contract/personal/hide.ts'
import { SENSITIVE_KINDS } from '../../../../engine/contract/vocabulary.ts'
import { accounts, branches, disguises } from './valid.ts'
import { isLeft, WRITTEN } from './written.ts'

const ALL = new Set(SENSITIVE_KINDS)

const BEFORE = ['', 'Pagamento a ', 'ref. ', 'cliente: ', 'obs;', 'Favorecido «', '\n']
const AFTER = ['', ' em 23/11/2026', ', R$ 1.234,56', '.', ' NF 4512', '»', '\n', ' (parcela 1/3)']

describe.each(WRITTEN)('a $what, in odd spellings', ({ of, ways }) => {
  test('is found in the middle of a text, whole', () => {
    fc.assert(
      fc.property(
        of,
        fc.constantFrom(...ways),
        fc.constantFrom(...disguises),
        fc.constantFrom(...BEFORE),
        fc.constantFrom(...AFTER),
        (value, way, disguise, before, after) => {
          const written = disguise(way(value))
          const { text } = hidePersonal(`${before}${written}${after}`, ALL)
          // From the end: the first of such signs may stand in the mask.
          const masked = text.endsWith(after) ? text.slice(0, text.length - after.length) : text
          expect({ text, left: isLeft(masked, value) }).toEqual({ text, left: false })
        },
      ),
      { numRuns: 400 },
    )
  })
})

test('branch and account are found by the words before them', () => {
  const ways: readonly ((branch: string, account: string) => string)[] = [
    (b, a) => `Ag. ${b} C/C ${a}`,
    (b, a) => `agência ${b} conta corrente ${a}`,
    (b, a) => `AG: ${b} CC: ${a}`,
    (b, a) => `Banco 341 ag ${b} conta ${a}`,
    (b, a) => `Itaú (341) Agência nº ${b} / Conta nº ${a}`,
    (b, a) => `341 / ${b} / ${a}`,
    (b, a) => `Bradesco ${b} ${a}`,
    (b, a) => `agencia ${b}, poupança ${a}`,
    (b, a) => `Agência\u00a0${b}\nConta\u00a0poupança: ${a}`,
  ]
  fc.assert(
    fc.property(
      branches,
      accounts,
      fc.constantFrom(...ways),
      fc.constantFrom(...disguises.slice(0, 4)),
      (branch, account, way, disguise) => {
        const { text } = hidePersonal(disguise(way(branch, account)), ALL)
        const seen = text.normalize('NFKC').replace(/[^0-9Xx]/g, '')
        expect({
          text,
          branch: seen.includes(branch.replace('-', '')),
          account: seen.includes(account.slice(0, -2)),
        }).toEqual({ text, branch: false, account: false })
      },
    ),
    { numRuns: 400 },
  )
})
