import { expect, test } from 'vitest'
import type { AlertsConfig } from '../../../../engine/contract/config-alerts.ts'
import { openMeasure, type Sample } from '../../../../engine/operate/load-test/measure.ts'
import { standingOfAnswer } from '../../../../engine/operate/load-test/standing.ts'
import { thresholdsOf } from '../../../../engine/operate/load-test/thresholds.ts'

const sample = (more: Partial<Sample>): Sample => ({
  ...{ role: 'viewer', tool: 'get_vendors_list', standing: 'success', kind: null, tookMs: 10, atMs: 100, users: 1 },
  ...more,
})
const ALERTS: AlertsConfig = {
  response_time: { threshold_s: 2, severity: 'warning' },
  error_rate: { threshold: 0.05, severity: 'critical' },
  rate_limit: { threshold_per_minute: 10, severity: 'warning' },
  authentication_failures: { threshold: 5, severity: 'critical' },
  disk_space: { threshold: 0.9, severity: 'warning' },
  notifications: [],
}

test('calls are counted in all, by role, tool, second and kind; the times of denied ones nowhere', () => {
  const measure = openMeasure()
  for (let ms = 1; ms <= 100; ms += 1) measure.add(sample({ tookMs: ms }))
  measure.add(sample({ role: 'operator', standing: 'failed', kind: 'server', tookMs: 900, atMs: 1_500, users: 2 }))
  measure.add(sample({ standing: 'denied', kind: 'caller_budget', tookMs: 60_000, atMs: 1_600, users: 3 }))
  const told = measure.told()
  expect(told.all).toMatchObject({ calls: 102, success: 100, failed: 1, denied: 1 })
  expect(told.all.latency.p50Ms).toBeCloseTo(51, 0)
  expect(told.all.latency.maxMs).toBeCloseTo(900, -1)
  expect(told.byRole['operator']).toMatchObject({ calls: 1, failed: 1 })
  expect(told.seconds.map(({ second, calls, users }) => [second, calls, users])).toEqual([
    [0, 100, 1],
    [1, 2, 3],
  ])
  expect(told.buckets).toEqual([
    { upToMs: 1, count: 1 },
    { upToMs: 2, count: 1 },
    { upToMs: 5, count: 3 },
    { upToMs: 10, count: 5 },
    { upToMs: 20, count: 10 },
    { upToMs: 50, count: 30 },
    { upToMs: 100, count: 50 },
    { upToMs: 1000, count: 1 },
  ])
  const tools = [{ tool: 'get_vendors_list', count: 1 }]
  expect(told.errors).toEqual([
    { kind: 'server', standing: 'failed', count: 1, tools },
    { kind: 'caller_budget', standing: 'denied', count: 1, tools },
  ])
  expect(told.limited).toBe(1)
})

test('thresholds are met below them, and not at them', () => {
  const measure = openMeasure()
  for (let at = 0; at < 19; at += 1) measure.add(sample({ tookMs: 100 }))
  measure.add(sample({ standing: 'failed', kind: 'timeout', tookMs: 100 }))
  measure.add(sample({ standing: 'denied', kind: 'effect_forbidden' }))
  const judged = thresholdsOf(ALERTS, measure.told(), { count: 5, seconds: 60 })
  expect(judged.map(({ alert, measured, met }) => [alert, Math.round(measured * 100) / 100, met])).toEqual([
    ['response_time', 0.1, true],
    ['error_rate', 0.05, false],
    ['rate_limit', 5, true],
  ])
})

test.each([
  [false, '', 'success', null],
  [true, '{"error":{"code":"approval_required"}}', 'denied', 'approval_required'],
  [true, '{"error":{"code":"ledger_unavailable"}}', 'failed', 'ledger_unavailable'],
  [true, '{"error":{"code":"erp_timeout"}}', 'failed', 'erp_timeout'],
  [true, 'out of order', 'failed', 'tool_error'],
])('an answer (error: %s) of `%s` is %s', (isError, text, standing, kind) => {
  expect(standingOfAnswer(isError, text)).toEqual({ standing, kind })
})
