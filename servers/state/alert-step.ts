import type { ApprovalChannel } from '../../engine/contract/approval-rules.ts'
import type { AlertNotification } from '../../engine/contract/config-alerts.ts'
import { leads } from './alert-lead.ts'
import type { AlertRow, AlertSeen, AlertStep, AlertsMoved } from './alert-words.ts'
import { all, type Here, type SqlRow, type Steps } from './sql.ts'

/** How long resolved alerts are shown and kept, in milliseconds. */
const KEPT_MS = 90 * 86_400_000

/** Brings the alerts to what holds now, and plans what is told of it: all in one, so that nothing is told twice. */
export function* stepAlerts(here: Here, { at_ms, seen, mayResolve, notifications }: AlertStep): Steps<AlertsMoved> {
  const moved: AlertsMoved = { raised: [], resolved: [] }
  if (!(yield* leads(here))) return moved
  const live = (yield* all('SELECT * FROM alert WHERE resolved_ms IS NULL')).map(alertRow)
  for (const one of seen) {
    const known = live.find(({ code }) => code === one.code) ?? (yield* begin(one, at_ms))
    if (known.raised_ms !== null || at_ms - known.since_ms < one.for_s * 1_000) continue
    const raised: AlertRow = { ...known, severity: one.severity, figure: one.figure, raised_ms: at_ms }
    const { id, severity, figure } = raised
    yield* all('UPDATE alert SET severity = ?, figure = ?, raised_ms = ? WHERE id = ?', severity, figure, at_ms, id)
    yield* plan(id, 'raised', channelsFor(raised, notifications), at_ms)
    moved.raised.push(raised)
  }
  for (const gone of live.filter(({ code }) => !seen.some((one) => one.code === code))) {
    // What nobody heard of ends without a word.
    if (gone.raised_ms === null) yield* all('DELETE FROM alert WHERE id = ?', gone.id)
    else if (mayResolve) moved.resolved.push(yield* resolve(gone, at_ms))
  }
  if (moved.resolved.length > 0) yield* forget(at_ms - KEPT_MS)
  return moved
}

function* begin({ code, severity, figure }: AlertSeen, at_ms: number): Steps<AlertRow> {
  const id = `${code}-${at_ms}`
  yield* all(
    'INSERT INTO alert (id, code, severity, figure, since_ms) VALUES (?, ?, ?, ?, ?)',
    ...[id, code, severity, figure, at_ms],
  )
  return { id, code, severity, figure, since_ms: at_ms, raised_ms: null, resolved_ms: null }
}

/** Told to whoever was told that it was raised, whatever the policy says by now. */
function* resolve(gone: AlertRow, at_ms: number): Steps<AlertRow> {
  yield* all('UPDATE alert SET resolved_ms = ? WHERE id = ?', at_ms, gone.id)
  const told = yield* all("SELECT channel FROM alert_notice WHERE alert = ? AND kind = 'raised'", gone.id)
  const channels = told.map(({ channel }): ApprovalChannel => JSON.parse(String(channel)))
  yield* plan(gone.id, 'resolved', channels, at_ms)
  return { ...gone, resolved_ms: at_ms }
}

function* plan(alert: string, kind: string, channels: readonly ApprovalChannel[], at_ms: number): Steps<void> {
  for (const channel of channels) {
    const text = JSON.stringify(channel)
    yield* all(
      `INSERT INTO alert_notice (id, alert, kind, channel, attempts, next_ms) VALUES (?, ?, ?, ?, 0, ?)
       ON CONFLICT (id) DO NOTHING`,
      ...[`${alert} ${kind} ${text}`, alert, kind, text, at_ms],
    )
  }
}

function channelsFor({ severity }: AlertRow, notifications: readonly AlertNotification[]): ApprovalChannel[] {
  return notifications
    .filter((one) => one.severity.includes(severity))
    .map((one) =>
      one.type === 'email' ? { type: 'email', recipients: one.recipients } : { type: 'slack', webhook: one.webhook },
    )
}

function* forget(before_ms: number): Steps<void> {
  yield* all('DELETE FROM alert_notice WHERE alert IN (SELECT id FROM alert WHERE resolved_ms < ?)', before_ms)
  yield* all('DELETE FROM alert WHERE resolved_ms < ?', before_ms)
}

export function alertRow(row: SqlRow): AlertRow {
  const when = (value: unknown): number | null => (value === null ? null : Number(value))
  return {
    id: String(row['id']),
    code: String(row['code']),
    severity: row['severity'] === 'critical' ? 'critical' : 'warning',
    figure: String(row['figure']),
    since_ms: Number(row['since_ms']),
    raised_ms: when(row['raised_ms']),
    resolved_ms: when(row['resolved_ms']),
  }
}
