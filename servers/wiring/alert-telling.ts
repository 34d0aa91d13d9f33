import { alertNotice } from '../ops/alert-notice.ts'
import type { Metrics } from '../ops/metrics.ts'
import type { NoticeSender } from '../ops/notice-sender.ts'
import type { Alerts } from '../state/alerts.ts'
import type { Log } from './log.ts'

export interface AlertTellingOptions {
  alerts: Pick<Alerts, 'claim' | 'told'>
  send: NoticeSender
  /** What the ERP is called. */
  title(): string
  /** Where browsers reach the console. */
  origin(): string
  zone: string
  metrics: Pick<Metrics, 'alertTold'>
  log: Log
  now(): number
}

/** How long a replica that took a notice has to bring it, in milliseconds; afterwards another takes it. */
const LEASE_MS = 60_000
const FIRST_MS = 2_000
const LONGEST_MS = 900_000
/** Whoever could not be reached for a day has other troubles. */
const GIVE_UP_MS = 86_400_000

/** Tells what is due; what did not arrive is told again, for a day. */
export async function tellAlerts(options: AlertTellingOptions): Promise<void> {
  const { alerts, send, title, origin, zone, metrics, log, now } = options
  for (const { id, kind, channel, attempts, alert } of await alerts.claim(LEASE_MS)) {
    const about = { alert: alert.code, kind, channel: channel.type }
    try {
      await send(channel, alertNotice({ kind, alert, erp: title(), console: origin(), zone }))
      await alerts.told(id, { at: now() })
      metrics.alertTold(channel.type, 'told')
      log.info('alert.told', about)
    } catch (error) {
      const message = error instanceof Error ? error.message : 'not told'
      const over = now() - (alert.resolved_ms ?? alert.raised_ms ?? alert.since_ms) > GIVE_UP_MS
      metrics.alertTold(channel.type, over ? 'given_up' : 'failed')
      log.warn('alert.not_told', { ...about, attempts: attempts + 1, message })
      await alerts.told(id, over ? null : { next: now() + Math.min(LONGEST_MS, FIRST_MS * 2 ** attempts) })
    }
  }
}
