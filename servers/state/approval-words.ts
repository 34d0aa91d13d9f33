import type {
  ApprovalGiven,
  ApprovalRefusal,
  ApprovalRequest,
  ApprovalVerdict,
} from '../../engine/contract/approval.ts'
import type { NoticeKind } from '../../engine/contract/approval-notices.ts'
import type { ApprovalChannel } from '../../engine/contract/approval-rules.ts'
import type { Config } from '../../engine/contract/config.ts'
import type { Caller } from '../../engine/contract/decision-input.ts'
import type { RecordedEvent } from '../../engine/contract/ledger.ts'

export type Substitutes = NonNullable<Config['rbac']['substitutes']>

/** Finds the requests of one call. */
export interface ApprovalCall {
  caller: string
  person: string
  company: string
  tool: string
  args_digest: string
}

export interface ApprovalAsking {
  at_ms: number
  /** As it is when no request for exactly this stands yet. */
  request: ApprovalRequest
  args_digest: string
  binding: string
  sealed: string
  substitutes: Substitutes
  event: Omit<RecordedEvent, 'entry'>
}

export interface ApprovalFound {
  request: ApprovalRequest
  binding: string
}

export type ApprovalDecided =
  | { kind: 'decided'; request: ApprovalRequest; entry: string }
  | { kind: 'refused'; code: ApprovalRefusal }

export interface ApprovalDeciding {
  id: string
  at_ms: number
  approver: ApprovalGiven
  who: Caller
  verdict: ApprovalVerdict
}

/** Something to be told to one channel. */
export interface Notice {
  /** The same for the same thing: it is told once. */
  id: string
  approval: string
  kind: NoticeKind
  channel: ApprovalChannel
  attempts: number
}
