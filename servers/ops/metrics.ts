import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { CallEvent } from '../request/call.ts'

/** What a server counts. Every series carries the label `erp`. */
export interface Metrics {
  /** One answered call and what became of it. */
  call(event: CallEvent): void
  authenticationFailed(code: string): void
  reload(outcome: string): void
  overloaded(): void
  /** A budget or a circuit held a call up (`waited`) or turned it away. */
  limitHit(limit: 'caller' | 'erp', outcome: string): void
  /** Exposition in Prometheus' text format. */
  text(): Promise<string>
  readonly contentType: string
}

export interface MetricsSources {
  connections(): number
  /** The most failures to authenticate in a row of any one source. */
  failuresInARow(): number
  /** 0 when no policy is enforced. */
  revision(): number
  approvals(): { pending: number; approved: number }
  /** Operations of companies that the ERP must not be asked now. */
  openCircuits(): number
}

/** Metrics of one server process, in a registry of its own. */
export function createMetrics(erp: string, sources: MetricsSources): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ erp })
  collectDefaultMetrics({ register: registry })
  const registers = [registry]
  const requests = new Counter({
    name: 'alcada_requests_total',
    help: 'Tool calls answered, by tool, outcome and reason code.',
    labelNames: ['tool', 'outcome', 'code'],
    registers,
  })
  const duration = new Histogram({
    name: 'alcada_request_duration_seconds',
    help: 'Time from arrival of a tool call to its reply.',
    labelNames: ['outcome'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30],
    registers,
  })
  const failures = new Counter({
    name: 'alcada_authentication_failures_total',
    help: 'Requests whose caller could not be recognised, by reason.',
    labelNames: ['code'],
    registers,
  })
  const reloads = new Counter({
    name: 'alcada_policy_reloads_total',
    help: 'Attempts to activate a bundle, by outcome: activated, or the check that failed.',
    labelNames: ['outcome'],
    registers,
  })
  const overloads = new Counter({
    name: 'alcada_overloaded_total',
    help: 'Requests turned away because of MAX_CONNECTIONS.',
    registers,
  })
  const hits = new Counter({
    name: 'alcada_rate_limit_hits_total',
    help: 'Calls that met a limit: of their caller, or of the ERP; waited for it, were refused, or met an open circuit (closed).',
    labelNames: ['limit', 'outcome'],
    registers,
  })
  gauge(registry, 'alcada_active_connections', 'Open connections on the MCP listener.', sources.connections)
  gauge(registry, 'alcada_erp_circuits_open', 'Operations that the ERP is not asked now.', sources.openCircuits)
  gauge(
    registry,
    'alcada_authentication_failures_in_a_row',
    'The most failures to authenticate in a row of any one source, attempts refused by a lock included.',
    sources.failuresInARow,
  )
  gauge(registry, 'alcada_policy_revision', 'Revision being enforced; 0 when everything is denied.', sources.revision)
  new Gauge({
    name: 'alcada_approvals',
    help: 'Requests for approval by state: pending waits for approvers, approved is not executed yet.',
    labelNames: ['state'],
    registers,
    collect() {
      for (const [state, count] of Object.entries(sources.approvals())) this.set({ state }, count)
    },
  })
  return {
    call({ tool, outcome, code, took_ms }) {
      // A name that is no tool is the caller's text: it must not make a series of its own.
      requests.inc({ tool: code === 'unknown_tool' ? '' : tool, outcome, code: code ?? '' })
      duration.observe({ outcome }, took_ms / 1_000)
    },
    authenticationFailed: (code) => failures.inc({ code }),
    reload: (outcome) => reloads.inc({ outcome }),
    overloaded: () => overloads.inc(),
    limitHit: (limit, outcome) => hits.inc({ limit, outcome }),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  }
}

function gauge(registry: Registry, name: string, help: string, read: () => number): void {
  new Gauge({
    name,
    help,
    registers: [registry],
    collect() {
      this.set(read())
    },
  })
}
