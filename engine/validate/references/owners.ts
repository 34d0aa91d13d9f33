import { pointerOf, type Reporter } from '../place.ts'
import type { AlertsFile, Owner, OwnersFile, RbacFile } from '../policy-files.ts'
import type { Recipients } from '../recipients.ts'

/** owners.yaml: somebody stands in it, and nobody twice. */
export function checkOwners({ owners }: OwnersFile, report: Reporter): void {
  if (owners.length === 0) {
    report.at(pointerOf('owners'), {
      code: 'OWNER_MISSING',
      severity: 'warning',
      message: 'nobody answers for this ERP',
      help: 'list whoever is to hear of its alerts, by e-mail, and with a GitHub login whoever reviews its changes',
    })
  }
  for (const key of ['email', 'github'] as const) {
    const seen = new Set<string>()
    for (const [index, owner] of owners.entries()) {
      const value = owner[key]?.toLowerCase()
      if (value === undefined) continue
      if (seen.has(value)) {
        report.at(pointerOf('owners', index, key), {
          code: 'OWNER_REPEATED',
          message: `\`${owner[key]}\` stands twice`,
          help: 'remove one: capital letters make no other owner',
        })
      }
      seen.add(value)
    }
  }
}

/** alerts.yaml: what goes to the owners reaches somebody. */
export function checkOwned({ alerts }: AlertsFile, owners: readonly Owner[], report: Reporter): void {
  checkReached(alerts.notifications, pointerOf('alerts', 'notifications'), owners, report)
}

/** `approvals:` of rbac.yaml: the same. */
export function checkOwnedApprovals({ rbac }: RbacFile, owners: readonly Owner[], report: Reporter): void {
  const { notify = [], escalate, alert } = rbac.approvals ?? {}
  const base = pointerOf('rbac', 'approvals')
  checkReached(notify, `${base}/notify`, owners, report)
  checkReached(escalate?.notify ?? [], `${base}/escalate/notify`, owners, report)
  checkReached(alert?.notify ?? [], `${base}/alert/notify`, owners, report)
}

type Channel = { type: 'email'; recipients: Recipients } | { type: 'slack' }

function checkReached(channels: readonly Channel[], at: string, owners: readonly Owner[], report: Reporter): void {
  for (const [index, channel] of channels.entries()) {
    if (channel.type !== 'email' || channel.recipients !== 'owners' || owners.length > 0) continue
    report.at(`${at}${pointerOf(index, 'recipients')}`, {
      code: 'ALERT_TO_NOBODY',
      message: 'this goes to the owners, and owners.yaml names none',
      help: 'name one there, or write the addresses here',
    })
  }
}
