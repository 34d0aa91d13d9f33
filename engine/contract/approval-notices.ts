import type { ApprovalRequest, ApprovalState } from './approval.ts'
import type { ApprovalChannel, ApprovalRules } from './approval-rules.ts'
import { digestOf } from './canonical.ts'

export type NoticeKind = 'asked' | 'reminder' | 'escalation' | 'not_executed' | 'ended'

/** The states in which a notice is still worth telling. */
export const NOTICE_STATES: Readonly<Record<NoticeKind, readonly ApprovalState[]>> = {
  asked: ['pending'],
  reminder: ['pending'],
  escalation: ['pending'],
  not_executed: ['approved'],
  ended: ['expired', 'void'],
}

export interface NoticeDue {
  /** The same for the same thing to the same channel: it is told once, whoever works it out. */
  id: string
  approval: string
  kind: NoticeKind
  channel: ApprovalChannel
}

/** How long after its end somebody still hears of a request, in milliseconds: not of last week's, once alerts are set up. */
export const ENDED_TOLD_MS = 86_400_000

export function isNoticeKind(value: unknown): value is NoticeKind {
  return typeof value === 'string' && Object.hasOwn(NOTICE_STATES, value)
}

/** Whether this is still so. */
export function isWorthTelling(kind: NoticeKind, { state }: Pick<ApprovalRequest, 'state'>): boolean {
  return NOTICE_STATES[kind].includes(state)
}

/** What should have been told of a request by now; a reminder that was missed is not made up for. */
export function noticesDue(request: ApprovalRequest, rules: ApprovalRules, nowMs: number): NoticeDue[] {
  const { id: approval, state, created_ms, expires_ms, given, ended_ms = 0 } = request
  const { notify, remind_s, escalate, alert = null } = rules
  const to = (kind: NoticeKind, round: number, channels: readonly ApprovalChannel[]): NoticeDue[] =>
    channels.map((channel) => ({ id: digestOf([approval, kind, round, channel]), approval, kind, channel }))
  if (isWorthTelling('ended', request)) {
    return alert !== null && nowMs < ended_ms + ENDED_TOLD_MS ? to('ended', 0, alert.notify) : []
  }
  if (expires_ms <= nowMs) return []
  if (state === 'approved' && alert !== null) {
    const approvedMs = Math.max(created_ms, ...given.map(({ at_ms }) => at_ms))
    return nowMs >= approvedMs + alert.not_executed_s * 1_000 ? to('not_executed', 0, alert.notify) : []
  }
  if (state !== 'pending') return []
  const waited = (nowMs - created_ms) / 1_000
  const rounds = remind_s === null ? 0 : Math.floor(waited / remind_s)
  return [
    ...to('asked', 0, notify),
    ...(rounds > 0 ? to('reminder', rounds, notify) : []),
    ...(escalate !== null && waited >= escalate.after_s ? to('escalation', 0, escalate.notify) : []),
  ]
}
