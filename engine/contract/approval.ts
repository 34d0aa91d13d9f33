import { standInRoles } from './approval-roles.ts'
import { canonicalText } from './canonical.ts'
import type { Caller, Facts } from './decision-input.ts'
import { keyedDigest } from './ledger-token.ts'
import type { Effect, Permission } from './vocabulary.ts'

/** Where a request for approval stands. `approved` is not done yet; the others after it are ends. */
export const APPROVAL_STATES = ['pending', 'approved', 'used', 'rejected', 'expired', 'void'] as const
export type ApprovalState = (typeof APPROVAL_STATES)[number]

/** One person's consent. */
export interface ApprovalGiven {
  by: string
  person: string
  roles: string[]
  /** Roles in which they stood in for somebody at that time. Absent: none. */
  standing_in?: string[]
  at_ms: number
}

/** What is asked of approvers: how many persons, with one of which roles. */
export interface ApprovalAsked {
  count: number
  roles: string[]
}

/** A call that waits for consent, without its arguments: those are kept sealed beside it. */
export interface ApprovalRequest extends ApprovalAsked {
  id: string
  state: ApprovalState
  caller: Caller
  company: string
  tool: string
  effect: Effect
  /** What may be told of it without opening it. */
  facts: Pick<Facts, 'amount' | 'currency' | 'due_date' | 'bank_change'>
  /** Policy that asked. */
  revision: number
  created_ms: number
  expires_ms: number
  given: ApprovalGiven[]
  /** When it expired or became void. Absent: it did neither. */
  ended_ms?: number
  /** Why it was rejected or has become void; null otherwise. */
  reason: string | null
  /** The ledger entry of the call that used it; null before. */
  entry: string | null
}

/** What exactly is consented to. Whatever of it is another makes it another call. */
export interface ApprovalBinding {
  caller: Pick<Caller, 'id' | 'person'>
  company: string
  tool: string
  /** Digest over the catalogue's whole description of the tool. */
  catalogue: string
  effect: Effect
  permission: Permission
  args: Record<string, unknown>
  facts: Facts
}

/** A keyed digest over everything that is consented to: the arguments may be personal data. */
export function bindingDigest({ caller: { id, person }, ...rest }: ApprovalBinding, key: Uint8Array): string {
  return keyedDigest(canonicalText({ caller: { id, person }, ...rest }), key)
}

export type ApprovalVerdict = { kind: 'approve' } | { kind: 'reject'; reason: string }

export type ApprovalRefusal =
  | 'approval_unknown'
  | 'approval_expired'
  | 'approval_ended'
  | 'approval_own'
  | 'approval_twice'
  | 'approval_role'

/** Why this person may not decide this request; null when they may. */
export function refusalOfApprover(
  request: ApprovalRequest,
  approver: Omit<ApprovalGiven, 'at_ms'>,
  nowMs: number,
): ApprovalRefusal | null {
  const { caller, given, roles, state, expires_ms } = request
  if (state === 'expired' || (expires_ms <= nowMs && isLive(state))) return 'approval_expired'
  if (!isLive(state)) return 'approval_ended'
  const asking = [caller.id, caller.person]
  // Nobody consents to what they ask for, or to what is asked for in their name.
  if (asking.includes(approver.by) || asking.includes(approver.person)) return 'approval_own'
  if (given.some(({ by, person }) => person === approver.person || by === approver.by)) return 'approval_twice'
  if (!consents(approver, roles)) return 'approval_role'
  return null
}

/** The request after a verdict of somebody who may give one. */
export function decided(request: ApprovalRequest, approver: ApprovalGiven, verdict: ApprovalVerdict): ApprovalRequest {
  if (verdict.kind === 'reject') return { ...request, state: 'rejected', reason: verdict.reason }
  return settled({ ...request, given: [...request.given, approver] })
}

/**
 * The request when the policy now asks for something else than before: what now needs more approvers waits again. Who
 * stood in for somebody is judged by the substitutes of now, at the time of each consent.
 */
export function askedAgain(
  request: ApprovalRequest,
  asked: ApprovalAsked,
  substitutes: Parameters<typeof standInRoles>[2],
): ApprovalRequest {
  const given = request.given.map((one) => ({ ...one, standing_in: standInRoles(one.person, one.at_ms, substitutes) }))
  return settled({ ...request, given, count: asked.count, roles: [...asked.roles] })
}

/** The request without the consents of persons, and in roles, that are stopped. */
export function withoutStopped(request: ApprovalRequest, stopped: Stopped): ApprovalRequest {
  const given = standingConsents(request.given, stopped)
  return given.length === request.given.length ? request : settled({ ...request, given })
}

/** Whose consent counts no more: by person (or id), or because one of the roles it was given in is stopped. */
export interface Stopped {
  persons: readonly string[]
  roles: readonly string[]
}

export function standingConsents(given: readonly ApprovalGiven[], { persons, roles }: Stopped): ApprovalGiven[] {
  return given.filter((one) => {
    if (persons.includes(one.person) || persons.includes(one.by)) return false
    return ![...one.roles, ...(one.standing_in ?? [])].some((role) => roles.includes(role))
  })
}

/** Whether a consent is one of those asked for. */
function consents({ roles, standing_in = [] }: Pick<ApprovalGiven, 'roles' | 'standing_in'>, asked: string[]): boolean {
  return [...roles, ...standing_in].some((role) => asked.includes(role))
}

/** Still to be decided or used. */
export function isLive(state: ApprovalState): boolean {
  return state === 'pending' || state === 'approved'
}

/** How many of those asked for have consented. */
export function consented({ given, roles }: Pick<ApprovalRequest, 'given' | 'roles'>): number {
  const persons = given.filter((one) => consents(one, roles)).map(({ person }) => person)
  return new Set(persons).size
}

function settled(request: ApprovalRequest): ApprovalRequest {
  return { ...request, state: consented(request) >= request.count ? 'approved' : 'pending' }
}
