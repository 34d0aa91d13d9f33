import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { hidePersonal } from '../../../../engine/contract/personal/hide.ts'
import { SENSITIVE_KINDS } from '../../../../engine/contract/vocabulary.ts'
import { FAMILIES, LOOK_ALIKES } from './look-alikes.ts'

const ALL = new Set(SENSITIVE_KINDS)
const SAMPLE = 4_000

test('what only looks like a personal value in the words of an ERP is left as it is', () => {
  const changed = LOOK_ALIKES.map((text) => [text, hidePersonal(text, ALL).text]).filter(
    ([text, shown]) => text !== shown,
  )
  expect(changed).toEqual([])
})

describe('numbers by chance', () => {
  test.each(FAMILIES)('$what are taken for personal values at most in a share of $most', ({ of, most }) => {
    const texts = fc.sample(of, { numRuns: SAMPLE, seed: 20261123 })
    const taken = texts.filter((text) => hidePersonal(text, ALL).text !== text)
    expect({ share: taken.length / texts.length <= most, some: taken.slice(0, 3) }).toMatchObject({ share: true })
  })

  // The name of the field says that it is an identifier of the ERP's or the caller's.
  test('in a field of identifiers none is', () => {
    const texts = FAMILIES.flatMap(({ of }) => fc.sample(of, { numRuns: 1_000, seed: 20261123 }))
    expect(texts.filter((text) => hidePersonal(text, ALL, { identifier: true }).text !== text)).toEqual([])
  })
})
