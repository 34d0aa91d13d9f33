import { type AlertEntry, RUNBOOK, SERVER_GONE } from '../contract/alert-runbook.ts'
import { ALERT_NAMES, type AlertName, type AlertsConfig, alertRules } from '../contract/config-alerts.ts'

export interface PrometheusRules {
  groups: { name: string; rules: PrometheusRule[] }[]
}

export interface PrometheusRule {
  alert: string
  expr: string
  for?: string
  labels: { severity: string; erp: string; code: string }
  annotations: Record<string, string>
}

/**
 * The alerts of one ERP as rules of Prometheus over the server's metrics, all replicas together: the same thresholds,
 * window and durations as the server judges by. One is added that no server can tell of itself: that it is gone.
 * @param runbook address that `#<code>` is put behind; null: none
 */
export function prometheusRules(erp: string, config: AlertsConfig, runbook: string | null): PrometheusRules {
  const terms = alertRules(config)
  const expressions = expressionsOf(erp, config)
  const rule = (
    code: AlertName | typeof SERVER_GONE,
    expr: string,
    severity: string,
    for_s: number,
  ): PrometheusRule => ({
    alert: `Alcada${code.replace(/(^|_)([a-z])/g, (_, __, letter: string) => letter.toUpperCase())}`,
    expr,
    ...(for_s === 0 ? {} : { for: duration(for_s) }),
    labels: { severity, erp, code },
    annotations: annotationsOf(code, RUNBOOK[code], erp, runbook),
  })
  return {
    groups: [
      {
        name: `alcada-${erp}`,
        rules: [
          ...ALERT_NAMES.map((code) => rule(code, expressions[code], terms[code].severity, terms[code].for_s)),
          rule(SERVER_GONE, `absent(alcada_build_info{erp="${erp}"})`, 'critical', GONE_S),
        ],
      },
    ],
  }
}

/** A restart is no reason to wake anybody. */
const GONE_S = 300

function expressionsOf(erp: string, config: AlertsConfig): Record<AlertName, string> {
  const terms = alertRules(config)
  const rate = (metric: string): string => `sum by (erp) (rate(${metric}{erp="${erp}"}[${duration(terms.window_s)}]))`
  const most = (metric: string): string => `max by (erp) (${metric}{erp="${erp}"})`
  const [failed, success] = [rate('alcada_requests_failed_total'), rate('alcada_requests_success_total')]
  const duration_s = 'alcada_request_duration_seconds'
  return {
    response_time: `${rate(`${duration_s}_sum`)} / ${rate(`${duration_s}_count`)} >= ${terms.response_time.threshold_s}`,
    // total − denied
    error_rate: `${failed} / (${success} + ${failed}) >= ${terms.error_rate.threshold}`,
    rate_limit: `${rate('alcada_rate_limit_hits_total')} * 60 >= ${terms.rate_limit.threshold_per_minute}`,
    authentication_failures: `${most('alcada_authentication_failures_in_a_row')} >= ${terms.authentication_failures.threshold}`,
    disk_space: `${most('alcada_disk_used_ratio')} >= ${terms.disk_space.threshold}`,
    policy_rejected: `${most('alcada_policy_rejected')} > 0`,
    policy_expiry: `min by (erp) (alcada_policy_expires_timestamp_seconds{erp="${erp}"}) - time() <= ${terms.policy_expiry.threshold_s}`,
    approval_not_executed: `${most('alcada_approved_wait_seconds')} >= ${terms.approval_not_executed.threshold_s}`,
  }
}

function annotationsOf(
  code: string,
  { pt, en }: AlertEntry,
  erp: string,
  runbook: string | null,
): Record<string, string> {
  return {
    summary: `${pt.title} / ${en.title} (${erp})`,
    description: `${pt.first} / ${en.first}`,
    ...(runbook === null ? {} : { runbook_url: `${runbook}#${code}` }),
  }
}

function duration(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`
}
