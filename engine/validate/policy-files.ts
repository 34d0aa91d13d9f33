import type { TotalLimit } from '../contract/config.ts'
import type { AlertNotification, Severity } from '../contract/config-alerts.ts'
import type { CallerKey } from '../contract/identity-config.ts'
import type { Effect, Permission, SensitiveKind } from '../contract/vocabulary.ts'
import type { ApprovalsEntry } from './approvals-build.ts'
import type { Written } from './recipients.ts'

/** The policy files as people write them: snake_case, money in reais, durations with a unit. */

export interface SecurityFile {
  security: {
    authentication: {
      type: 'token_based'
      token_rotation: string
      max_failures: number
      lockout_duration: string
      encryption: 'AES-256'
    }
    authorization: { rbac_enabled: boolean; default_role: string; admin_approval: boolean }
    audit: {
      log_all_requests: boolean
      log_sensitive_data: boolean
      retention_days: number
      /** Default 1826: five years, the time fiscal documents are kept (CTN 173, 174). */
      trail_retention_days?: number
    }
    /** Default none. */
    forbidden_effects?: Effect[]
    /** How long nobody may know whether this is the newest policy, and what is refused then. */
    staleness?: { budget: string; deny: 'writes' | 'all' }
    /** Emergency narrowings that end with this policy. */
    ended_overlays?: string[]
    /** Sensitive kind → roles that see it. Default: nobody sees anything. */
    clear_for?: Partial<Record<SensitiveKind, string[]>>
    /** Default: tokens of the embedded issuer alone. */
    identity?: { embedded?: boolean; issuers: IssuerEntry[] }
    /** Each guard that is left out is switched off. */
    guards?: GuardsEntry
  }
}

export interface GuardsEntry {
  bank_freeze?: { approvers: number; roles: string[]; hold: string }
  deletes?: { forbidden_to: ('agent' | 'human')[]; reason_min_length?: number }
  /** Company → last day of its closed books. */
  period_lock?: { locked_until: Record<string, string> }
  export?: { rows_per_call: number; rows_per_day: number; entities: string[]; filter_required?: string[] }
  duplicates?: { window_days: number; approvers: number; roles: string[] }
  hours?: {
    effects: Effect[]
    business_days: boolean
    from: number
    until: number
    /** Default America/Sao_Paulo. */
    zone?: string
    /** Days without business besides the national holidays. */
    holidays?: string[]
  }
}

export interface IssuerEntry {
  issuer: string
  /** One of the two. */
  jwks?: string
  discovery?: string
  audience?: string
  algorithms?: string[]
  scopes?: string[]
  claims?: { person?: string; agent?: string; roles?: string; companies?: string }
  role_names?: Record<string, string>
  /** Approvers sign in at the console with it. */
  login?: { client_id: string; client_secret?: string; scopes?: string[]; person?: string; name?: string }
}

export interface CallerEntry {
  person: string
  companies: string[]
  roles: string[]
  valid_until?: string
  keys?: CallerKey[]
  budget?: BudgetEntry
}

/** At least one of them. */
export interface BudgetEntry {
  calls_per_minute?: number
  writes_per_minute?: number
}

export interface BandEntry {
  up_to: number
  currency: string
  approvers: number
  roles?: string[]
  /** Conditions: without any, the band is for every call of the effect. */
  caller_roles?: string[]
  counterparty_class?: string
  cost_centers?: string[]
  /** Reais the person settles in one day, this call included. */
  day_total?: number
  valid_from?: string
  valid_until?: string
}

export type TotalsEntry = { window_days: number } & Partial<
  Record<TotalLimit['of'], Partial<Record<TotalLimit['over'], number>>>
>

export interface RbacFile {
  rbac: {
    roles: Record<string, { permissions: Permission[] }>
    callers?: Record<string, CallerEntry>
    /** Role → how often whoever has it may ask. Default: as often as they like. */
    budgets?: Record<string, BudgetEntry>
    tools?: Record<string, { permission: Permission }>
    alcada?: Partial<Record<Effect, BandEntry[]>>
    /** How requests for approval live. Default: a day each, and nobody is told. */
    approvals?: ApprovalsEntry
    duties?: { window_days: number }
    totals?: TotalsEntry
    /** Class → counterparties in it. */
    counterparty_classes?: Record<string, string[]>
    /** Stopped for good. */
    revoked?: RevokedEntry
    /** Who consents in somebody's place, first and last day included. */
    substitutes?: { person: string; role: string; from: string; until: string }[]
  }
}

export interface RevokedEntry {
  callers?: string[]
  persons?: string[]
  roles?: string[]
  tools?: string[]
  companies?: string[]
  effects?: Effect[]
}

export interface AlertEntry {
  severity: Severity
  /** How long it has to last. */
  for?: string
}

export type Threshold = AlertEntry & { threshold: number }

export interface AlertsFile {
  alerts: {
    response_time: Threshold
    error_rate: Threshold
    rate_limit: Threshold
    authentication_failures: Threshold
    disk_space: Threshold
    policy_rejected?: AlertEntry
    policy_expiry?: AlertEntry & { threshold: string }
    approval_not_executed?: AlertEntry & { threshold: string }
    /** Over which calls are counted. Default `5m`. */
    window?: string
    notifications: NotificationEntry[]
  }
}

export type NotificationEntry = Written<AlertNotification>

export interface Owner {
  email: string
  /** GitHub login. */
  github?: string
}

export interface OwnersFile {
  owners: Owner[]
}

export interface DecisionEntry {
  name?: string
  as: string | string[]
  does: string
  with?: Record<string, unknown>
  given?: Record<string, unknown>
  then: 'allow' | { deny: string[] } | { require_approval: { count: number; roles: string[] } }
  masks?: string[]
}

export interface DecisionsFile {
  examples: Record<string, { args: Record<string, unknown>; resolved?: Record<string, unknown> }>
  decisions: DecisionEntry[]
  indifferent?: Record<string, Record<string, string>>
}
