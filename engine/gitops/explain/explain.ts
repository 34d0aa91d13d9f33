import { type Decision, readDecision } from '../../contract/decision.ts'
import type { DecisionInput } from '../../contract/decision-input.ts'
import { maskedPlaces } from '../../contract/masked-places.ts'
import type { Because } from '../../report/explain.ts'
import { becauseOf, restsOn } from './because.ts'
import { type ExplainSources, trace, type Visit } from './trace.ts'

/** Why a decision came out as it did. */
export interface Explanation {
  decision: Decision
  /** Each reason code with the rule that gives it; empty where nothing refuses. */
  reasons: Reason[]
  /** Which consent is missing and by which conditions; empty where none is. */
  approval: Because[]
  /** Of an allow: rules that held, and on which it rests. */
  allowed: Because[]
  /** Rules that could have refused and did not. */
  passed: string[]
  /** Places of the input at which a token stands for a value. */
  masked: string[]
}

export interface Reason {
  code: string
  message: string
  /** Null: no `deny` rule gives it, but the decision itself. */
  rule: { name: string; file: string; line: number } | null
  because: Because[]
}

/** The rule of the shared library that says whether everybody has consented. */
const CONSENT = 'shared.approval.complete'

export async function explain(sources: ExplainSources, input: DecisionInput, opa: string): Promise<Explanation> {
  const traced = await trace(sources, input, opa)
  const decision = readDecision(traced.decision)
  const denies = traced.visits.filter(({ name, key }) => name.endsWith('.deny') && key !== null)
  const because = (name: string): Because[] => becauseOf(name, traced, sources, input)
  const consent = traced.visits.filter(({ name, isDefault }) => name === CONSENT && !isDefault)
  return {
    decision,
    reasons: decision.reasons.map(({ code, message }) => {
      const rule = denies.find((visit) => visit.held && visit.key === code)
      if (rule === undefined) return { code, message, rule: null, because: because(`${sources.erp}.decision`) }
      const { name, file, line } = rule
      // `if not <rule>`: what has to be told is why that rule did not hold.
      return { code, message, rule: { name, file, line }, because: restsOn(rule, traced).flatMap(because) }
    }),
    approval: decision.effect === 'require_approval' && consent.length > 0 ? because(CONSENT) : [],
    allowed:
      decision.effect === 'allow'
        ? [CONSENT, ...consent.filter(isHeld).flatMap((visit) => restsOn(visit, traced))].flatMap(because)
        : [],
    passed: [...new Set(denies.filter((visit) => !visit.held).map(({ key }) => key ?? ''))].sort(),
    masked: [...maskedPlaces(input.args, '/args'), ...maskedPlaces(input.facts, '/facts')],
  }
}

function isHeld({ held }: Visit): boolean {
  return held
}
