import type { ApprovalRequest } from '../../engine/contract/approval.ts'
import type { Caller } from '../../engine/contract/decision-input.ts'
import {
  claimNotices,
  dueNotices,
  endNotice,
  planNotices,
  plannedNotices,
  usedOnce,
  useOnce,
} from './approval-notices.ts'
import {
  approvalOf,
  askApproval,
  decideApproval,
  endApproval,
  expireApprovals,
  getApproval,
  listApprovals,
  untoldApprovals,
  viewApproval,
} from './approval-operations.ts'
import type {
  ApprovalAsking,
  ApprovalCall,
  ApprovalDecided,
  ApprovalDeciding,
  ApprovalFound,
  Notice,
} from './approval-words.ts'
import type { Here, Steps } from './sql.ts'

export interface ApprovalOperations {
  approvalOf(call: ApprovalCall & { at_ms: number }): ApprovalFound | null
  askApproval(asking: ApprovalAsking): { request: ApprovalRequest; entry: string }
  getApproval(of: { id: string }): ApprovalRequest | null
  listApprovals(since: { since_ms: number; limit: number }): ApprovalRequest[]
  untoldApprovals(since: { since_ms: number }): ApprovalRequest[]
  viewApproval(viewing: { id: string; at_ms: number; who: Caller | null }): { sealed: string } | null
  decideApproval(deciding: ApprovalDeciding): ApprovalDecided
  endApproval(end: { id: string; at_ms: number; reason: string }): null
  expireApprovals(now: { at_ms: number }): string[]
  planNotices(plan: { at_ms: number; notices: Omit<Notice, 'attempts'>[] }): null
  plannedNotices(of: { approvals: string[] }): string[]
  dueNotices(now: { at_ms: number }): boolean
  claimNotices(claim: { at_ms: number; lease_ms: number; limit: number }): Notice[]
  endNotice(end: { id: string; sent_ms: number | null; next_ms: number | null }): null
  useOnce(once: { digest: string; until_ms: number; at_ms: number }): boolean
  usedOnce(of: { digest: string }): boolean
}

type Table = {
  [Name in keyof ApprovalOperations]: (
    here: Here,
    input: Parameters<ApprovalOperations[Name]>[0],
  ) => Steps<ReturnType<ApprovalOperations[Name]>>
}

export const approvalOperations: Table = {
  approvalOf,
  askApproval,
  getApproval,
  listApprovals,
  untoldApprovals,
  viewApproval,
  decideApproval,
  endApproval,
  expireApprovals,
  planNotices,
  plannedNotices,
  dueNotices,
  claimNotices,
  endNotice,
  useOnce,
  usedOnce,
}

export const APPROVAL_READS: readonly (keyof ApprovalOperations)[] = [
  'approvalOf',
  'getApproval',
  'listApprovals',
  'untoldApprovals',
  'plannedNotices',
  'dueNotices',
  'usedOnce',
]
