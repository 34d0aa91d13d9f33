import { expect, test } from 'vitest'
import type { CatalogueTool } from '../../../../engine/contract/catalogue.ts'
import type { Outcome } from '../../../../engine/contract/outcome.ts'
import type { Situation } from '../../../../engine/gitops/diff/contexts.ts'
import { type Compared, matrix } from '../../../../engine/gitops/diff/matrix.ts'
import type { Answers } from '../../../../engine/gitops/diff/side.ts'

const ALLOW: Outcome = { effect: 'allow', masks: [] }
const HIDDEN: Outcome = { effect: 'deny', codes: ['tool_hidden'] }
const LATE: Outcome = { effect: 'deny', codes: ['outside_hours'] }
const WAITS: Outcome = { effect: 'require_approval', count: 1, roles: ['approver'], masks: [] }

const tool = { name: 'create_payment', effect: 'settle' } as CatalogueTool

function situation(words: string, more: Partial<Situation> = {}): Situation {
  return { words, call: { args: {}, resolved: {} }, given: {}, amount: null, shows: [], ...more }
}

/** One tool; answers role by role, within it case by case. */
function compared(
  cases: Situation[],
  base: Outcome[],
  head: Outcome[],
  roles = [['operator'], ['operator', 'viewer']],
): Compared {
  const side = (answers: Outcome[]): Answers => ({ outcomes: answers, ids: Uint32Array.from(answers, (_, id) => id) })
  return matrix({ erp: 'omie', jobs: [{ tool, cases }], roles, base: side(base), head: side(head) })
}

test('a tool that is seen and still refused is wider, and told for the plain call alone', () => {
  const cases = [situation(''), situation('it is a Sunday')]
  const { wider, narrower } = compared(cases, [HIDDEN, HIDDEN, HIDDEN, HIDDEN], [LATE, LATE, LATE, LATE])
  expect(wider.map(({ sentence, count }) => [sentence, count])).toEqual([
    ['operator now sees create_payment on omie, though calling it is refused (outside_hours)', 1],
  ])
  expect(narrower).toEqual([])
})

test('what only somebody with every role may do is found, and what one role may do is told once', () => {
  const cases = [situation('')]
  expect(compared(cases, [LATE, LATE], [LATE, ALLOW]).wider.map(({ role }) => role)).toEqual([
    'somebody with every role',
  ])
  expect(compared(cases, [LATE, LATE], [ALLOW, ALLOW]).wider.map(({ role }) => role)).toEqual(['operator'])
})

test('the same outcomes under other numbers are no difference', () => {
  const { wider, narrower, obligations, contexts } = matrix({
    erp: 'omie',
    jobs: [{ tool, cases: [situation('')] }],
    roles: [['operator'], ['operator']],
    base: { outcomes: [ALLOW, LATE], ids: Uint32Array.of(0, 1) },
    head: { outcomes: [{ ...LATE }, { ...ALLOW }], ids: Uint32Array.of(1, 0) },
  })
  expect([wider, narrower, obligations, contexts]).toEqual([[], [], [], 2])
})

test('a limit that moved is told once, also where something else is met with it', () => {
  const cases = [
    situation('', { amount: 100 }),
    situation('', { amount: 101 }),
    situation('the amount is R$ 1,01 and the total settled today is R$ 0,00', { withAmount: 101, shows: ['rule'] }),
  ]
  const { wider, shown } = compared(cases, [ALLOW, WAITS, WAITS], [ALLOW, ALLOW, ALLOW], [['operator']])
  expect(wider.map(({ sentence }) => sentence)).toEqual([
    'somebody with every role may now settle up to R$ 1,01 without approval; was R$ 1,00 (create_payment on omie)',
  ])
  expect([...shown]).toEqual(['rule'])
})
