export type RefusalCode =
  /** main no longer holds the commit that was published last. */
  | 'HISTORY_REWRITTEN'
  /** A commit is on main that no merged pull request brought. */
  | 'NO_PULL_REQUEST'
  /** What was merged is not what the reviewed head and main come to. */
  | 'CONTENT_DIFFERS'
  | 'NOT_APPROVED'
  /** The required check was not green on the merged head. */
  | 'CHECK_MISSING'
  /** Nobody could approve the change of anybody else. */
  | 'TOO_FEW_PEOPLE'
  /** The gate of the commit before finds errors. */
  | 'GATE_RED'
  /** What main says was rolled back in an emergency, and main still says it. */
  | 'ROLLED_BACK'

/** Nothing is published: something needs a person first. The message says what to do. */
export class Refusal extends Error {
  readonly code: RefusalCode

  constructor(code: RefusalCode, message: string, options: ErrorOptions = {}) {
    super(message, options)
    this.name = 'Refusal'
    this.code = code
  }
}

/** The same about one pull request. */
export function refusedPull(number: number, code: RefusalCode, why: string): Refusal {
  return new Refusal(code, `#${number}: ${why}`)
}
