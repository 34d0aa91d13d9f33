import type { Entrypoint } from '../../contract/evaluate.ts'

/** One question that both the interpreter and the shipped WASM are asked. */
export interface ParityCase {
  entrypoint: Entrypoint
  input: object
  /** What stands at `data.config` for this question; null: what the bundle carries. */
  config: object | null
  origin: Origin
}

export type OriginKind = 'rego_test' | 'row' | 'canary' | 'boundary' | 'generated' | 'replay'

/** Where an input came from, so that a reader finds it again. */
export interface Origin {
  kind: OriginKind
  /** `the row "…"`, `a Rego test`, `generated input 17`. */
  words: string
  file: string
  line: number
  column: number
}

/** What one side answered. A failed evaluation is another thing than an undefined one. */
export type Answer = { is: 'value'; value: unknown } | { is: 'undefined' } | { is: 'error'; message: string }

/** The same questions once only, in the order they came; each keeps the first of its origins. */
export function distinctCases(cases: readonly ParityCase[]): ParityCase[] {
  const known = new Map<string, ParityCase>()
  for (const one of cases) {
    const key = JSON.stringify([one.entrypoint, one.input, one.config])
    if (!known.has(key)) known.set(key, one)
  }
  return [...known.values()]
}
