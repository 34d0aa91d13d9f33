import type { Place } from '../load/tree.ts'

/** `decisions.yaml`: what the policy is expected to answer, as an auditor reads it. */
export interface DecisionTable {
  /** From the project root. */
  file: string
  /** Tool → a complete, valid call of it. */
  examples: Record<string, ExampleCall>
  /** In the order written. */
  rows: DecisionRow[]
  /** Tool, or its beginning with `*` behind → JSON Pointer into {args, resolved} or the decision input → why it may be spoiled. */
  indifferent: Record<string, Record<string, string>>
}

export interface ExampleCall {
  args: Record<string, unknown>
  /** `as` of a resolve step → the universal record it reads (a list of them for an `each` step). */
  resolved: Record<string, unknown>
}

export interface DecisionRow {
  /** The row's own words; where none are written, made of who does what. */
  name: string
  /** Roles of the one caller. */
  as: string[]
  does: string
  /** JSON Pointer into {args, resolved} → the value it has instead of the example's. */
  with: Record<string, unknown>
  /** JSON Pointer into the decision input → value, put there last. */
  given: Record<string, unknown>
  then: Expectation
  /** Pointers of the decision's masks; null when the row does not say. */
  masks: string[] | null
  place: Place
}

export type Expectation =
  | { effect: 'allow' }
  /** Exactly these reason codes, in any order. */
  | { effect: 'deny'; codes: string[] }
  | { effect: 'require_approval'; count: number; roles: string[] }
