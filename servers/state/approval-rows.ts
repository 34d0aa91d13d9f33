import type { ApprovalRequest } from '../../engine/contract/approval.ts'
import type { Caller } from '../../engine/contract/decision-input.ts'
import type { ApprovalWhat } from '../../engine/contract/ledger.ts'
import { append, nextEntry } from './ledger-append.ts'
import { all, first, type Here, type SqlRow, type Steps } from './sql.ts'

/** Writes a request as it stands now; what has ended keeps its arguments no longer. */
export function* putApproval(request: ApprovalRequest): Steps<void> {
  const { id, state, expires_ms } = request
  const open = state === 'pending' || state === 'approved'
  yield* all(
    `UPDATE approval SET state = ?, expires_ms = ?, body = ?${open ? '' : ', sealed = NULL'} WHERE id = ?`,
    ...[state, expires_ms, JSON.stringify(request), id],
  )
}

export function* findApproval(id: string): Steps<ApprovalRequest | null> {
  const row = yield* first('SELECT body FROM approval WHERE id = ?', id)
  return row === null ? null : readApproval(row)
}

/** Written by this room alone. */
export function readApproval({ body }: SqlRow): ApprovalRequest {
  return JSON.parse(String(body))
}

/** What happened to a request, as an entry of the ledger. */
export function* recordApproval(
  here: Here,
  at_ms: number,
  what: ApprovalWhat,
  { id, tool, revision }: ApprovalRequest,
  who: Caller | null,
  reason?: string,
): Steps<string> {
  const entry = yield* nextEntry(here)
  yield* append(here, at_ms, {
    kind: 'recorded',
    entry,
    request: null,
    what,
    code: what,
    caller: who,
    tool,
    revision,
    bundle: null,
    input: null,
    decision: null,
    count: 1,
    source: null,
    approval: { id, ...(reason === undefined ? {} : { reason }) },
  })
  return entry
}
