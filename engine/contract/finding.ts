/** A mistake in somebody's YAML or Rego: always with a place and a remedy. */
export interface Finding {
  /** Stable, upper snake case: `ROLE_UNKNOWN`. Its fixture stands in test/fixtures/bad/<code>. */
  code: string
  severity: 'error' | 'warning'
  /** Path from the project root, with forward slashes. */
  file: string
  /** 1-based. */
  line: number
  /** 1-based, in UTF-16 code units. */
  column: number
  /** Lowercase, no full stop: `expected X, got Y`. */
  message: string
  /** What to do about it. */
  help: string
}

/** Orders findings by file, line, column and code, so that two runs print the same list. */
export function sortFindings(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) => compare(a.file, b.file) || a.line - b.line || a.column - b.column || compare(a.code, b.code),
  )
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
