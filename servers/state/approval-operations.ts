import { type ApprovalRequest, askedAgain, decided, isLive, refusalOfApprover } from '../../engine/contract/approval.ts'
import type { Caller } from '../../engine/contract/decision-input.ts'
import { findApproval, putApproval, readApproval, recordApproval } from './approval-rows.ts'
import type {
  ApprovalAsking,
  ApprovalCall,
  ApprovalDecided,
  ApprovalDeciding,
  ApprovalFound,
  Substitutes,
} from './approval-words.ts'
import { append, nextEntry } from './ledger-append.ts'
import { all, first, type Here, type Steps } from './sql.ts'

/** The request for this very call, in whatever of these states it is and not run out. */
export function* approvalOf(_here: Here, call: ApprovalCall & { at_ms: number }): Steps<ApprovalFound | null> {
  const { caller, person, company, tool, args_digest, at_ms } = call
  // A call that was rejected is not asked for again while the request would have stood.
  const row = yield* first(
    `SELECT body, binding FROM approval WHERE args_digest = ? AND state IN ('pending', 'approved', 'rejected')
     AND caller = ? AND person = ? AND company = ? AND tool = ? AND expires_ms > ? ORDER BY created_ms DESC LIMIT 1`,
    ...[args_digest, caller, person, company, tool, at_ms],
  )
  return row === null ? null : { request: readApproval(row), binding: String(row['binding']) }
}

/** Makes a request, or finds the one that stands for exactly this; both are the call's entry. */
export function* askApproval(here: Here, asking: ApprovalAsking): Steps<{ request: ApprovalRequest; entry: string }> {
  const { at_ms, request: fresh, args_digest, binding, sealed, substitutes, event } = asking
  const { caller, company, tool } = fresh
  const call = { caller: caller.id, person: caller.person, company, tool, args_digest, at_ms }
  const before = yield* approvalOf(here, call)
  const same = before !== null && before.binding === binding
  if (before !== null && !same && isLive(before.request.state)) {
    yield* endApproval(here, { id: before.request.id, at_ms, reason: CHANGED })
  }
  const request = same ? again(before.request, fresh, substitutes) : fresh
  if (same) yield* putApproval(request)
  else yield* insert(request, args_digest, binding, sealed)
  const entry = yield* nextEntry(here)
  yield* append(here, at_ms, { ...event, entry, approval: { id: request.id } })
  return { request, entry }
}

const CHANGED = 'what was to be approved has changed'

function again(before: ApprovalRequest, { count, roles }: ApprovalRequest, substitutes: Substitutes): ApprovalRequest {
  return isLive(before.state) ? askedAgain(before, { count, roles }, substitutes) : before
}

function* insert(request: ApprovalRequest, args_digest: string, binding: string, sealed: string): Steps<void> {
  const { id, caller, company, tool, state, created_ms, expires_ms } = request
  yield* all(
    `INSERT INTO approval (id, caller, person, company, tool, args_digest, binding, state, created_ms, expires_ms, body, sealed)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[id, caller.id, caller.person, company, tool, args_digest, binding, state, created_ms, expires_ms],
    ...[JSON.stringify(request), sealed],
  )
}

export function* getApproval(_here: Here, { id }: { id: string }): Steps<ApprovalRequest | null> {
  return yield* findApproval(id)
}

/** What is live, and what was made since; newest first. */
export function* listApprovals(
  _here: Here,
  { since_ms, limit }: { since_ms: number; limit: number },
): Steps<ApprovalRequest[]> {
  const rows = yield* all(
    `SELECT body FROM approval WHERE state IN ('pending', 'approved') OR created_ms >= ?
     ORDER BY created_ms DESC, id LIMIT ?`,
    ...[since_ms, limit],
  )
  return rows.map(readApproval)
}

/** The sealed arguments of a request, once it stands in the ledger who looked; null where none are kept. */
export function* viewApproval(
  here: Here,
  { id, at_ms, who }: { id: string; at_ms: number; who: Caller | null },
): Steps<{ sealed: string } | null> {
  const row = yield* first('SELECT body, sealed FROM approval WHERE id = ?', id)
  if (row === null || typeof row['sealed'] !== 'string') return null
  yield* recordApproval(here, at_ms, 'approval_viewed', readApproval(row), who)
  return { sealed: row['sealed'] }
}

export function* decideApproval(here: Here, deciding: ApprovalDeciding): Steps<ApprovalDecided> {
  const { id, at_ms, approver, who, verdict } = deciding
  const before = yield* findApproval(id)
  if (before === null) return { kind: 'refused', code: 'approval_unknown' }
  const code = refusalOfApprover(before, approver, at_ms)
  if (code !== null) return { kind: 'refused', code }
  const request = decided(before, approver, verdict)
  yield* putApproval(request)
  const what = verdict.kind === 'approve' ? 'approval_given' : 'approval_rejected'
  const reason = verdict.kind === 'reject' ? verdict.reason : undefined
  return { kind: 'decided', request, entry: yield* recordApproval(here, at_ms, what, request, who, reason) }
}

/** Ends a live request: nobody can use it any more. */
export function* endApproval(
  here: Here,
  { id, at_ms, reason }: { id: string; at_ms: number; reason: string },
): Steps<null> {
  const request = yield* findApproval(id)
  if (request === null || !isLive(request.state)) return null
  yield* putApproval({ ...request, state: 'void', reason, ended_ms: at_ms })
  yield* recordApproval(here, at_ms, 'approval_void', request, null, reason)
  return null
}

/** Ends what has run out; says which. */
export function* expireApprovals(here: Here, { at_ms }: { at_ms: number }): Steps<string[]> {
  const rows = yield* all(
    `SELECT body FROM approval WHERE state IN ('pending', 'approved') AND expires_ms <= ? LIMIT 200`,
    at_ms,
  )
  for (const request of rows.map(readApproval)) {
    yield* putApproval({ ...request, state: 'expired', ended_ms: at_ms })
    yield* recordApproval(here, at_ms, 'approval_expired', request, null)
  }
  return rows.map((row) => readApproval(row).id)
}

/** What has expired or become void, of which nobody was to be told yet. */
export function* untoldApprovals(_here: Here, { since_ms }: { since_ms: number }): Steps<ApprovalRequest[]> {
  const rows = yield* all(
    `SELECT body FROM approval WHERE state IN ('expired', 'void') AND expires_ms > ? AND NOT EXISTS
     (SELECT 1 FROM approval_notice WHERE approval_notice.approval = approval.id AND approval_notice.kind = 'ended')
     LIMIT 200`,
    since_ms,
  )
  return rows.map(readApproval).filter(({ ended_ms = 0 }) => ended_ms > since_ms)
}

/** Uses a request for a call whose entry is written in the same transaction; false where that can not be any more. */
export function* useApproval(id: string, entry: string, at_ms: number): Steps<boolean> {
  const request = yield* findApproval(id)
  if (request === null || !isLive(request.state) || request.expires_ms <= at_ms) return false
  yield* putApproval({ ...request, state: 'used', entry })
  return true
}
