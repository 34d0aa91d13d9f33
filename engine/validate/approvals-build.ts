import { type ApprovalChannel, type ApprovalRules, DEFAULT_APPROVAL_RULES } from '../contract/approval-rules.ts'
import { secondsOf } from './duration.ts'
import { addressesOf, type Written } from './recipients.ts'

type ChannelEntry = Written<ApprovalChannel>

/** `approvals:` of rbac.yaml as people write it. */
export interface ApprovalsEntry {
  after_approval?: ApprovalRules['after_approval']
  expires_after?: string
  show_amount?: boolean
  notify?: ChannelEntry[]
  remind_every?: string
  escalate?: { after: string; notify: ChannelEntry[] }
  alert?: { not_executed_after: string; notify: ChannelEntry[] }
}

/** With units resolved, owners in place of their name and defaults filled in. */
export function buildApprovals(entry: ApprovalsEntry, owners: readonly { email: string }[]): ApprovalRules {
  const { expires_after, remind_every, escalate, alert } = entry
  const standard = DEFAULT_APPROVAL_RULES
  const addressed = (channels: readonly ChannelEntry[]): ApprovalChannel[] =>
    channels.map((one) => (one.type === 'slack' ? one : { ...one, recipients: addressesOf(one.recipients, owners) }))
  return {
    after_approval: entry.after_approval ?? standard.after_approval,
    expires_s: seconds(expires_after) ?? standard.expires_s,
    show_amount: entry.show_amount ?? standard.show_amount,
    notify: entry.notify === undefined ? standard.notify : addressed(entry.notify),
    remind_s: seconds(remind_every),
    escalate:
      escalate === undefined ? null : { after_s: seconds(escalate.after) ?? 0, notify: addressed(escalate.notify) },
    ...(alert === undefined
      ? {}
      : { alert: { not_executed_s: seconds(alert.not_executed_after) ?? 0, notify: addressed(alert.notify) } }),
  }
}

function seconds(text: string | undefined): number | null {
  return text === undefined ? null : secondsOf(text)
}
