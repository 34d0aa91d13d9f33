import { readDecision } from '../../contract/decision.ts'
import { type Outcome, outcomeOf } from '../../contract/outcome.ts'
import { resultIn } from '../../contract/wasm-instance.ts'

/** Many contexts have few outcomes: each is kept once, and what a policy wrote before is not read again. */
export interface OutcomeTable {
  outcomes: Outcome[]
  idOf(outcome: Outcome): number
  /** Of what the policy wrote; null: it failed. */
  idOfText(text: string | null): number
}

export function outcomeTable(): OutcomeTable {
  const outcomes: Outcome[] = []
  const byKey = new Map<string, number>()
  const byText = new Map<string | null, number>()
  const idOf = (outcome: Outcome): number => {
    const key = JSON.stringify(outcome)
    const id = byKey.get(key) ?? outcomes.push(outcome) - 1
    byKey.set(key, id)
    return id
  }
  return {
    outcomes,
    idOf,
    idOfText(text) {
      const id = byText.get(text) ?? idOf(text === null ? FAILED : outcomeOf(readDecision(resultIn(text))))
      byText.set(text, id)
      return id
    },
  }
}

const FAILED: Outcome = { effect: 'deny', codes: ['policy_failed'] }
