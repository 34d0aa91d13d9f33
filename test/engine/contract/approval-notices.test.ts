import { expect, test } from 'vitest'
import type { ApprovalRequest } from '../../../engine/contract/approval.ts'
import { isWorthTelling, noticesDue } from '../../../engine/contract/approval-notices.ts'
import { type ApprovalRules, DEFAULT_APPROVAL_RULES } from '../../../engine/contract/approval-rules.ts'

const DAY_MS = 86_400_000
const MAIL = { type: 'email', recipients: ['diretoria@example.com'] } as const
const RULES: ApprovalRules = {
  ...DEFAULT_APPROVAL_RULES,
  alert: { not_executed_s: 60, notify: [{ ...MAIL, recipients: [...MAIL.recipients] }] },
}

function request(changes: Partial<ApprovalRequest>): ApprovalRequest {
  return {
    id: 'r-1',
    state: 'pending',
    count: 1,
    roles: ['approver'],
    caller: { id: 'agent-1', person: 'u17', kind: 'agent', roles: [], company: '12345678000195', token_age_s: 1 },
    company: '12345678000195',
    tool: 'create_payment',
    effect: 'settle',
    facts: { amount: 1, currency: 'BRL', due_date: null, bank_change: false },
    revision: 1,
    created_ms: 0,
    expires_ms: DAY_MS,
    given: [],
    reason: null,
    entry: null,
    ...changes,
  }
}

const approved = request({
  state: 'approved',
  given: [{ by: 'u90', person: 'u90', roles: ['approver'], at_ms: 5_000 }],
})
const kinds = (one: ApprovalRequest, nowMs: number, rules: ApprovalRules = RULES): string[] =>
  noticesDue(one, rules, nowMs).map(({ kind }) => kind)

test('an approval that is not used alerts so long after it was given, and not once it has run out', () => {
  expect(kinds(approved, 64_999)).toEqual([])
  expect(kinds(approved, 65_000)).toEqual(['not_executed'])
  expect(kinds(approved, DAY_MS)).toEqual([])
})

test.each(['expired', 'void'] as const)('what is %s alerts for a day', (state) => {
  const ended = request({ state, ended_ms: 1_000 })
  expect(kinds(ended, 1_000)).toEqual(['ended'])
  expect(kinds(ended, 1_000 + DAY_MS)).toEqual([])
})

test('nobody hears of what is pending, used or rejected, nor of an end from before there were alerts', () => {
  for (const state of ['pending', 'used', 'rejected'] as const) expect(kinds(request({ state }), 70_000)).toEqual([])
  expect(kinds(request({ state: 'expired' }), 2 * DAY_MS)).toEqual([])
})

test('without `alert` there is none', () => {
  expect(kinds(approved, 65_000, DEFAULT_APPROVAL_RULES)).toEqual([])
  expect(kinds(request({ state: 'void', ended_ms: 1 }), 2, DEFAULT_APPROVAL_RULES)).toEqual([])
})

test('the same thing has the same id at any time, and each kind one of its own', () => {
  const ids = (nowMs: number): string[] => noticesDue(approved, RULES, nowMs).map(({ id }) => id)
  expect(ids(65_000)).toEqual(ids(80_000))
  expect(noticesDue(request({ state: 'void', ended_ms: 1 }), RULES, 2)[0]?.id).not.toBe(ids(65_000)[0])
})

test('what was executed meanwhile is not worth telling any more', () => {
  expect(isWorthTelling('not_executed', approved)).toBe(true)
  expect(isWorthTelling('not_executed', request({ state: 'used' }))).toBe(false)
  expect(isWorthTelling('asked', approved)).toBe(false)
})
