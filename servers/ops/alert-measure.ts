import { type AlertsConfig, alertRules } from '../../engine/contract/config-alerts.ts'
import type { AlertsInput } from '../../engine/contract/decision-input.ts'

/** What was measured beside what is allowed, short enough for a subject line: `12.5% (limit 5%)`. No personal value. */
export function measureOf(code: string, window: AlertsInput['window'], config: AlertsConfig): string {
  const rules = alertRules(config)
  const decided = window.total - window.denied
  const beside = (measured: string, limit: string): string => `${measured} (limit ${limit})`
  switch (code) {
    case 'response_time':
      return beside(`${round(window.response_time_s)} s`, `${rules.response_time.threshold_s} s`)
    case 'error_rate':
      return beside(percent(decided > 0 ? window.failed / decided : 0), percent(rules.error_rate.threshold))
    case 'rate_limit':
      return beside(`${round(window.rate_limit_hits_per_minute)}/min`, `${rules.rate_limit.threshold_per_minute}/min`)
    case 'authentication_failures':
      return beside(`${window.authentication_failures}`, `${rules.authentication_failures.threshold}`)
    case 'disk_space':
      return beside(percent(window.disk_used), percent(rules.disk_space.threshold))
    case 'policy_expiry':
      return beside(lasting(window.policy_expires_in_s), lasting(rules.policy_expiry.threshold_s))
    case 'approval_not_executed':
      return beside(lasting(window.approved_wait_s), lasting(rules.approval_not_executed.threshold_s))
    default:
      return ''
  }
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100)
}

function percent(part: number): string {
  return `${round(part * 100)}%`
}

function lasting(seconds: number): string {
  if (seconds >= 172_800) return `${Math.floor(seconds / 86_400)} d`
  if (seconds >= 7_200) return `${Math.floor(seconds / 3_600)} h`
  return seconds >= 120 ? `${Math.floor(seconds / 60)} min` : `${Math.floor(seconds)} s`
}
