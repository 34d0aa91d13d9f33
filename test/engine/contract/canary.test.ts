import { describe, expect, test } from 'vitest'
import { type CanaryExpectation, meets, readCanaries } from '../../../engine/contract/canary.ts'
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

/** As the first bundles had it. */
const FIRST = {
  name: 'a viewer reads',
  input: {
    caller: { id: 'agent-1', person: 'u17', kind: 'agent', roles: ['viewer'], company: null, token_age_s: 60 },
    tool: {
      ...{ name: 'get_vendors_list', entity: 'vendor', effect: 'read', permission: 'read' },
      ...{ reversible: true, money: false, sensitive: [] },
    },
    args: {},
    facts: {
      ...{ amount: 100, open_amount: null, currency: 'BRL', counterparty: '9', due_date: null },
      ...{ accrual_date: null, bank_change: false, idempotency_key: null, rows: 20 },
    },
    history: {
      ...{ settled_today: 500, similar: [], bank_changed_ms: null, rows_today: 0 },
      counterparty_touched: [{ by: 'agent-2', what: 'create', at_ms: 1 }],
    },
    time: { epoch_ms: 1, date: '2026-11-25', weekday: 3, hour: 10, zone: 'America/Sao_Paulo' },
    approvals: [],
  },
  expect: { effect: 'allow' },
  masks: null,
}

describe('canaries of an older bundle', () => {
  test('are read by a newer server: of what they do not know, nothing is known', () => {
    const [canary] = readCanaries([FIRST]) ?? []
    expect(canary?.input.facts).toEqual({ ...FIRST.input.facts, issue_date: null, cost_center: null, filtered: false })
    expect(canary?.input.history).toEqual({
      ...FIRST.input.history,
      settled: {
        caller: { day: 0, window: 0 },
        person: { day: 0, window: 0 },
        company: { day: 0, window: 0 },
        counterparty: { day: 0, window: 0 },
      },
      counterparty_touched: [{ by: 'agent-2', person: 'agent-2', what: 'create', at_ms: 1 }],
    })
  })

  test.each([
    ['a field of a newer one still', { facts: { ...FIRST.input.facts, colour: 'red' } }],
    ['what was always there', { time: undefined }],
    ['a value of the wrong kind', { history: { ...FIRST.input.history, settled_today: '5' } }],
    ['facts that are none', { facts: [] }],
  ])('with or without %s are refused', (_what, change) => {
    expect(readCanaries([{ ...FIRST, input: { ...FIRST.input, ...change } }])).toBeNull()
  })
})
