import { LONGEST_WINDOW_S } from '../../contract/config-alerts.ts'
import { secondsOf } from '../duration.ts'
import { pointerOf, type Reporter } from '../place.ts'
import type { AlertsFile } from '../policy-files.ts'
import { checkWebhook } from './secrets.ts'

/** alerts.yaml: a window that a server can count over, and no webhook written out. */
export function checkAlerts({ alerts }: AlertsFile, report: Reporter): void {
  const { window, notifications } = alerts
  if (window !== undefined && (secondsOf(window) ?? 0) > LONGEST_WINDOW_S) {
    const message = `expected a window of at most \`1h\`, got \`${window}\``
    const help = 'shorten it; how long something has to last is said by `for`'
    report.at(pointerOf('alerts', 'window'), { code: 'ALERT_WINDOW', message, help })
  }
  for (const [index, notification] of notifications.entries()) {
    if (notification.type !== 'slack') continue
    checkWebhook(notification.webhook, pointerOf('alerts', 'notifications', index, 'webhook'), report)
  }
}
