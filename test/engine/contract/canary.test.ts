import { describe, expect, test } from 'vitest'
import { type CanaryExpectation, meets } from '../../../engine/contract/canary.ts'
import { type Decision, denial } from '../../../engine/contract/decision.ts'

const ALLOW: Decision = {
  effect: 'allow',
  reasons: [],
  approval: null,
  mask: [
    { pointer: '/email', kind: 'email' },
    { pointer: '/name', kind: 'name' },
  ],
  permission: 'read',
  granted: true,
}
const ASK: Decision = { ...ALLOW, effect: 'require_approval', approval: { count: 1, roles: ['approver', 'admin'] } }
const DENY: Decision = {
  ...denial('a', 'one'),
  reasons: [
    { code: 'b', message: 'two' },
    { code: 'a', message: 'one' },
  ],
}

function holds(decision: Decision, expect: CanaryExpectation, masks: string[] | null = null): boolean {
  return meets(decision, { expect, masks })
}

describe('a decision meets what was expected when', () => {
  test('its effect is that one, its codes and roles are those, in any order', () => {
    expect(holds(ALLOW, { effect: 'allow' })).toBe(true)
    expect(holds(DENY, { effect: 'deny', codes: ['a', 'b'] })).toBe(true)
    expect(holds(ASK, { effect: 'require_approval', count: 1, roles: ['admin', 'approver'] })).toBe(true)
  })

  test('its masks are those, where any are named', () => {
    expect(holds(ALLOW, { effect: 'allow' }, ['/name', '/email'])).toBe(true)
  })
})

describe('a decision does not meet it when', () => {
  test.each<[string, Decision, CanaryExpectation, string[] | null]>([
    ['it allows what should be denied', ALLOW, { effect: 'deny', codes: [] }, null],
    ['it denies what should be allowed', DENY, { effect: 'allow' }, null],
    ['it asks where it should allow', ASK, { effect: 'allow' }, null],
    ['a code is missing', DENY, { effect: 'deny', codes: ['a', 'b', 'c'] }, null],
    ['there is a further code', DENY, { effect: 'deny', codes: ['a'] }, null],
    ['fewer must approve', ASK, { effect: 'require_approval', count: 2, roles: ['admin', 'approver'] }, null],
    ['others may approve', ASK, { effect: 'require_approval', count: 1, roles: ['approver'] }, null],
    ['a mask is missing', ALLOW, { effect: 'allow' }, ['/name', '/email', '/phone']],
    ['there is a further mask', ALLOW, { effect: 'allow' }, []],
  ])('%s', (_what, decision, expected, masks) => {
    expect(holds(decision, expected, masks)).toBe(false)
  })
})
