import type { ApprovalChannel } from '../../engine/contract/approval-rules.ts'
import type { AlertNotification, Severity } from '../../engine/contract/config-alerts.ts'

/** An alert from when it was first seen. Times in epoch milliseconds. */
export interface AlertRow {
  id: string
  code: string
  severity: Severity
  /** What was measured beside what is allowed, when it was raised. */
  figure: string
  since_ms: number
  /** Null while it has not lasted long enough. */
  raised_ms: number | null
  resolved_ms: number | null
}

/** What holds now, as the policy says. */
export interface AlertSeen {
  code: string
  severity: Severity
  figure: string
  /** Seconds it has to last. */
  for_s: number
}

export interface AlertStep {
  at_ms: number
  seen: AlertSeen[]
  /** False while not enough was counted to say that something is over. */
  mayResolve: boolean
  notifications: AlertNotification[]
}

export interface AlertsMoved {
  raised: AlertRow[]
  resolved: AlertRow[]
}

/** Something to be told to one channel. */
export interface AlertNotice {
  id: string
  kind: 'raised' | 'resolved'
  channel: ApprovalChannel
  attempts: number
  alert: AlertRow
}
