import { expect, test } from 'vitest'
import { type AlertFigures, readFigures, windowOf } from '../../../servers/ops/alert-figures.ts'
import { standingOf } from '../../../servers/ops/call-standing.ts'
import { callWindow } from '../../../servers/ops/call-window.ts'
import type { CallEvent } from '../../../servers/request/call.ts'

const CALL: CallEvent = {
  request: 'r',
  entry: null,
  tool: 'get_vendors_list',
  caller: 'agent-1',
  person: 'u17',
  revision: 7,
  outcome: 'done',
  code: null,
  decision: 'allow',
  reasons: '',
  masked: 0,
  took_ms: 1_500,
}
const FIGURES: AlertFigures = {
  ...{ total: 10, failed: 1, denied: 2, timed: 8, seconds: 4, hits: 3, whole: true },
  ...{ runs: { a: 3, b: 1 }, disk: 0.4, rejected: false, expires_s: 900, approved_wait_s: 0 },
}

test.each([
  ['success', 'done', null],
  ['success', 'replayed', null],
  ['success', 'dry_run', null],
  ['denied', 'denied', 'amount_above_alcada'],
  ['denied', 'denied', 'approval_required'],
  ['denied', 'refused', 'unknown_tool'],
  ['failed', 'failed', 'erp_server'],
  ['failed', 'unknown', 'erp_timeout'],
  ['failed', 'refused', 'ledger_unavailable'],
  ['failed', 'refused', 'policy_unavailable'],
  ['failed', 'refused', 'resolve_failed'],
  ['failed', 'done', 'result_invalid'],
] as const)('as %s counts a call that was %s (%s)', (standing, outcome, code) => {
  expect(standingOf({ outcome, code })).toBe(standing)
})

test('a window counts what is in it, and nothing older', () => {
  let now = 1_000_000
  const window = callWindow(() => now)
  window.call({ ...CALL, outcome: 'failed', code: 'erp_server' })
  window.limitHit()
  now += 5_000
  window.call(CALL)
  window.call({ ...CALL, outcome: 'denied', code: 'amount_above_alcada', took_ms: 3 })
  expect(window.over(10)).toEqual({ total: 3, failed: 1, denied: 1, timed: 2, seconds: 3, hits: 1 })
  expect(window.over(5)).toEqual({ total: 2, failed: 0, denied: 1, timed: 1, seconds: 1.5, hits: 0 })
  now += 3_600_000
  window.call(CALL)
  expect(window.over(3_600)).toEqual({ total: 1, failed: 0, denied: 0, timed: 1, seconds: 1.5, hits: 0 })
})

test('the time of what is denied, or waits on purpose, hides no slow ERP and makes none', () => {
  const window = callWindow(() => 0)
  window.call({ ...CALL, outcome: 'refused', code: 'unknown_tool', took_ms: 1 })
  window.call({ ...CALL, tool: 'get_approval_by_id', took_ms: 25_000 })
  expect(window.over(60)).toMatchObject({ total: 2, timed: 0, seconds: 0 })
})

test('of replicas calls add up, runs of one source add up, and of the rest the worst counts', () => {
  const other = { ...FIGURES, runs: { a: 2, c: 4 }, disk: null, rejected: true, expires_s: 90, approved_wait_s: 7 }
  expect(windowOf([FIGURES, other], 120)).toEqual({
    total: 20,
    failed: 2,
    denied: 4,
    response_time_s: 0.5,
    rate_limit_hits_per_minute: 3,
    authentication_failures: 5,
    disk_used: 0.4,
    policy_rejected: true,
    policy_expires_in_s: 90,
    approved_wait_s: 7,
  })
})

test('what a replica of another version has put down is left out', () => {
  const { whole: _, ...older } = FIGURES
  expect(readFigures([JSON.stringify(older), JSON.stringify(FIGURES), 'null', '{"total":"1"}'])).toEqual([FIGURES])
})
