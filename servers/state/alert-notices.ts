import { alertRow } from './alert-step.ts'
import type { AlertNotice, AlertRow } from './alert-words.ts'
import { all, first, type Here, type Steps } from './sql.ts'

/** Raised ones and those that were, newest first. */
export function* listAlerts(_here: Here, { limit }: { limit: number }): Steps<AlertRow[]> {
  const rows = yield* all('SELECT * FROM alert WHERE raised_ms IS NOT NULL ORDER BY raised_ms DESC LIMIT ?', limit)
  return rows.map(alertRow)
}

export function* dueAlertNotices(_here: Here, { at_ms }: { at_ms: number }): Steps<boolean> {
  return (yield* first('SELECT 1 AS one FROM alert_notice WHERE next_ms <= ? LIMIT 1', at_ms)) !== null
}

/**
 * Takes what is due for some time: another replica leaves it alone, and takes it when this one dies over it. That
 * something is over is told once that it began has been.
 */
export function* claimAlertNotices(
  _here: Here,
  { at_ms, lease_ms, limit }: { at_ms: number; lease_ms: number; limit: number },
): Steps<AlertNotice[]> {
  const rows = yield* all(
    `SELECT n.id AS notice, n.kind, n.channel, n.attempts, a.* FROM alert_notice n JOIN alert a ON a.id = n.alert
     WHERE n.next_ms <= ? AND NOT (n.kind = 'resolved' AND EXISTS (
       SELECT 1 FROM alert_notice b
       WHERE b.alert = n.alert AND b.channel = n.channel AND b.kind = 'raised' AND b.next_ms IS NOT NULL))
     ORDER BY n.next_ms, n.id LIMIT ?`,
    ...[at_ms, limit],
  )
  for (const { notice } of rows) {
    yield* all('UPDATE alert_notice SET next_ms = ? WHERE id = ?', at_ms + lease_ms, String(notice))
  }
  return rows.map((row) => ({
    id: String(row['notice']),
    kind: row['kind'] === 'resolved' ? 'resolved' : 'raised',
    channel: JSON.parse(String(row['channel'])),
    attempts: Number(row['attempts']),
    alert: alertRow(row),
  }))
}

/** Told, or to be tried again at `next_ms`; neither: given up. */
export function* endAlertNotice(
  _here: Here,
  { id, sent_ms, next_ms }: { id: string; sent_ms: number | null; next_ms: number | null },
): Steps<null> {
  yield* all(
    'UPDATE alert_notice SET sent_ms = ?, next_ms = ?, attempts = attempts + 1 WHERE id = ?',
    ...[sent_ms, next_ms, id],
  )
  return null
}
