import type { ApprovalRequest } from './approval.ts'
import type { ApprovalChannel, ApprovalRules } from './approval-rules.ts'
import { digestOf } from './canonical.ts'

export type NoticeKind = 'asked' | 'reminder' | 'escalation'

export interface NoticeDue {
  /** The same for the same thing to the same channel: it is told once, whoever works it out. */
  id: string
  approval: string
  kind: NoticeKind
  channel: ApprovalChannel
}

/** What should have been told of a pending request by now; a reminder that was missed is not made up for. */
export function noticesDue(request: ApprovalRequest, rules: ApprovalRules, nowMs: number): NoticeDue[] {
  const { id: approval, state, created_ms, expires_ms } = request
  if (state !== 'pending' || expires_ms <= nowMs) return []
  const { notify, remind_s, escalate } = rules
  const waited = (nowMs - created_ms) / 1_000
  const to = (kind: NoticeKind, round: number, channels: readonly ApprovalChannel[]): NoticeDue[] =>
    channels.map((channel) => ({ id: digestOf([approval, kind, round, channel]), approval, kind, channel }))
  const rounds = remind_s === null ? 0 : Math.floor(waited / remind_s)
  return [
    ...to('asked', 0, notify),
    ...(rounds > 0 ? to('reminder', rounds, notify) : []),
    ...(escalate !== null && waited >= escalate.after_s ? to('escalation', 0, escalate.notify) : []),
  ]
}
