import { expect, test } from 'vitest'
import { createMetrics, type Metrics } from '../../../servers/ops/metrics.ts'
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

function metrics(): Metrics {
  return createMetrics('omie', '1.2.3', {
    connections: () => 2,
    failuresInARow: () => 3,
    policy: () => ({ revision: 7, created: 1_000, expires: 5_000, rejected: true }),
    approvals: () => ({ pending: 4, approved: 1 }),
    approvedWaitS: () => 60,
    responseTimeS: () => 0.25,
    refusedTools: () => 3,
    openCircuits: () => 1,
    endedGrants: () => 2,
    ledgerWritable: () => true,
    diskUsed: async () => 0.5,
    isTool: (name) => name === 'get_vendors_list',
    alerts: () => ['error_rate'],
    now: () => 3_000_000,
  })
}

test('what is true now is told when it is asked for', async () => {
  const text = await metrics().text()
  for (const line of [
    'alcada_policy_revision{erp="omie"} 7',
    'alcada_policy_age_seconds{erp="omie"} 2000',
    'alcada_policy_expires_timestamp_seconds{erp="omie"} 5000',
    'alcada_policy_rejected{erp="omie"} 1',
    'alcada_average_response_time_seconds{erp="omie"} 0.25',
    'alcada_active_connections{erp="omie"} 2',
    'alcada_approvals{state="pending",erp="omie"} 4',
    'alcada_approved_wait_seconds{erp="omie"} 60',
    'alcada_erp_circuits_open{erp="omie"} 1',
    'alcada_erp_grants_ended{erp="omie"} 2',
    'alcada_upstream_tools_refused{erp="omie"} 3',
    'alcada_ledger_writable{erp="omie"} 1',
    'alcada_disk_used_ratio{erp="omie"} 0.5',
    'alcada_alerts_raised{alert="error_rate",erp="omie"} 1',
  ]) {
    expect(text.split('\n')).toContain(line)
  }
  expect(text).toMatch(/alcada_build_info\{version="1\.2\.3",node="v\d+/)
})

test('a decision is told by its effect and by each of its reasons', async () => {
  const told = metrics()
  told.call({ ...CALL, outcome: 'denied', code: 'hours', decision: 'deny', reasons: 'outside_hours,period_locked' })
  const lines = (await told.text()).split('\n')
  expect(lines).toContain('alcada_decisions_total{effect="deny",erp="omie"} 1')
  expect(lines).toContain('alcada_decision_reasons_total{effect="deny",reason="outside_hours",erp="omie"} 1')
  expect(lines).toContain('alcada_decision_reasons_total{effect="deny",reason="period_locked",erp="omie"} 1')
  expect(lines).toContain('alcada_requests_denied_total{erp="omie"} 1')
})

test('whatever callers or policies write, the number of series stays the same', async () => {
  const told = metrics()
  for (let count = 0; count < 2_000; count += 1) {
    const name = `made_up_${count}`
    told.call({ ...CALL, tool: name, outcome: 'denied', code: name, decision: 'deny', reasons: name })
  }
  const series = (await told.text()).split('\n').filter((line) => line.includes('made_up_'))
  // 200 codes, each once as the code of a call and once as a reason.
  expect(series).toHaveLength(400)
  expect(await told.text()).toContain('reason="others",erp="omie"} 1800')
})

test('each masked field of a result counts', async () => {
  const told = metrics()
  told.call({ ...CALL, masked: 3 })
  told.call({ ...CALL, masked: 2 })
  expect(await told.text()).toContain('alcada_masked_fields_total{erp="omie"} 5')
})
