import { expect, test } from 'vitest'
import { openMemory } from '../../../servers/erp/memory.ts'
import type { ErpOutcome } from '../../../servers/erp/outcome.ts'

test('an answer that is shared while it is under way is as old as its beginning', async () => {
  let clock = 0
  const memory = openMemory({ now: () => clock, keepMs: 60_000, maxAnswers: 10 })
  const slow = Promise.withResolvers<ErpOutcome>()
  const first = memory.answer('company', 'key', 60_000, () => slow.promise)
  clock = 3_000
  const second = memory.answer('company', 'key', 60_000, () => Promise.reject(new Error('asked twice')))
  clock = 4_000
  slow.resolve({ kind: 'done', data: 1, page: null, answer: 1, ageS: 0 })
  expect(await first).toMatchObject({ data: 1, ageS: 0 })
  expect(await second).toMatchObject({ data: 1, ageS: 4 })
})
