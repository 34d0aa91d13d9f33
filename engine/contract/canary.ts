import { canonicalText } from './canonical.ts'
import { completedInput } from './completed-input.ts'
import type { Decision } from './decision.ts'
import { isDecisionInput } from './decision-guard.ts'
import type { DecisionInput } from './decision-input.ts'

/** One row of decisions.yaml as a server tries it before it activates a bundle: an element of `canaries.json`. */
export interface Canary {
  name: string
  input: DecisionInput
  expect: CanaryExpectation
  /** Pointers of the decision's masks, in any order; null when the row does not say. */
  masks: string[] | null
}

export type CanaryExpectation =
  | { effect: 'allow' }
  /** Exactly these reason codes, in any order. */
  | { effect: 'deny'; codes: string[] }
  | { effect: 'require_approval'; count: number; roles: string[] }

/** At most this many: a self-test may not slow a reload down. */
export const MAX_CANARIES = 200

/** The canaries in a parsed `canaries.json`; null when it does not hold from one to MAX_CANARIES of them. */
export function readCanaries(value: unknown): Canary[] | null {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_CANARIES) return null
  const canaries = value.map(completed)
  return canaries.every(isCanary) ? canaries : null
}

// A newer server tells every policy more than older ones were told, so also on the canaries of an older bundle.
function completed(value: unknown): unknown {
  return isRecord(value) ? { ...value, input: completedInput(value['input']) } : value
}

/** True when a decision is what was expected: the effect, its reasons or its approval, and the masks where named. */
export function meets(decision: Decision, { expect, masks }: Pick<Canary, 'expect' | 'masks'>): boolean {
  if (decision.effect !== expect.effect) return false
  const pointers = decision.mask.map((mask) => mask.pointer)
  if (masks !== null && !sameSet(pointers, masks)) return false
  if (expect.effect === 'deny') {
    const codes = decision.reasons.map((reason) => reason.code)
    return sameSet(codes, expect.codes)
  }
  if (expect.effect === 'allow') return true
  return decision.approval?.count === expect.count && sameSet(decision.approval.roles, expect.roles)
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return canonicalText([...new Set(a)].sort()) === canonicalText([...new Set(b)].sort())
}

function isCanary(value: unknown): value is Canary {
  if (!isRecord(value) || typeof value['name'] !== 'string' || !isDecisionInput(value['input'])) return false
  return (value['masks'] === null || isTexts(value['masks'])) && isExpectation(value['expect'])
}

function isExpectation(value: unknown): value is CanaryExpectation {
  if (!isRecord(value)) return false
  if (value['effect'] === 'deny') return isTexts(value['codes'])
  if (value['effect'] === 'require_approval') return Number.isInteger(value['count']) && isTexts(value['roles'])
  return value['effect'] === 'allow'
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
