// What the replicas of one ERP's server tell each other of its limits, through the database they share. Times in milliseconds.

/** One budget a call counts against. */
export interface LimitUse {
  scope: string
  /** Calls within `per_ms`; null: any number. */
  max: number | null
  per_ms: number
  /** Calls at once; null: any number. */
  concurrency: number | null
}

/** A call that wants to reach the ERP. */
export interface LimitTaking {
  /** Names the call until its end. */
  id: string
  uses: LimitUse[]
  /** What may be closed to it. */
  circuits: string[]
  read: boolean
  /** A call whose end nobody tells (a crash) counts as under way for so long. */
  hold_ms: number
}

export type LimitTaken =
  | { kind: 'taken' }
  /** Ask again after so long; `slots`: it waits for calls under way, not for time to pass. */
  | { kind: 'wait'; ms: number; slots: boolean }
  /** blocked: the ERP bans, or would soon. rate_limited: it asked not to repeat this very call yet. trial: another call is trying. */
  | { kind: 'closed'; why: 'blocked' | 'rate_limited' | 'trial'; scope: string; ms: number }

/** A circuit that errors may open. */
export interface LimitErrors {
  scope: string
  errors: number
  per_ms: number
}

/** How a call ended. */
export interface LimitEnding {
  id: string
  company: string
  operation: string
  read: boolean
  uses: { scope: string; per_ms: number; max: number | null }[]
  /** done: an answer without an error. error: the ERP answered one. none: nothing is known of what the ERP thinks. */
  answer: 'done' | 'error' | 'none'
  circuits: LimitErrors[]
  /** The ERP asked to be left alone. */
  asked: { scope: string; kind: 'blocked' | 'rate_limited'; ms: number } | null
}

/** The limits as all replicas keep them together. */
export interface SharedLimits {
  /** Rejects when the database cannot be asked: then nothing may be sent. */
  take(taking: LimitTaking): Promise<LimitTaken>
  end(ending: LimitEnding): Promise<void>
}
