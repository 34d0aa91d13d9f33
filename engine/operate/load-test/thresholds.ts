import { type AlertsConfig, alertRules, type Severity } from '../../contract/config-alerts.ts'
import type { Measured } from './measure.ts'

/** One alert of `alerts.yaml` beside what was measured. */
export interface Threshold {
  alert: 'response_time' | 'error_rate' | 'rate_limit'
  severity: Severity
  measured: number
  threshold: number
  unit: 's' | 'ratio' | '/min'
  /** Below the threshold: nobody would have been told. */
  met: boolean
}

export interface Hits {
  /** Limits that were met in all: what the server counted, or, where it cannot be asked, the answers that told of one. */
  count: number
  seconds: number
}

/** The same terms the server judges by: the mean of what was not denied, failed of what was not denied, hits a minute. */
export function thresholdsOf(config: AlertsConfig, { all }: Measured, hits: Hits): Threshold[] {
  const rules = alertRules(config)
  const judged = all.success + all.failed
  const of = (alert: Threshold['alert'], measured: number, threshold: number, unit: Threshold['unit']): Threshold => ({
    alert,
    severity: rules[alert].severity,
    measured,
    threshold,
    unit,
    met: measured < threshold,
  })
  const perMinute = hits.seconds === 0 ? 0 : (hits.count * 60) / hits.seconds
  return [
    of('response_time', all.latency.meanMs / 1_000, rules.response_time.threshold_s, 's'),
    of('error_rate', judged === 0 ? 0 : round(all.failed / judged), rules.error_rate.threshold, 'ratio'),
    of('rate_limit', Math.round(perMinute * 10) / 10, rules.rate_limit.threshold_per_minute, '/min'),
  ]
}

function round(ratio: number): number {
  return Math.round(ratio * 10_000) / 10_000
}
