import { expect, test } from 'vitest'
import { RECORDS } from '../../../engine/contract/universal/record.ts'
import { STATE_WORDS } from '../../../servers/ops/approval-dictionary.ts'

test('every state that a record can be in has a word in Portuguese', () => {
  const states = Object.values(RECORDS).flatMap((record) => {
    const field = record['/status']
    return field !== undefined && 'values' in field ? [...(field.values ?? [])] : []
  })
  expect(states).toContain('overdue')
  expect([...new Set(states)].filter((state) => !Object.hasOwn(STATE_WORDS.pt, state))).toEqual([])
})
