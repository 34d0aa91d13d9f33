import { type ApprovalRequest, isLive } from '../../engine/contract/approval.ts'
import { DEFAULT_APPROVAL_RULES } from '../../engine/contract/approval-rules.ts'
import type { NoticeSender } from '../ops/notice-sender.ts'
import type { CallAnswer } from '../request/call.ts'
import type { RequestHandler } from '../request/handler.ts'
import type { State } from '../state/state.ts'
import { tellApprovers } from './approval-telling.ts'
import type { InForce } from './in-force.ts'
import type { Log } from './log.ts'

export interface ApprovalWatch {
  /** How many wait for approvers, and how many are approved and not done; as last seen. */
  counts(): { pending: number; approved: number }
  /** Looks now, and not only at the next turn. */
  look(): void
  stop(): Promise<void>
}

export interface ApprovalWatchOptions {
  state: State
  policy: InForce
  handler: RequestHandler
  send: NoticeSender
  /** Where browsers reach the console. */
  origin(): string
  zone: string
  log: Log
  now(): number
}

/** Between two looks, in milliseconds. */
const TURN_MS = 2_000

/** What goes on with requests by itself: they run out, approved calls are made where the server makes them. */
export function watchApprovals(options: ApprovalWatchOptions): ApprovalWatch {
  const { state, policy, handler, log, now } = options
  const { approvals } = state
  const telling = { ...options, approvals }
  let counts = { pending: 0, approved: 0 }
  let working: Promise<void> | null = null
  let again = false
  let stopped = false
  /** Approved calls that the policy refuses until a time of the day, and when to ask again. */
  const waits = new Map<string, number>()

  async function turn(): Promise<void> {
    const live = (await approvals.list(Number.MAX_SAFE_INTEGER)).filter(({ state: is }) => isLive(is))
    const [over, standing] = [live.filter(isOver), live.filter((request) => !isOver(request))]
    if (over.length > 0) for (const id of await approvals.expire()) log.info('approval.expired', { approval: id })
    const approved = standing.filter(({ state: is }) => is === 'approved')
    counts = { pending: standing.length - approved.length, approved: approved.length }
    const { after_approval } = policy.current()?.config.rbac.approvals ?? DEFAULT_APPROVAL_RULES
    await tellApprovers(telling, standing)
    if (after_approval === 'server_runs') {
      const due = approved.filter(({ id }) => (waits.get(id) ?? 0) <= now())
      for (const request of due) await makeCall(request)
    }
  }

  /** Makes an approved call once, as the original caller: the commit lets nothing through twice. */
  async function makeCall({ id, tool, company }: ApprovalRequest): Promise<void> {
    const call = await approvals.view(id, null)
    if (call === null || stopped) return
    waits.delete(id)
    const { identity, args } = call
    const named = identity.companies.length > 1 ? { ...args, company } : args
    const answer = await handler.call({ identity, tool, args: named, dryRun: false, requestId: id, approval: id })
    const code = codeOf(answer)
    log.info('approval.run', { approval: id, tool, code })
    const again = comesBackIn(answer)
    if (again !== null) waits.set(id, now() + again * 1_000)
    else if (!mayTryAgain(answer)) await approvals.end(id, `the call was not made: ${code ?? 'done before'}`)
  }

  const isOver = ({ expires_ms }: ApprovalRequest): boolean => expires_ms <= now()
  const look = (): void => {
    if (stopped) return
    if (working !== null) {
      again = true
      return
    }
    working = turn()
      .catch((error: unknown) => log.warn('approvals.unwatched', { message: String(error) }))
      .finally(() => {
        working = null
        if (again) {
          again = false
          look()
        }
      })
  }
  const timer = setInterval(look, TURN_MS)
  look()
  return {
    counts: () => counts,
    look,
    async stop() {
      stopped = true
      clearInterval(timer)
      await working
    },
  }
}

function codeOf(answer: CallAnswer): string | null {
  if (answer.kind === 'refusal') return answer.refusal.error.code
  return answer.kind === 'unknown_tool' ? 'unknown_tool' : null
}

/** Seconds until a call that was refused for now may be made; null where nobody says. */
function comesBackIn(answer: CallAnswer): number | null {
  return answer.kind === 'refusal' ? (answer.refusal.alcada.retry_after_s ?? null) : null
}

/** A refusal that says when to come back: the next turn does. What needs more approvers waits for them. */
function mayTryAgain(answer: CallAnswer): boolean {
  return answer.kind === 'refusal' && answer.refusal.alcada.retry !== 'never'
}
