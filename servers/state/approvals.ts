import { randomUUID } from 'node:crypto'
import {
  type ApprovalAsked,
  type ApprovalBinding,
  type ApprovalGiven,
  type ApprovalRequest,
  type ApprovalVerdict,
  bindingDigest,
} from '../../engine/contract/approval.ts'
import { canonicalText } from '../../engine/contract/canonical.ts'
import type { Decision } from '../../engine/contract/decision.ts'
import type { Caller, DecisionInput } from '../../engine/contract/decision-input.ts'
import { keyedDigest } from '../../engine/contract/ledger-token.ts'
import { namedPersonal } from '../../engine/contract/personal/named.ts'
import { personalOf } from '../../engine/contract/personal/seen.ts'
import { wellFormedJson } from '../../engine/contract/well-formed.ts'
import { purposeKey, seal, unseal } from './approval-seal.ts'
import type { ApprovalCall, ApprovalDecided, Notice, Substitutes } from './approval-words.ts'
import { maskedInput } from './masked-input.ts'
import type { Store } from './store.ts'

/** What is kept sealed until a request is used, refused or expired. */
export interface SealedCall {
  args: Record<string, unknown>
  /** Records that were read before deciding. */
  resolved: Record<string, unknown>
  /** The record as it stood, where the call changes one. */
  before: unknown
  /** Whoever asked, as the call will be made. */
  identity: { caller: Omit<Caller, 'company'>; companies: string[]; rolesClaimed: boolean; tokenId: string | null }
}

export interface ApprovalAsk {
  binding: ApprovalBinding
  asked: ApprovalAsked
  sealed: SealedCall
  input: DecisionInput
  decision: Decision
  /** How long it may wait, in seconds. */
  expiresS: number
  /** Who stands in for whom, by the policy in force. */
  substitutes: Substitutes
  request: string
  revision: number
  bundle: string
}

/** Requests for approval across calls, restarts and replicas. Everything throws LedgerError when the state cannot be used. */
export interface Approvals {
  /** The request for this very call; `same` is false when what was to be approved has changed since. */
  find(binding: ApprovalBinding): Promise<{ request: ApprovalRequest; same: boolean } | null>
  /** Makes a request, or gives the one that stands; the entry tells that it was asked for. */
  ask(ask: ApprovalAsk): Promise<{ request: ApprovalRequest; entry: string }>
  get(id: string): Promise<ApprovalRequest | null>
  /** Everything live, and what was made since then (epoch milliseconds); newest first, at most 500. */
  list(sinceMs: number): Promise<ApprovalRequest[]>
  /** What expired or became void since then (epoch milliseconds), and nobody is told of yet; at most 200. */
  untold(sinceMs: number): Promise<ApprovalRequest[]>
  /** What is sealed, after an entry tells who looked (null: the server, to make the call); null where it is kept no more. */
  view(id: string, who: Caller | null): Promise<SealedCall | null>
  decide(
    id: string,
    approver: Omit<ApprovalGiven, 'at_ms'>,
    who: Caller,
    verdict: ApprovalVerdict,
  ): Promise<ApprovalDecided>
  /** Ends a live request. */
  end(id: string, reason: string): Promise<void>
  /** Ends what has run out. */
  expire(): Promise<string[]>
  plan(notices: readonly Omit<Notice, 'attempts'>[]): Promise<void>
  planned(approvals: readonly string[]): Promise<string[]>
  /** Takes the notice that is due longest for so many milliseconds; null when none is. */
  claim(leaseMs: number): Promise<Notice | null>
  /** Told (`at`), to be tried again (`next`), or neither. */
  told(id: string, end: { at: number } | { next: number } | null): Promise<void>
  /** True for the first who uses what has this digest. */
  once(digest: string, untilMs: number): Promise<boolean>
  /** Whether somebody was. */
  used(digest: string): Promise<boolean>
  /** A key for one purpose of the approvals' surroundings: sessions of the console. */
  key(purpose: string): Uint8Array
}

export function approvalsOver(store: Pick<Store, 'ask'>, key: Uint8Array, now: () => number): Approvals {
  const sealKey = purposeKey(key, 'approvals')
  const callOf = ({ caller, company, tool, args }: ApprovalBinding): ApprovalCall => ({
    caller: caller.id,
    person: caller.person,
    company,
    tool,
    args_digest: keyedDigest(canonicalText(args), key),
  })
  // A record of the ERP's may hold a lone surrogate, which has no canonical text.
  const digestOf = (binding: ApprovalBinding): string => bindingDigest(JSON.parse(wellFormedJson(binding)), key)
  return {
    async find(binding) {
      const found = await store.ask('approvalOf', { ...callOf(binding), at_ms: now() })
      return found && { request: found.request, same: found.binding === digestOf(binding) }
    },
    async ask({ binding, asked, sealed, input, decision, expiresS, substitutes, request, revision, bundle }) {
      const at_ms = now()
      const id = randomUUID()
      const { amount, currency, due_date, bank_change } = input.facts
      // Whoever looks at the request sees all of it.
      const { identity: _identity, ...shown } = sealed
      const seen = namedPersonal(shown)
      const event = {
        kind: 'recorded' as const,
        request,
        what: 'approval_required' as const,
        code: 'approval_required',
        caller: input.caller,
        tool: binding.tool,
        revision,
        bundle,
        input: maskedInput(input, key),
        decision,
        count: 1,
        source: null,
        ...personalOf(seen, key),
      }
      const made = {
        at_ms,
        request: {
          id,
          state: 'pending',
          count: asked.count,
          roles: [...asked.roles],
          caller: input.caller,
          company: binding.company,
          tool: binding.tool,
          effect: binding.effect,
          facts: { amount, currency, due_date, bank_change },
          revision,
          created_ms: at_ms,
          expires_ms: at_ms + expiresS * 1_000,
          given: [],
          reason: null,
          entry: null,
        },
        args_digest: callOf(binding).args_digest,
        binding: digestOf(binding),
        sealed: await seal(sealed, id, sealKey),
        substitutes,
        event,
      }
      return store.ask('askApproval', JSON.parse(wellFormedJson(made)))
    },
    get: (id) => store.ask('getApproval', { id }),
    list: (since_ms) => store.ask('listApprovals', { since_ms, limit: 500 }),
    untold: (since_ms) => store.ask('untoldApprovals', { since_ms }),
    async view(id, who) {
      const kept = await store.ask('viewApproval', { id, at_ms: now(), who })
      return kept && unseal<SealedCall>(kept.sealed, id, sealKey)
    },
    decide(id, approver, who, verdict) {
      const at_ms = now()
      return store.ask('decideApproval', { id, at_ms, approver: { ...approver, at_ms }, who, verdict })
    },
    async end(id, reason) {
      await store.ask('endApproval', { id, at_ms: now(), reason })
    },
    expire: () => store.ask('expireApprovals', { at_ms: now() }),
    async plan(notices) {
      await store.ask('planNotices', { at_ms: now(), notices: [...notices] })
    },
    planned: (approvals) => store.ask('plannedNotices', { approvals: [...approvals] }),
    async claim(lease_ms) {
      const at_ms = now()
      const due = await store.ask('dueNotices', { at_ms })
      const [notice = null] = due ? await store.ask('claimNotices', { at_ms, lease_ms, limit: 1 }) : []
      return notice
    },
    async told(id, end) {
      const sent_ms = end !== null && 'at' in end ? end.at : null
      const next_ms = end !== null && 'next' in end ? end.next : null
      await store.ask('endNotice', { id, sent_ms, next_ms })
    },
    once: (digest, until_ms) => store.ask('useOnce', { digest, until_ms, at_ms: now() }),
    used: (digest) => store.ask('usedOnce', { digest }),
    key: (purpose) => purposeKey(key, purpose),
  }
}
