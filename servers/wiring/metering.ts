import type { Registry } from 'prom-client'
import { alertRules, DEFAULT_WINDOW_S } from '../../engine/contract/config-alerts.ts'
import type { AlertFigures } from '../ops/alert-figures.ts'
import { callWindow } from '../ops/call-window.ts'
import { createMetrics, type Metrics } from '../ops/metrics.ts'
import type { NoticeSender } from '../ops/notice-sender.ts'
import type { PolicyFacts } from '../ops/policy-metrics.ts'
import type { ActivePolicy } from '../policy/status.ts'
import { diskUsed } from '../state/disk.ts'
import type { State } from '../state/state.ts'
import { type AlertWatch, watchAlerts } from './alert-watch.ts'
import type { ErpClients } from './erp-clients.ts'
import type { FailedAuthentications } from './failed-authentications.ts'
import type { InForce } from './in-force.ts'
import type { Log } from './log.ts'

export interface MeteringOptions {
  erp: string
  version: string
  /** The folder whose disk is looked at. */
  stateDir: string
  policy: InForce
  state: Pick<State, 'ready' | 'approvals' | 'alerts'>
  clients: Pick<ErpClients, 'openCircuits' | 'endedGrants' | 'refusedTools'>
  failures: FailedAuthentications
  /** Open connections; requests for approval by state. */
  connections(): number
  approvals(): { pending: number; approved: number }
  /** Adds figures of others. */
  more(registry: Registry): void
  now(): number
}

export interface AlertingOptions {
  send: NoticeSender
  /** Where browsers reach the console. */
  origin(): string
  zone: string
  log: Log
}

export interface Metering {
  /** Counts for both. */
  metrics: Metrics
  /** Begins to judge alerts and to tell of them. */
  watch(alerting: AlertingOptions): AlertWatch
}

/** What a server counts, for Prometheus and for the alerts of alerts.yaml: both look at the same. */
export function metering(options: MeteringOptions): Metering {
  const { erp, version, stateDir, policy, state, clients, failures, now } = options
  const calls = callWindow(now)
  let last: ActivePolicy | null = null
  let approvedWaitS = 0
  let raised = (): readonly string[] => []

  /** Also one that has ended: who hears of that stands in it. */
  const known = (): ActivePolicy | null => {
    last = policy.current() ?? last
    return last
  }
  const windowS = (): number => {
    const active = known()
    return active === null ? DEFAULT_WINDOW_S : alertRules(active.config.alerts).window_s
  }
  const disk = (): Promise<number | null> => diskUsed(stateDir).catch(() => null)
  const facts = (): PolicyFacts => {
    const active = policy.current()
    const { code = '' } = policy.status().lastError ?? {}
    return {
      revision: active?.revision ?? 0,
      created: active?.claims.iat ?? null,
      // Also of one that has ended: a rule that looks at it must not fall silent then.
      expires: known()?.claims.exp ?? null,
      rejected: code !== '' && code !== 'BUNDLE_EXPIRED',
    }
  }
  const metrics = createMetrics(erp, version, {
    connections: options.connections,
    failuresInARow: () => Math.max(0, ...Object.values(failures.runs(windowS() * 1_000))),
    policy: facts,
    approvals: options.approvals,
    approvedWaitS: () => approvedWaitS,
    responseTimeS() {
      const { timed, seconds } = calls.over(windowS())
      return timed === 0 ? 0 : seconds / timed
    },
    openCircuits: () => clients.openCircuits().length,
    endedGrants: () => clients.endedGrants().length,
    refusedTools: () => clients.refusedTools()?.length ?? 0,
    ledgerWritable: state.ready,
    diskUsed: disk,
    isTool: (name) => name === 'get_approval_by_id' || Object.hasOwn(known()?.catalogue.tools ?? {}, name),
    alerts: () => raised(),
    more: options.more,
    now,
  })

  /** How long the oldest approved call has waited, in seconds. */
  async function approvedWait(): Promise<number> {
    const approved = (await state.approvals.list(Number.MAX_SAFE_INTEGER)).filter((one) => one.state === 'approved')
    const since = approved.map(({ given, created_ms }) => Math.max(created_ms, ...given.map(({ at_ms }) => at_ms)))
    return Math.max(0, ...since.map((ms) => (now() - ms) / 1_000))
  }

  async function figures(active: ActivePolicy, seconds: number): Promise<AlertFigures> {
    approvedWaitS = await approvedWait()
    return {
      ...calls.over(seconds),
      whole: calls.countingMs() >= seconds * 1_000,
      runs: failures.runs(seconds * 1_000),
      disk: await disk(),
      rejected: facts().rejected,
      expires_s: Math.max(0, active.claims.exp - now() / 1_000),
      approved_wait_s: approvedWaitS,
    }
  }
  return {
    metrics: {
      ...metrics,
      call(event) {
        metrics.call(event)
        calls.call(event)
      },
      limitHit(limit, outcome) {
        metrics.limitHit(limit, outcome)
        calls.limitHit()
      },
    },
    watch(alerting) {
      const title = (): string => known()?.catalogue.erp.title ?? erp
      const watch = watchAlerts({ ...alerting, alerts: state.alerts, policy: known, figures, title, metrics, now })
      raised = watch.raised
      return watch
    },
  }
}
