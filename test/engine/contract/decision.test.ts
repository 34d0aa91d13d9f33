import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readAlerts, readDecision, readVisible } from '../../../engine/contract/decision.ts'

const ALLOW = { effect: 'allow', reasons: [], approval: null, mask: [], permission: 'write', granted: true }
const REASON = { code: 'amount_above_alcada', message: 'too much' }
const APPROVAL = { count: 1, roles: ['approver'] }

test('a decision of the exact shape is taken as it is', () => {
  const mask = [{ pointer: '/document', kind: 'document' }]
  expect(readDecision({ ...ALLOW, mask })).toEqual({ ...ALLOW, mask })
  const deny = { ...ALLOW, effect: 'deny', reasons: [REASON], granted: false }
  expect(readDecision(deny)).toEqual(deny)
  const asks = { ...ALLOW, effect: 'require_approval', approval: APPROVAL }
  expect(readDecision(asks)).toEqual(asks)
})

test.each<[string, unknown]>([
  ['an allow with a reason', { ...ALLOW, reasons: [REASON] }],
  ['an allow that was not granted', { ...ALLOW, granted: false }],
  ['an allow that needs an approval', { ...ALLOW, approval: APPROVAL }],
  ['a deny without a reason', { ...ALLOW, effect: 'deny' }],
  ['an approval by nobody', { ...ALLOW, effect: 'require_approval', approval: { count: 0, roles: [] } }],
  ['an approval that says not which', { ...ALLOW, effect: 'require_approval' }],
  ['an approval that was not granted', { ...ALLOW, effect: 'require_approval', approval: APPROVAL, granted: false }],
  ['half an approval', { ...ALLOW, effect: 'require_approval', approval: { count: 1.5, roles: [] } }],
  ['an unknown effect', { ...ALLOW, effect: 'ALLOW' }],
  ['a key too many', { ...ALLOW, obligations: [] }],
  ['a key too few', { ...ALLOW, mask: undefined }],
  ['an unknown permission', { ...ALLOW, permission: 'root' }],
  ['an unknown kind of mask', { ...ALLOW, mask: [{ pointer: '/x', kind: 'secret' }] }],
  ['a mask that is no list', { ...ALLOW, mask: {} }],
  ['a text for granted', { ...ALLOW, granted: 'true' }],
  ['a grant by no role', { ...ALLOW, granted_by: [] }],
  [
    'a refusal of what a role grants',
    { ...ALLOW, effect: 'deny', reasons: [REASON], granted: false, granted_by: ['admin'] },
  ],
  ['roles as a text', { ...ALLOW, granted_by: 'admin' }],
])('%s is a deny', (_name, value) => {
  expect(readDecision(value)).toMatchObject({
    effect: 'deny',
    reasons: [{ code: 'decision_malformed' }],
    granted: false,
  })
})

test('no answer at all is no decision', () => {
  expect(readDecision(undefined)).toMatchObject({ effect: 'deny', reasons: [{ code: 'decision_undefined' }] })
})

test.each([[null], [true], ['allow'], [[]], [[ALLOW]]])('%j is a deny', (value) => {
  expect(readDecision(value)).toMatchObject({ effect: 'deny', reasons: [{ code: 'decision_malformed' }] })
})

test('whatever a policy answers, an allow is the whole shape of one', () => {
  fc.assert(
    fc.property(fc.anything(), fc.constantFrom(...Object.keys(ALLOW)), (value, key) => {
      const decision = readDecision({ ...ALLOW, [key]: value })
      if (decision.effect === 'allow')
        expect({ ...decision, mask: [], permission: '' }).toEqual({ ...ALLOW, permission: '' })
    }),
  )
})

test('a list of tools that is none shows no tool', () => {
  expect(readVisible(['b', 'a'])).toEqual(['a', 'b'])
  expect(readVisible(['a', 1])).toEqual([])
  expect(readVisible(undefined)).toEqual([])
})

test('alerts that cannot be told are an alert', () => {
  expect(readAlerts([REASON])).toEqual([REASON])
  expect(readAlerts(undefined)[0]?.code).toBe('alerts_failed')
})
