import { expect } from 'vitest'
import { RUNBOOK } from '../../../engine/contract/alert-runbook.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import type { Receivers } from '../../helpers/receivers.ts'

/** alerts.yaml with short windows; each line is what a test may say otherwise. */
export function alertsYaml(changes: Record<string, string> = {}): string {
  const keys = {
    window: '"4s"',
    response_time: '{ threshold: 60, severity: warning, for: "0s" }',
    error_rate: '{ threshold: 1.0, severity: critical, for: "1h" }',
    rate_limit: '{ threshold: 100000, severity: warning, for: "0s" }',
    authentication_failures: '{ threshold: 1000, severity: critical }',
    disk_space: '{ threshold: 1.0, severity: warning, for: "0s" }',
    ...changes,
  }
  const lines = Object.entries(keys).map(([key, value]) => `  ${key}: ${value}\n`)
  return `alerts:\n${lines.join('')}  notifications:
    - { type: email, recipients: ["financeiro@example.com.br"], severity: [critical] }
    - { type: slack, webhook: "secret:SLACK_WEBHOOK", severity: [warning, critical] }
    - { type: slack, webhook: "https://hooks.slack.com/...", severity: [warning, critical] }
`
}

export interface Alerting extends Line {
  /** Puts other alerts into force. */
  alerts(changes: Record<string, string>): Promise<void>
}

export interface AlertingOptions {
  env?: Record<string, string>
  /** Null: the listener's own. */
  consoleUrl?: string | null
  /** False: limits and approvals as the policy has them. Default true. */
  free?: boolean
}

/** A server of Omie whose alerts reach these receivers. */
export async function startAlerting(
  receivers: Receivers,
  changes: Record<string, string>,
  { env = {}, consoleUrl = 'https://console.example.com.br', free = true }: AlertingOptions = {},
): Promise<Alerting> {
  const line = await openLine({
    erp: 'omie',
    free,
    standIn: { limitFactor: 1_000 },
    files: { 'policies/omie/alerts.yaml': alertsYaml(changes) },
    secrets: { SLACK_WEBHOOK: receivers.webhookUrl },
    env: {
      ALCADA_SMTP_URL: receivers.smtpUrl,
      ...(consoleUrl === null ? {} : { ALCADA_CONSOLE_URL: consoleUrl }),
      ALCADA_TRUSTED_PROXIES: '127.0.0.0/8',
      ...env,
    },
  })
  return {
    ...line,
    async alerts(next) {
      line.alcada.project.write('policies/omie/alerts.yaml', alertsYaml(next))
      await line.alcada.publish()
    },
  }
}

/** Tries as somebody else's forged token, from an address of its own. */
export async function forge({ alcada }: Line, source: string): Promise<void> {
  const [head, claims] = alcada.token('operator').split('.')
  const answer = await fetch(alcada.mcp, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      authorization: `Bearer ${head}.${claims}.${'A'.repeat(86)}`,
      'x-forwarded-for': source,
    },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list' }),
  })
  await answer.text()
}

export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 100))
}

/** That what was told of an alert says what to do first, and leads to its line of the runbook. */
export function leadsToRunbook(post: string | undefined, code: keyof typeof RUNBOOK): void {
  const { pt, en } = RUNBOOK[code]
  for (const words of [
    pt.title,
    pt.first,
    en.title,
    en.first,
    `https://console.example.com.br/console/alerts#${code}`,
  ]) {
    expect(post).toContain(words)
  }
}
