import type { ApprovalRequest } from '../../engine/contract/approval.ts'
import { noticesDue } from '../../engine/contract/approval-notices.ts'
import { DEFAULT_APPROVAL_RULES } from '../../engine/contract/approval-rules.ts'
import { noticeText } from '../ops/approval-notice.ts'
import type { NoticeSender } from '../ops/notice-sender.ts'
import type { Approvals } from '../state/approvals.ts'
import type { InForce } from './in-force.ts'
import type { Log } from './log.ts'

export interface ApprovalTellingOptions {
  approvals: Approvals
  policy: InForce
  send: NoticeSender
  /** Where browsers reach the console. */
  origin(): string
  zone: string
  log: Log
  now(): number
}

/** How long a replica that took a notice has to bring it, in milliseconds; afterwards another takes it. */
const LEASE_MS = 60_000
const FIRST_MS = 2_000
const LONGEST_MS = 900_000

/** Tells approvers what is due; what did not arrive is told again, as long as the request stands. */
export async function tellApprovers(
  options: ApprovalTellingOptions,
  standing: readonly ApprovalRequest[],
): Promise<void> {
  const { approvals, policy, send, origin, zone, log, now } = options
  const active = policy.current()
  if (active === null) return
  const rules = active.config.rbac.approvals ?? DEFAULT_APPROVAL_RULES
  const due = standing.flatMap((request) => noticesDue(request, rules, now()))
  if (due.length > 0) {
    const planned = new Set(await approvals.planned([...new Set(due.map(({ approval }) => approval))]))
    const fresh = due.filter(({ id }) => !planned.has(id))
    if (fresh.length > 0) await approvals.plan(fresh)
  }
  for (const { id, approval, kind, channel, attempts } of await approvals.claim(LEASE_MS)) {
    const request = await approvals.get(approval)
    if (request === null || request.state !== 'pending') {
      await approvals.told(id, null)
      continue
    }
    const erp = active.catalogue.erp.title
    const text = noticeText({ kind, request, erp, console: origin(), showAmount: rules.show_amount, zone })
    try {
      await send(channel, text)
      await approvals.told(id, { at: now() })
      log.info('approval.told', { approval, kind, channel: channel.type })
    } catch (error) {
      const message = error instanceof Error ? error.message : 'not told'
      log.warn('approval.not_told', { approval, kind, channel: channel.type, attempts: attempts + 1, message })
      await approvals.told(id, { next: now() + Math.min(LONGEST_MS, FIRST_MS * 2 ** attempts) })
    }
  }
}
