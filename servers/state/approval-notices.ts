import { isNoticeKind } from '../../engine/contract/approval-notices.ts'
import type { Notice } from './approval-words.ts'
import { all, first, type Here, type Steps } from './sql.ts'

/** Adds what is to be told. What was added before stays as it is, sent or not. */
export function* planNotices(
  _here: Here,
  { at_ms, notices }: { at_ms: number; notices: readonly Omit<Notice, 'attempts'>[] },
): Steps<null> {
  for (const { id, approval, kind, channel } of notices) {
    yield* all(
      `INSERT INTO approval_notice (id, approval, kind, channel, attempts, next_ms) VALUES (?, ?, ?, ?, 0, ?)
       ON CONFLICT (id) DO NOTHING`,
      ...[id, approval, kind, JSON.stringify(channel), at_ms],
    )
  }
  return null
}

/** Notices that are planned already. */
export function* plannedNotices(_here: Here, { approvals }: { approvals: readonly string[] }): Steps<string[]> {
  let ids: string[] = []
  for (const approval of approvals) {
    const rows = yield* all('SELECT id FROM approval_notice WHERE approval = ?', approval)
    ids = [...ids, ...rows.map(({ id }) => String(id))]
  }
  return ids
}

/** Whether anything is due: claiming is a write, and most looks find nothing. */
export function* dueNotices(_here: Here, { at_ms }: { at_ms: number }): Steps<boolean> {
  return (yield* first('SELECT 1 AS one FROM approval_notice WHERE next_ms <= ? LIMIT 1', at_ms)) !== null
}

/** Takes what is due for some time: another replica leaves it alone, and takes it when this one dies over it. */
export function* claimNotices(
  _here: Here,
  { at_ms, lease_ms, limit }: { at_ms: number; lease_ms: number; limit: number },
): Steps<Notice[]> {
  const rows = yield* all('SELECT * FROM approval_notice WHERE next_ms <= ? ORDER BY next_ms LIMIT ?', at_ms, limit)
  for (const { id } of rows) {
    yield* all('UPDATE approval_notice SET next_ms = ? WHERE id = ?', at_ms + lease_ms, String(id))
  }
  return rows.map(({ id, approval, kind, channel, attempts }) => ({
    id: String(id),
    approval: String(approval),
    kind: isNoticeKind(kind) ? kind : 'asked',
    channel: JSON.parse(String(channel)),
    attempts: Number(attempts),
  }))
}

/** Told, or to be tried again at `next_ms`; neither: nobody needs to hear it any more. */
export function* endNotice(
  _here: Here,
  { id, sent_ms, next_ms }: { id: string; sent_ms: number | null; next_ms: number | null },
): Steps<null> {
  yield* all(
    'UPDATE approval_notice SET sent_ms = ?, next_ms = ?, attempts = attempts + 1 WHERE id = ?',
    ...[sent_ms, next_ms, id],
  )
  return null
}

/** Takes something that may be used once; false where it was taken before. */
export function* useOnce(
  _here: Here,
  { digest, until_ms, at_ms }: { digest: string; until_ms: number; at_ms: number },
): Steps<boolean> {
  const before = yield* first('SELECT 1 AS one FROM used_once WHERE digest = ?', digest)
  if (before !== null) return false
  yield* all('DELETE FROM used_once WHERE until_ms < ?', at_ms)
  yield* all('INSERT INTO used_once (digest, until_ms) VALUES (?, ?)', digest, until_ms)
  return true
}

/** Whether something that may be used once was taken. */
export function* usedOnce(_here: Here, { digest }: { digest: string }): Steps<boolean> {
  return (yield* first('SELECT 1 AS one FROM used_once WHERE digest = ?', digest)) !== null
}
