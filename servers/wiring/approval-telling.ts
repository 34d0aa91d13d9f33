import type { ApprovalRequest } from '../../engine/contract/approval.ts'
import { ENDED_TOLD_MS, isWorthTelling, noticesDue } from '../../engine/contract/approval-notices.ts'
import { DEFAULT_APPROVAL_RULES } from '../../engine/contract/approval-rules.ts'
import { noticeText } from '../ops/approval-notice.ts'
import type { NoticeSender } from '../ops/notice-sender.ts'
import type { Notice } from '../state/approval-words.ts'
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

/**
 * How long a replica that took a notice has to bring it, in milliseconds; afterwards another takes it. One notice is
 * taken at a time, and brought or given up within half of this: no two replicas bring the same one.
 */
const LEASE_MS = 60_000
/** Notices brought in one turn. */
const MOST = 20
const FIRST_MS = 2_000
const LONGEST_MS = 900_000

/** Tells approvers what is due; what did not arrive is told again, as long as it is so. */
export async function tellApprovers(
  options: ApprovalTellingOptions,
  standing: readonly ApprovalRequest[],
): Promise<void> {
  const { approvals, policy, now } = options
  const active = policy.current()
  if (active === null) return
  const rules = active.config.rbac.approvals ?? DEFAULT_APPROVAL_RULES
  const ended = rules.alert ? await approvals.untold(now() - ENDED_TOLD_MS) : []
  const due = [...standing, ...ended].flatMap((request) => noticesDue(request, rules, now()))
  if (due.length > 0) {
    const planned = new Set(await approvals.planned([...new Set(due.map(({ approval }) => approval))]))
    const fresh = due.filter(({ id }) => !planned.has(id))
    if (fresh.length > 0) await approvals.plan(fresh)
  }
  for (let brought = 0; brought < MOST; brought += 1) {
    const notice = await approvals.claim(LEASE_MS)
    if (notice === null) return
    await bring(options, notice, { erp: active.catalogue.erp.title, showAmount: rules.show_amount })
  }
}

async function bring(
  { approvals, send, origin, zone, log, now }: ApprovalTellingOptions,
  { id, approval, kind, channel, attempts }: Notice,
  about: { erp: string; showAmount: boolean },
): Promise<void> {
  const request = await approvals.get(approval)
  if (request === null || !isWorthTelling(kind, request)) return approvals.told(id, null)
  try {
    await send(channel, noticeText({ ...about, kind, request, console: origin(), zone }))
    await approvals.told(id, { at: now() })
    log.info('approval.told', { approval, kind, channel: channel.type })
  } catch (error) {
    const message = error instanceof Error ? error.message : 'not told'
    log.warn('approval.not_told', { approval, kind, channel: channel.type, attempts: attempts + 1, message })
    await approvals.told(id, { next: now() + Math.min(LONGEST_MS, FIRST_MS * 2 ** attempts) })
  }
}
