import type { Decision } from '../../engine/contract/decision.ts'
import type { DecisionInput } from '../../engine/contract/decision-input.ts'
import type { Outcome } from '../../engine/contract/ledger.ts'
import type { Refusal } from '../../engine/contract/result.ts'

type Retry = Omit<Refusal['alcada'], 'entry'>

export interface RefusedDetails {
  /** Names the argument that is wrong. */
  field?: string
  /** Default never. */
  retry?: Retry
  /** The decision behind it, for the ledger. */
  decided?: { input: DecisionInput; decision: Decision }
  /** The decision on a tool that the caller may not see, for the ledger alone. */
  hidden?: { input: DecisionInput; decision: Decision }
  /** An entry that tells it already. */
  entry?: string
  /** How that entry ended. */
  outcome?: Outcome['kind']
  cause?: unknown
}

/** Ends a call at one of its steps, with what the caller is told. Messages are ours: lowercase, without values. */
export class Refused extends Error {
  readonly code: string
  readonly details: RefusedDetails

  constructor(code: string, message: string, details: RefusedDetails = {}) {
    super(message, { cause: details.cause })
    this.name = 'Refused'
    this.code = code
    this.details = details
  }
}

/** Retry after some seconds. Default 1. */
export function after(seconds = 1): Retry {
  return { retry: 'after', retry_after_s: Math.max(1, Math.ceil(seconds)) }
}

/** What the caller gets. */
export function refusalOf({ code, message, details }: Refused, entry: string | null): Refusal {
  return {
    error: { code, message, ...(details.field === undefined ? {} : { field: details.field }) },
    alcada: { entry, ...(details.retry ?? { retry: 'never' }) },
  }
}
