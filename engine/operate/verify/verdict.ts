export const SUITES = ['authentication', 'operations', 'errors', 'limits', 'validation'] as const
export type Suite = (typeof SUITES)[number]

/** What the suites are called where people read of them. */
export const SUITE_NAMES: Readonly<Record<Suite, string>> = {
  authentication: 'authentication',
  operations: 'basic operations',
  errors: 'error handling',
  limits: 'rate limiting',
  validation: 'data validation',
}

/** What one test came to. */
export interface Verdict {
  suite: Suite
  /** A sentence that holds when the test passes. */
  name: string
  /** Tools that were called. */
  tools: string[]
  outcome: 'passed' | 'failed' | 'not_tried'
  /** Why it failed, or why it was not tried; null when it passed. No values of records. */
  why: string | null
  tookMs: number
}

/** What `verify-erp` found, as JSON has it. */
export interface VerifyReport {
  erp: string
  /** `stand-in`, or the address of the ERP. */
  target: string
  /** Whether records could be made, changed and removed. */
  writes: boolean
  /** ISO 8601. */
  began: string
  tests: Verdict[]
  /** Every tool of the ERP: the tests it was called in, or why it was called in none. */
  tools: { tool: string; tests: number; why: string | null }[]
  passed: number
  failed: number
  notTried: number
}

/** The test found what it looks for. */
export class Wrong extends Error {}

/** The test cannot be made here. */
export class NotTried extends Error {}

/** @throws Wrong unless it holds */
export function expect(holds: boolean, otherwise: string): asserts holds {
  if (!holds) throw new Wrong(otherwise)
}
