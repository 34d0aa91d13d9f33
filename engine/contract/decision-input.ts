import type { Effect, Permission, SensitiveKind } from './vocabulary.ts'

/** Who calls: only from the verified token. */
export interface Caller {
  /** The agent or program with the token (RFC 8693 `act.sub`, or `sub` when nobody acts for somebody). */
  id: string
  /** Who answers for it (`sub`). Never empty. */
  person: string
  kind: 'agent' | 'human'
  roles: string[]
  /** CNPJ the call is made for; null only where a call is not bound to one (list of tools). */
  company: string | null
  token_age_s: number
}

/** The normalised meaning of a call. Amounts in integer centavos; dates as YYYY-MM-DD. */
export interface Facts {
  /** Everything the call can move; null when a part of it is unknown. */
  amount: number | null
  /** What is still open on the records the call settles; null when it settles none or it is unknown. */
  open_amount: number | null
  currency: string
  counterparty: string | null
  due_date: string | null
  accrual_date: string | null
  issue_date: string | null
  cost_center: string | null
  bank_change: boolean
  idempotency_key: string | null
  /** Rows a list may answer with. */
  rows: number | null
  /** The list is narrowed to what some text of three characters or more matches. */
  filtered: boolean
}

/** Centavos settled or reserved: today, and in the window of days that rbac.yaml declares, today included. */
export interface Settled {
  day: number
  window: number
}

/** What the ledger knows that bears on a call: timestamps and amounts, never verdicts. */
export interface History {
  /** Centavos settled or reserved today by this person for this company. */
  settled_today: number
  /** For this company, by the same caller, by the same person, by all, and to the same counterparty. */
  settled: { caller: Settled; person: Settled; company: Settled; counterparty: Settled }
  /** Calls of the same tool with the same counterparty, amount and due date, not known to have failed. */
  similar: { entry: string; at_ms: number; amount: number; due_date: string | null }[]
  /** Who created or changed the counterparty: caller and person. */
  counterparty_touched: { by: string; person: string; what: 'create' | 'update'; at_ms: number }[]
  /** When bank data of the counterparty was last seen to be other than before, whoever changed it. */
  bank_changed_ms: number | null
  /** Rows of the tool's entity read today by this person for this company, those of running calls included. */
  rows_today: number
}

export interface DecisionInput {
  caller: Caller
  tool: {
    name: string
    entity: string
    effect: Effect
    permission: Permission
    reversible: boolean
    money: boolean
    sensitive: { pointer: string; kind: SensitiveKind }[]
  }
  /** The caller's arguments, after schema validation. */
  args: Record<string, unknown>
  facts: Facts
  history: History
  time: {
    epoch_ms: number
    /** YYYY-MM-DD in `zone`. */
    date: string
    /** 0 Sunday … 6 Saturday. */
    weekday: number
    hour: number
    zone: string
  }
  approvals: { by: string; person: string; roles: string[]; at_ms: number }[]
}

/** Input of `<erp>/visible`. */
export interface VisibleInput {
  caller: Caller
}

/** Input of `<erp>/alerts`: metrics over a window. */
export interface AlertsInput {
  window: {
    /** Requests, the failed ones, the denied ones. */
    total: number
    failed: number
    denied: number
    /** Mean response time in seconds. */
    response_time_s: number
    rate_limit_hits_per_minute: number
    /** Largest run of consecutive authentication failures of one source. */
    authentication_failures: number
    /** 0…1. */
    disk_used: number
    /** The newest bundle of the channel was refused. */
    policy_rejected: boolean
    /** Until the policy in force ends, in seconds; 0 once it has. */
    policy_expires_in_s: number
    /** How long the oldest approved call has waited to be made, in seconds; 0 where none does. */
    approved_wait_s: number
  }
}
