import {
  type AlertNotification,
  type AlertsConfig,
  type AlertTerms,
  alertRules,
  DEFAULT_NOT_EXECUTED,
  DEFAULT_POLICY_EXPIRY,
  DEFAULT_POLICY_REJECTED,
} from '../contract/config-alerts.ts'
import { secondsOf } from './duration.ts'
import type { AlertEntry, AlertsFile, NotificationEntry, Owner } from './policy-files.ts'
import { addressesOf } from './recipients.ts'

/** alerts.yaml with units resolved and defaults filled in. */
export function alertsOf(alerts: AlertsFile['alerts'], owners: readonly Owner[]): AlertsConfig {
  const { response_time, error_rate, rate_limit, authentication_failures, disk_space } = alerts
  const { policy_rejected = DEFAULT_POLICY_REJECTED, policy_expiry, approval_not_executed, window } = alerts
  return alertRules({
    response_time: { threshold_s: response_time.threshold, ...termsOf(response_time) },
    error_rate: { threshold: error_rate.threshold, ...termsOf(error_rate) },
    rate_limit: { threshold_per_minute: rate_limit.threshold, ...termsOf(rate_limit) },
    authentication_failures: { threshold: authentication_failures.threshold, ...termsOf(authentication_failures) },
    disk_space: { threshold: disk_space.threshold, ...termsOf(disk_space) },
    policy_rejected: termsOf(policy_rejected),
    policy_expiry: timed(policy_expiry, DEFAULT_POLICY_EXPIRY),
    approval_not_executed: timed(approval_not_executed, DEFAULT_NOT_EXECUTED),
    ...(window === undefined ? {} : { window_s: certain(window) }),
    notifications: alerts.notifications.map((entry) => addressed(entry, owners)),
  })
}

function addressed(entry: NotificationEntry, owners: readonly Owner[]): AlertNotification {
  if (entry.type === 'slack') return entry
  return { ...entry, recipients: addressesOf(entry.recipients, owners) }
}

type Timed = AlertTerms & { threshold_s: number }

function timed(entry: (AlertEntry & { threshold: string }) | undefined, standard: Timed): Timed {
  return entry === undefined ? standard : { threshold_s: certain(entry.threshold), ...termsOf(entry) }
}

function termsOf({ severity, for: lasting }: AlertEntry): AlertTerms {
  // At once is no duration elsewhere.
  return { severity, ...(lasting === undefined ? {} : { for_s: secondsOf(lasting) ?? 0 }) }
}

/** The shape was checked before: what is missing here is our mistake, not the user's. */
function certain(text: string): number {
  const seconds = secondsOf(text)
  if (seconds === null) throw new Error(`\`${text}\` passed its check and cannot be read`)
  return seconds
}
