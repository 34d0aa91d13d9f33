import { describe, expect, test } from 'vitest'
import {
  type ApprovalBinding,
  type ApprovalRequest,
  askedAgain,
  bindingDigest,
  decided,
  refusalOfApprover,
} from '../../../engine/contract/approval.ts'

const NOW = Date.parse('2026-11-25T13:00:00Z')
const KEY = Buffer.alloc(32, 7)

function request(changes: Partial<ApprovalRequest> = {}): ApprovalRequest {
  return {
    id: 'a1',
    state: 'pending',
    caller: {
      id: 'agent-1',
      person: 'u17',
      kind: 'agent',
      roles: ['operator'],
      company: '12345678000195',
      token_age_s: 60,
    },
    company: '12345678000195',
    tool: 'create_payment',
    effect: 'settle',
    facts: { amount: 123_456, currency: 'BRL', due_date: '2026-11-30', bank_change: false },
    revision: 7,
    created_ms: NOW,
    expires_ms: NOW + 3_600_000,
    given: [],
    count: 1,
    roles: ['approver'],
    reason: null,
    entry: null,
    ...changes,
  }
}

function approver(person: string, roles = ['approver']): { by: string; person: string; roles: string[] } {
  return { by: person, person, roles }
}

describe('who may decide', () => {
  test('another person with a role that is asked for may', () => {
    expect(refusalOfApprover(request(), approver('u90'), NOW)).toBe(null)
  })

  test.each([
    ['the person the agent acts for', request(), approver('u17'), NOW, 'approval_own'],
    ['whoever asked', request(), approver('agent-1'), NOW, 'approval_own'],
    ['somebody without the role', request(), approver('u90', ['operator']), NOW, 'approval_role'],
    ['anybody once it has run out', request(), approver('u90'), NOW + 3_600_000, 'approval_expired'],
    ['anybody once it is used', request({ state: 'used' }), approver('u90'), NOW, 'approval_ended'],
    ['anybody once it is rejected', request({ state: 'rejected' }), approver('u90'), NOW, 'approval_ended'],
  ])('%s may not', (_who, asked, who, at, code) => {
    expect(refusalOfApprover(asked, who, at)).toBe(code)
  })

  test('one person counts once, with whatever further role', () => {
    const once = decided(request({ count: 2 }), { ...approver('u90'), at_ms: NOW }, { kind: 'approve' })
    expect(once.state).toBe('pending')
    expect(refusalOfApprover(once, approver('u90', ['approver', 'admin']), NOW)).toBe('approval_twice')
    expect(decided(once, { ...approver('u91'), at_ms: NOW }, { kind: 'approve' }).state).toBe('approved')
  })
})

test('what is approved waits again when the policy now asks for more persons, and for other roles', () => {
  const approved = decided(request(), { ...approver('u90'), at_ms: NOW }, { kind: 'approve' })
  expect(approved.state).toBe('approved')
  expect(askedAgain(approved, { count: 2, roles: ['approver'] }, {}).state).toBe('pending')
  expect(askedAgain(approved, { count: 1, roles: ['admin'] }, {})).toMatchObject({ state: 'pending', roles: ['admin'] })
  expect(askedAgain(approved, { count: 1, roles: ['approver', 'admin'] }, {}).state).toBe('approved')
})

describe('what is consented to is exactly one call', () => {
  const binding: ApprovalBinding = {
    caller: { id: 'agent-1', person: 'u17' },
    company: '12345678000195',
    tool: 'create_payment',
    catalogue: 'c'.repeat(64),
    effect: 'settle',
    permission: 'write',
    args: { payable_id: '1', amount: 1234.56 },
    facts: {
      amount: 123_456,
      open_amount: 123_456,
      currency: 'BRL',
      counterparty: '9',
      due_date: '2026-11-30',
      accrual_date: null,
      issue_date: null,
      cost_center: null,
      bank_change: false,
      idempotency_key: 'PG-1',
      rows: null,
      filtered: false,
    },
  }

  test.each<[string, Partial<ApprovalBinding>]>([
    ['another agent', { caller: { id: 'agent-2', person: 'u17' } }],
    ['another person', { caller: { id: 'agent-1', person: 'u18' } }],
    ['another company', { company: '12ABC34501DE35' }],
    ['another tool', { tool: 'create_receipt' }],
    ['the tool described otherwise', { catalogue: 'd'.repeat(64) }],
    ['another effect', { effect: 'fiscal' }],
    ['a centavo more', { args: { payable_id: '1', amount: 1234.57 } }],
    ['one more argument', { args: { ...binding.args, fine: 0.01 } }],
    ['another counterparty of the record', { facts: { ...binding.facts, counterparty: '10' } }],
    ['less that is open', { facts: { ...binding.facts, open_amount: 123_455 } }],
  ])('%s is another call', (_what, change) => {
    expect(bindingDigest({ ...binding, ...change }, KEY)).not.toBe(bindingDigest(binding, KEY))
  })

  test('the digest cannot be tried out without the key', () => {
    expect(bindingDigest(binding, KEY)).not.toBe(bindingDigest(binding, Buffer.alloc(32, 8)))
  })

  test('how the arguments are ordered does not matter', () => {
    const args = { amount: 1234.56, payable_id: '1' }
    expect(bindingDigest({ ...binding, args }, KEY)).toBe(bindingDigest(binding, KEY))
  })
})
