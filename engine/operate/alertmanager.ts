import type { AlertNotification, AlertsConfig } from '../contract/config-alerts.ts'

export interface AlertmanagerOptions {
  /** `host:port` of the server that takes mail. */
  smarthost: string
  from: string
  /** Folder of files that each hold one webhook: `<secrets>/<erp>/<NAME>`. */
  secrets: string
}

/** A configuration of Alertmanager that sends every alert to whom the ERP's alerts.yaml names, and to nobody else. */
export function alertmanagerConfig(
  erps: Readonly<Record<string, AlertsConfig>>,
  { smarthost, from, secrets }: AlertmanagerOptions,
): object {
  const routes: object[] = []
  const receivers: object[] = [{ name: NOBODY }]
  for (const [erp, { notifications }] of Object.entries(erps)) {
    for (const [index, notification] of notifications.entries()) {
      const sends = receiverOf(notification, `${secrets}/${erp}`)
      if (sends === null) continue
      const name = `${erp}-${index + 1}`
      const severities = notification.severity.join('|')
      routes.push({ receiver: name, matchers: [`erp="${erp}"`, `severity=~"${severities}"`], continue: true })
      receivers.push({ name, ...sends })
    }
  }
  return {
    global: { smtp_smarthost: smarthost, smtp_from: from },
    route: { receiver: NOBODY, group_by: ['erp', 'alertname'], routes },
    receivers,
  }
}

const NOBODY = 'nobody'
const SECRET = 'secret:'
const TITLE = '[alcada] {{ .Status | toUpper }}: {{ .CommonAnnotations.summary }}'
const TEXT = '{{ range .Alerts }}{{ .Annotations.description }}\n{{ .Annotations.runbook_url }}\n{{ end }}'

/** Null where nothing is sent: the placeholder of the governance document names nobody. */
function receiverOf(notification: AlertNotification, secrets: string): object | null {
  if (notification.type === 'email') {
    const to = notification.recipients.join(', ')
    return { email_configs: [{ to, send_resolved: true, headers: { Subject: TITLE } }] }
  }
  const { webhook } = notification
  if (!webhook.startsWith(SECRET)) return null
  const api_url_file = `${secrets}/${webhook.slice(SECRET.length)}`
  return { slack_configs: [{ api_url_file, send_resolved: true, title: TITLE, text: TEXT }] }
}
