import {
  type ApprovalGiven,
  type ApprovalRefusal,
  type ApprovalRequest,
  type ApprovalVerdict,
  isLive,
  refusalOfApprover,
} from '../../engine/contract/approval.ts'
import { ApprovalError } from '../../engine/contract/approval-error.ts'
import { rolesAsked, standInRoles } from '../../engine/contract/approval-roles.ts'
import type { CatalogueTool } from '../../engine/contract/catalogue.ts'
import type { Caller } from '../../engine/contract/decision-input.ts'
import { maskText } from '../../engine/contract/mask.ts'
import { SENSITIVE_KINDS, type SensitiveKind } from '../../engine/contract/vocabulary.ts'
import type { Approver } from '../identity/approver.ts'
import type { ActivePolicy } from '../policy/status.ts'
import type { Approvals, SealedCall } from '../state/approvals.ts'
import { toolNamed } from './visible.ts'

/** A request as one approver meets it. */
export interface ApprovalListed {
  request: ApprovalRequest
  /** Why this person may not decide it; null when they may. */
  refusal: ApprovalRefusal | null
}

export interface ApprovalView extends ApprovalListed {
  /** What will be done; null once it has ended. */
  call: SealedCall | null
  /** As the policy in force describes it; null when it does not know it any more. */
  tool: CatalogueTool | null
  /** Kinds of personal values that this person sees: `clear_for` of security.yaml. */
  clear: readonly SensitiveKind[]
}

/** Where approvers see and decide. Requests of other companies, and of roles they do not hold, are not there for them. */
export interface ApprovalDesk {
  list(approver: Approver): Promise<ApprovalListed[]>
  /** Throws ApprovalError approval_unknown. The looking stands in the ledger first. */
  view(approver: Approver, id: string): Promise<ApprovalView>
  /** Whether the policy asks for the consent of a role they hold, or stand in for, today. */
  mayDecide(approver: Approver): boolean
  /** Roles whose consent the policy asks for. */
  rolesAsked(): string[]
  /** Throws ApprovalError. */
  decide(approver: Approver, id: string, verdict: ApprovalVerdict): Promise<{ request: ApprovalRequest; entry: string }>
}

export interface ApprovalDeskOptions {
  approvals: Approvals
  current(): ActivePolicy | null
  /** CNPJs whose credentials are held here. */
  companies(): readonly string[]
  now(): number
  /** Hears of every request that has been decided. */
  onDecided?: (request: ApprovalRequest) => void
}

/** How long what has ended stays in the list, in milliseconds: a week. */
const SHOWN_MS = 7 * 86_400_000

export function createApprovalDesk(options: ApprovalDeskOptions): ApprovalDesk {
  const { approvals, current, companies, now, onDecided } = options
  const giverOf = ({ person, roles }: Approver): Giver => {
    const substitutes = current()?.config.rbac.substitutes ?? {}
    return { by: person, person, roles, standing_in: standInRoles(person, now(), substitutes) }
  }
  const refusalFor = (approver: Approver, request: ApprovalRequest): ApprovalRefusal | null =>
    refusalOfApprover(request, giverOf(approver), now())
  const asked = (): string[] => {
    const active = current()
    return active === null ? [] : rolesAsked(active.config)
  }
  const concerns = (approver: Approver, { company, roles, given }: ApprovalRequest): boolean => {
    const held = companies()
    const bound = approver.companies.length > 0 ? approver.companies : held.length === 1 ? held : []
    if (!bound.includes(company)) return false
    return holds(giverOf(approver), roles) || given.some(({ person }) => person === approver.person)
  }
  const known = async (approver: Approver, id: string): Promise<ApprovalRequest> => {
    const request = await approvals.get(id)
    if (request === null || !concerns(approver, request)) throw new ApprovalError('approval_unknown')
    return request
  }
  return {
    async list(approver) {
      const all = await approvals.list(now() - SHOWN_MS)
      return all
        .filter((request) => concerns(approver, request))
        .map((request) => ({ request, refusal: refusalFor(approver, request) }))
    },
    async view(approver, id) {
      const request = await known(approver, id)
      const call = isLive(request.state) ? await approvals.view(id, callerOf(approver, request)) : null
      const active = current()
      const tool = active === null ? null : (toolNamed(active, request.tool) ?? null)
      return { request, refusal: refusalFor(approver, request), call, tool, clear: clearTo(giverOf(approver), active) }
    },
    mayDecide: (approver) => holds(giverOf(approver), asked()),
    rolesAsked: asked,
    async decide(approver, id, verdict) {
      const request = await known(approver, id)
      const answer = await approvals.decide(id, giverOf(approver), callerOf(approver, request), toldTo(verdict))
      if (answer.kind === 'refused') throw new ApprovalError(answer.code)
      onDecided?.(answer.request)
      return answer
    },
  }
}

// The agent hears the reason, and the ledger keeps it: neither may see what an approver sees.
function toldTo(verdict: ApprovalVerdict): ApprovalVerdict {
  return verdict.kind === 'reject' ? { ...verdict, reason: maskText(verdict.reason, 500) } : verdict
}

/** As they consent: `standing_in` is there, empty where they stand in for nobody. */
type Giver = Omit<ApprovalGiven, 'at_ms'> & { standing_in: string[] }

function holds({ roles, standing_in }: Giver, asked: readonly string[]): boolean {
  return [...roles, ...standing_in].some((role) => asked.includes(role))
}

function clearTo(giver: Giver, active: ActivePolicy | null): SensitiveKind[] {
  const { clear_for = {} } = active?.config.security ?? {}
  return SENSITIVE_KINDS.filter((kind) => holds(giver, clear_for[kind] ?? []))
}

function callerOf({ person, roles, token_age_s }: Approver, { company }: ApprovalRequest): Caller {
  return { id: person, person, kind: 'human', roles, company, token_age_s }
}
