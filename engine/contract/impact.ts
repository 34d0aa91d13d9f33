import type { Config } from './config.ts'
import type { DecisionInput } from './decision-input.ts'
import { type Band, bandOf } from './impact-band.ts'
import type { Outcome } from './outcome.ts'

/** What a change of policy does to calls that were made. Source: design, section 7. */
export interface Impact {
  /** Refused before; `to` says whether it is allowed now or waits for consent. */
  to_allow: ImpactGroup[]
  to_deny: ImpactGroup[]
  /** Consent that is asked now and was not, that is no longer asked, or that is another. */
  approvals: ImpactGroup[]
  /** The same answer, and the result shows or hides other fields. */
  masks: ImpactGroup[]
  not_replayed: NotReplayed[]
  /** What was decided then is not what the base decides now. */
  drift: Drift[]
  coverage: Coverage
  /** SHA-256 over the log, the sources and all of this: the same log and sources give the same, in any order. */
  digest: string
}

export type ImpactKind = 'to_allow' | 'to_deny' | 'approvals' | 'masks'

/** What a policy answers, without what differs from call to call. */
export type Answer = { effect: 'allow' | 'deny' } | { effect: 'require_approval'; count: number; roles: string[] }

/** Calls that come out otherwise in the same way. */
export interface ImpactGroup {
  erp: string
  /** A name that one of the two policies knows; `another tool` otherwise. */
  tool: string
  /** Roles that one of the two policies knows, with `+` between; `undefined role` for any other. */
  role: string
  from: Answer
  to: Answer
  /** The limits of the two policies that the amount stands between; null where it stands between none. */
  band: Band | null
  /** Reason codes that no longer refuse (to_allow), or that refuse (to_deny). */
  codes: string[]
  count: number
  /** The first few by time. None in what a running server tells. */
  examples: Example[]
}

/** One decision. It may name persons and amounts: never part of a comment. */
export interface Example {
  decision_id: string
  /** RFC 3339. */
  timestamp: string
  caller: string
  person: string
  company: string | null
  counterparty: string | null
  /** Centavos. */
  amount: number | null
}

export interface NotReplayed {
  /** Empty: of a line that names none. */
  erp: string
  reason: string
  /** JSON Pointers into the input, of what is missing; empty where it is about the whole. */
  where: string[]
  count: number
}

export interface Drift {
  erp: string
  tool: string
  /** At which the log says it was decided. */
  revision: string
  recorded: Answer
  base: Answer
  count: number
}

export interface Coverage {
  /** Decisions in the log, each counted once. */
  decisions: number
  replayed: number
  /** The same decision told again. */
  repeated: number
  /** RFC 3339, of the first and the last decision that was replayed. */
  from: string | null
  to: string | null
  /** Decided with a past of the day or the window: replayed with the past of then, whatever the change would have made of it. */
  with_history: number
  erps: ErpCoverage[]
}

export interface ErpCoverage {
  erp: string
  /** Pairs of a role and a tool that it may see, in either policy, and how many of them the log holds. */
  pairs: number
  held: number
  /** Tools that somebody may see and nobody called. */
  uncalled: string[]
}

/** Null where nothing changed that the caller, an approver or the reader of a result could notice. */
export function impactKind(base: Outcome, head: Outcome): ImpactKind | null {
  if (base.effect === 'deny' || head.effect === 'deny') {
    if (base.effect === head.effect) return null
    return base.effect === 'deny' ? 'to_allow' : 'to_deny'
  }
  if (JSON.stringify(answerOf(base)) !== JSON.stringify(answerOf(head))) return 'approvals'
  return JSON.stringify(base.masks) === JSON.stringify(head.masks) ? null : 'masks'
}

export function answerOf(outcome: Outcome): Answer {
  if (outcome.effect !== 'require_approval') return { effect: outcome.effect }
  return { effect: outcome.effect, count: outcome.count, roles: outcome.roles }
}

/** What the two policies know by name: nothing else of a call is told. */
export interface ImpactNames {
  configs: readonly Config[]
  tools: ReadonlySet<string>
}

/** Where a difference belongs, in words of the policies alone. */
export function impactPlace(
  { caller, tool, facts }: DecisionInput,
  { base, head }: { base: Outcome; head: Outcome },
  { configs, tools }: ImpactNames,
): Omit<ImpactGroup, 'erp' | 'count' | 'examples'> {
  const refusing = base.effect === 'deny' ? base : head.effect === 'deny' ? head : { codes: [] }
  return {
    tool: tools.has(tool.name) ? tool.name : 'another tool',
    role: roleOf(caller.roles, configs),
    from: answerOf(base),
    to: answerOf(head),
    band: bandOf(configs, tool.effect, facts),
    codes: [...new Set(refusing.codes.map((code) => (CODE.test(code) ? code : 'another_reason')))].sort(),
  }
}

const CODE = /^[a-z][a-z_]{1,63}$/

function roleOf(roles: readonly string[], configs: readonly Config[]): string {
  if (roles.length === 0) return 'no role'
  const known = (role: string): boolean => configs.some(({ rbac }) => Object.hasOwn(rbac.roles, role))
  return [...new Set(roles.map((role) => (known(role) ? role : 'undefined role')))].sort().join('+')
}
