import { pointerOf, type Reporter } from '../place.ts'
import type { AlertsFile, Owner, OwnersFile } from '../policy-files.ts'

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
  for (const [index, notification] of alerts.notifications.entries()) {
    if (notification.type !== 'email' || notification.recipients !== 'owners' || owners.length > 0) continue
    report.at(pointerOf('alerts', 'notifications', index, 'recipients'), {
      code: 'ALERT_TO_NOBODY',
      message: 'this alert goes to the owners, and owners.yaml names none',
      help: 'name one there, or write the addresses here',
    })
  }
}
