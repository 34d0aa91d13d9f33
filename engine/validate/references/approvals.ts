import { type ApprovalsEntry, buildApprovals } from '../approvals-build.ts'
import { pointerOf, type Reporter } from '../place.ts'
import { checkWebhook } from './secrets.ts'

/** `approvals:` of rbac.yaml: nothing is to happen after the request has ended, and no webhook stands written out. */
export function checkApprovals(entry: ApprovalsEntry, report: Reporter): void {
  const base = pointerOf('rbac', 'approvals')
  const { expires_s, remind_s, escalate, notify, alert } = buildApprovals(entry, [])
  if (remind_s !== null && remind_s >= expires_s) never(report, `${base}/remind_every`)
  if (escalate !== null && escalate.after_s >= expires_s) never(report, `${base}/escalate/after`)
  if (alert && alert.not_executed_s >= expires_s) never(report, `${base}/alert/not_executed_after`)
  for (const [at, channels] of [
    [`${base}/notify`, notify],
    [`${base}/escalate/notify`, escalate?.notify ?? []],
    [`${base}/alert/notify`, alert?.notify ?? []],
  ] as const) {
    for (const [index, channel] of channels.entries()) {
      if (channel.type === 'slack') checkWebhook(channel.webhook, `${at}${pointerOf(index, 'webhook')}`, report)
    }
  }
}

function never(report: Reporter, at: string): void {
  report.at(at, {
    code: 'APPROVAL_TIMES',
    message: 'this would happen after the request has ended, that is never',
    help: 'make it shorter than `expires_after` (default `24h`)',
  })
}
