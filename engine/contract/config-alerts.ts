export type Severity = 'warning' | 'critical'

/** Everything that may be raised; the first five are the governance document's own. */
export const ALERT_NAMES = [
  'response_time',
  'error_rate',
  'rate_limit',
  'authentication_failures',
  'disk_space',
  'policy_rejected',
  'policy_expiry',
  'approval_not_executed',
] as const
export type AlertName = (typeof ALERT_NAMES)[number]

/** Who hears of alerts of these severities. A webhook is named (`secret:NAME`), never written. */
export type AlertNotification =
  | { type: 'email'; recipients: string[]; severity: Severity[] }
  | { type: 'slack'; webhook: string; severity: Severity[] }

export interface AlertTerms {
  severity: Severity
  /** Seconds it has to last before anybody hears of it. Absent in older bundles: DEFAULT_FOR_S. */
  for_s?: number
}

/** `alerts.yaml` as Rego and servers read it. What may be absent is so in older bundles: they have the defaults below. */
export interface AlertsConfig {
  response_time: AlertTerms & { threshold_s: number }
  error_rate: AlertTerms & { threshold: number }
  rate_limit: AlertTerms & { threshold_per_minute: number }
  authentication_failures: AlertTerms & { threshold: number }
  disk_space: AlertTerms & { threshold: number }
  policy_rejected?: AlertTerms
  /** Raised when the policy in force ends within so many seconds. */
  policy_expiry?: AlertTerms & { threshold_s: number }
  /** Raised when an approved call has waited for so many seconds. */
  approval_not_executed?: AlertTerms & { threshold_s: number }
  /** Seconds over which calls are counted. */
  window_s?: number
  notifications: AlertNotification[]
}

export const DEFAULT_WINDOW_S = 300
/** Longest window, in seconds: so much is counted second by second. */
export const LONGEST_WINDOW_S = 3_600

/** A mean needs a moment to be believed; the others are facts as soon as they are seen. */
export const DEFAULT_FOR_S: Readonly<Record<AlertName, number>> = {
  response_time: 60,
  error_rate: 60,
  rate_limit: 60,
  authentication_failures: 0,
  disk_space: 60,
  policy_rejected: 0,
  policy_expiry: 0,
  approval_not_executed: 0,
}

export const DEFAULT_POLICY_REJECTED: AlertTerms = { severity: 'warning' }
export const DEFAULT_POLICY_EXPIRY: AlertTerms & { threshold_s: number } = {
  threshold_s: 259_200,
  severity: 'critical',
}
export const DEFAULT_NOT_EXECUTED: AlertTerms & { threshold_s: number } = { threshold_s: 1_800, severity: 'warning' }

/** The same with every default filled in. */
export function alertRules(config: AlertsConfig): Required<AlertsConfig> & Record<AlertName, Required<AlertTerms>> {
  const terms = <Terms extends AlertTerms>(name: AlertName, given: Terms): Terms & { for_s: number } => ({
    ...given,
    for_s: given.for_s ?? DEFAULT_FOR_S[name],
  })
  return {
    response_time: terms('response_time', config.response_time),
    error_rate: terms('error_rate', config.error_rate),
    rate_limit: terms('rate_limit', config.rate_limit),
    authentication_failures: terms('authentication_failures', config.authentication_failures),
    disk_space: terms('disk_space', config.disk_space),
    policy_rejected: terms('policy_rejected', config.policy_rejected ?? DEFAULT_POLICY_REJECTED),
    policy_expiry: terms('policy_expiry', config.policy_expiry ?? DEFAULT_POLICY_EXPIRY),
    approval_not_executed: terms('approval_not_executed', config.approval_not_executed ?? DEFAULT_NOT_EXECUTED),
    window_s: config.window_s ?? DEFAULT_WINDOW_S,
    notifications: config.notifications,
  }
}

export function isAlertName(code: string): code is AlertName {
  return ALERT_NAMES.some((name) => name === code)
}
