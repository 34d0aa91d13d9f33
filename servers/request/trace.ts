/** The steps of a call that are told of one by one. */
export type StepName = 'authenticate' | 'resolve' | 'decide' | 'commit' | 'erp' | 'confirm'

/** All that a span may say: names, numbers and codes of ours, never what a caller or an ERP wrote. */
export interface StepFacts {
  tool?: string
  effect?: string
  decision?: string
  outcome?: string
  code?: string
  revision?: number
  entry?: string
}

/** Tells of the steps of calls to whoever follows them. */
export interface Trace {
  /** Runs a step; `tell` adds to what is known of it. What it throws is thrown. */
  step<T>(name: StepName, work: (tell: (facts: StepFacts) => void) => Promise<T>): Promise<T>
  /** Names the step that runs now to others (W3C Trace Context); null: nobody follows this call. */
  traceparent(): string | null
}

export const UNTRACED: Trace = {
  step: (_name, work) => work(() => undefined),
  traceparent: () => null,
}
