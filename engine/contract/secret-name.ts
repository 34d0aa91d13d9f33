import type { Config } from './config.ts'

/** `secret:SLACK_WEBHOOK`: a value of the ERP's credential store, by its name in capitals. */
export const SECRET_NAME: RegExp = /^secret:([A-Z][A-Z0-9_]{0,62})$/

/** The secrets that a policy speaks of, each once and sorted. */
export function secretsNamed({ rbac, alerts }: Pick<Config, 'rbac' | 'alerts'>): string[] {
  const { notify = [], escalate, alert } = rbac.approvals ?? {}
  const channels = [...notify, ...(escalate?.notify ?? []), ...(alert?.notify ?? []), ...alerts.notifications]
  const names = channels.flatMap((channel) =>
    channel.type === 'slack' ? (SECRET_NAME.exec(channel.webhook)?.slice(1) ?? []) : [],
  )
  return [...new Set(names)].sort()
}
