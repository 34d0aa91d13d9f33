import { collectDefaultMetrics, Registry } from 'prom-client'
import type { CallEvent } from '../request/call.ts'
import { metricKinds } from './metric-kinds.ts'
import { type PolicyFacts, policyMetrics } from './policy-metrics.ts'
import { requestMetrics } from './request-metrics.ts'

/** What a server counts. Every series carries the label `erp`; none says who called. */
export interface Metrics {
  /** One answered call and what became of it. */
  call(event: CallEvent): void
  authenticationFailed(code: string): void
  reload(outcome: string): void
  overloaded(): void
  /** A budget or a circuit held a call up (`waited`) or turned it away. */
  limitHit(limit: 'caller' | 'erp', outcome: string): void
  /** One exchange with the ERP. @param outcome `done`, or the kind of its error */
  erpCalled(outcome: string, tookS: number): void
  ledgerWritten(operation: 'open' | 'close' | 'record', tookS: number): void
  /** A notice of an alert to one channel. */
  alertTold(channel: 'email' | 'slack', outcome: 'told' | 'failed' | 'given_up'): void
  /** Exposition in Prometheus' text format. */
  text(): Promise<string>
  readonly contentType: string
}

export interface MetricsSources {
  /** Adds figures of others. */
  more?(registry: Registry): void

  connections(): number
  /** The most failures to authenticate in a row of any one source. */
  failuresInARow(): number
  policy(): PolicyFacts
  approvals(): { pending: number; approved: number }
  /** How long the oldest approved call has waited to be made, in seconds. */
  approvedWaitS(): number
  /** Mean over the window that alerts look at, in seconds. */
  responseTimeS(): number
  /** Operations of companies that the ERP must not be asked now. */
  openCircuits(): number
  /** Companies whose grant the ERP has ended: a person has to log in again. */
  endedGrants(): number
  /** Tools of an upstream MCP server that are refused, because it says other things of them than were reviewed. */
  refusedTools(): number
  ledgerWritable(): boolean
  /** Which part of the disk of the state folder is in use, 0 to 1; null where it cannot be seen. */
  diskUsed(): Promise<number | null>
  /** Whether the policy in force knows a tool of this name. */
  isTool(name: string): boolean
  /** Alerts that are raised, by name. */
  alerts(): readonly string[]
  /** Epoch milliseconds. */
  now(): number
}

/** Gauges of prom-client that are called as if they were counters: `promtool check metrics` refuses them. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total']

/** Metrics of one server process, in a registry of its own. */
export function createMetrics(erp: string, version: string, sources: MetricsSources): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ erp })
  collectDefaultMetrics({ register: registry })
  for (const name of MISNAMED) registry.removeSingleMetric(name)
  const kinds = metricKinds(registry)
  const { counter, gauge, histogram } = kinds
  const call = requestMetrics(kinds, sources.isTool)
  policyMetrics(kinds, sources.policy, () => sources.now() / 1_000)
  const failures = counter(
    'alcada_authentication_failures_total',
    'Requests whose caller could not be recognised, by reason.',
    ['code'],
  )
  const reloads = counter(
    'alcada_policy_reloads_total',
    'Attempts to activate a bundle, by outcome: activated, or the check that failed.',
    ['outcome'],
  )
  const overloads = counter('alcada_overloaded_total', 'Requests turned away because of MAX_CONNECTIONS.')
  const hits = counter(
    'alcada_rate_limit_hits_total',
    'Calls that met a limit: of their caller, or of the ERP; waited for it, were refused, met an open circuit (closed), or were told so by the ERP (answered).',
    ['limit', 'outcome'],
  )
  const erpCalls = counter(
    'alcada_erp_calls_total',
    'Exchanges with the ERP, by outcome: done, or the kind of error.',
    ['outcome'],
  )
  const erpDuration = histogram(
    'alcada_erp_call_duration_seconds',
    'Time an exchange with the ERP took, waits included.',
  )
  const ledger = histogram('alcada_ledger_write_duration_seconds', 'Until a write to the ledger was durable.', [
    'operation',
  ])
  const told = counter('alcada_alert_notices_total', 'Notices of alerts, by channel and outcome.', [
    'channel',
    'outcome',
  ])
  // Prometheus sees no rise of what it has not seen before.
  for (const outcome of ['waited', 'refused', 'closed', 'answered']) hits.inc({ limit: 'erp', outcome }, 0)
  hits.inc({ limit: 'caller', outcome: 'refused' }, 0)
  gauge(
    'alcada_average_response_time_seconds',
    'Mean time of calls that were not denied, over the window of alerts.yaml.',
    sources.responseTimeS,
  )
  gauge('alcada_active_connections', 'Open connections on the MCP listener.', sources.connections)
  gauge(
    'alcada_authentication_failures_in_a_row',
    'The most failures to authenticate in a row of any one source, attempts refused by a lock included.',
    sources.failuresInARow,
  )
  gauge(
    'alcada_approvals',
    'Requests for approval by state: pending waits for approvers, approved is not executed yet.',
    () => Object.entries(sources.approvals()).map(([state, count]) => [{ state }, count] as const),
    ['state'],
  )
  gauge(
    'alcada_approved_wait_seconds',
    'How long the oldest approved call has waited to be made.',
    sources.approvedWaitS,
  )
  gauge('alcada_erp_circuits_open', 'Operations that the ERP is not asked now.', sources.openCircuits)
  gauge('alcada_erp_grants_ended', 'Companies that an operator has to log in again.', sources.endedGrants)
  gauge('alcada_upstream_tools_refused', 'Tools of an upstream that are not what was reviewed.', sources.refusedTools)
  gauge('alcada_ledger_writable', 'Whether the ledger can be written: without it everything is denied.', () =>
    sources.ledgerWritable() ? 1 : 0,
  )
  gauge('alcada_disk_used_ratio', 'Part of the disk of the state folder in use.', async () => {
    return (await sources.diskUsed()) ?? []
  })
  gauge(
    'alcada_alerts_raised',
    'Alerts of alerts.yaml that are raised.',
    () => sources.alerts().map((alert) => [{ alert }, 1] as const),
    ['alert'],
  )
  gauge('alcada_build_info', 'Version of the server.', () => [[{ version, node: process.version }, 1]], [
    'version',
    'node',
  ])
  sources.more?.(registry)
  return {
    call,
    authenticationFailed: (code) => failures.inc({ code }),
    reload: (outcome) => reloads.inc({ outcome }),
    overloaded: () => overloads.inc(),
    limitHit: (limit, outcome) => hits.inc({ limit, outcome }),
    erpCalled(outcome, tookS) {
      erpCalls.inc({ outcome })
      erpDuration.observe(tookS)
    },
    ledgerWritten: (operation, tookS) => ledger.observe({ operation }, tookS),
    alertTold: (channel, outcome) => told.inc({ channel, outcome }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}
