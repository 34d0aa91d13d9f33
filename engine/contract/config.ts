import type { ApprovalRules } from './approval-rules.ts'
import type { CallerBudget } from './budget.ts'
import type { AlertsConfig } from './config-alerts.ts'
import type { Guards } from './config-guards.ts'
import type { CallerKey, IdentityConfig } from './identity-config.ts'
import type { Effect, Permission, SensitiveKind } from './vocabulary.ts'

/**
 * `data.config` of a bundle: what Rego reads. Made from the YAML by engine/compile; maps keyed by name,
 * money in integer centavos, durations in seconds or milliseconds as the key says.
 */
export interface Config {
  rbac: {
    /** Role → what it grants. */
    roles: Record<string, Permission[]>
    callers: Record<string, RegisteredCaller>
    /** Role → how often whoever has it may ask. Absent: as often as they like. */
    budgets?: Record<string, CallerBudget>
    /** Every tool of the catalogue → the permission it asks for (tool patterns applied; only ever stricter). */
    tools: Record<string, Permission>
    /** Effect → bands in the order written, rising. */
    alcada: Partial<Record<Effect, Band[]>>
    /** Absent: DEFAULT_APPROVAL_RULES. */
    approvals?: ApprovalRules
    /** Whoever created or changed a counterparty in these days moves no money to it. Null: anybody may. */
    duties?: { window_days: number; window_ms: number } | null
    /** What may be settled in all. Null: no limit beyond the bands. */
    totals?: { window_days: number; limits: TotalLimit[] } | null
    /** Counterparty → the classes it is in. */
    counterparty_classes?: Record<string, string[]>
    /** Stopped for good: callers, persons, roles and companies by name, tools with their patterns applied. */
    revoked?: Revoked
    /** Person → roles in which they consent for somebody else, from (included) until (excluded) an instant. */
    substitutes?: Record<string, { role: string; from_ms: number; until_ms: number }[]>
  }
  security: {
    rbac_enabled: boolean
    default_role: string
    admin_approval: boolean
    /** Seconds. */
    token_rotation_s: number
    max_failures: number
    lockout_duration_s: number
    log_all_requests: boolean
    log_sensitive_data: boolean
    retention_days: number
    trail_retention_days: number
    /** Effects that no one may have here, whatever the role. */
    forbidden_effects: Effect[]
    /** Sensitive kind → roles that see it clear. A kind that is not here is masked for everyone. */
    clear_for: Partial<Record<SensitiveKind, string[]>>
    /** Absent: the embedded issuer alone. */
    identity?: IdentityConfig
    guards?: Guards
    /** How long nobody may know whether this is the newest policy. Absent: DEFAULT_STALENESS. */
    staleness?: Staleness
    /** Emergency narrowings that this bundle ends before their time, by id. */
    ended_overlays?: string[]
  }
  alerts: AlertsConfig
  /** Tool → what the catalogue says of it. */
  tools: Record<string, { entity: string; effect: Effect; money: boolean; reversible: boolean; facts: string[] }>
}

export interface Revoked {
  callers: string[]
  persons: string[]
  roles: string[]
  tools: string[]
  companies: string[]
}

/** Past the budget, in seconds, writes are refused, or everything is. */
export interface Staleness {
  budget_s: number
  deny: 'writes' | 'all'
}

/** Where security.yaml has no `staleness:`. */
export const DEFAULT_STALENESS: Readonly<Staleness> = { budget_s: 86_400, deny: 'writes' }

/** What rbac.yaml says of one agent: who answers for it, and what it may have at most. */
export interface RegisteredCaller {
  person: string
  companies: string[]
  roles: string[]
  /** Last day, YYYY-MM-DD; null: no end. */
  valid_until: string | null
  /** By which it gets tokens from the embedded issuer; absent: it cannot. */
  keys?: CallerKey[]
  /** In place of what its roles have. */
  budget?: CallerBudget
}

export interface Band {
  up_to: number
  currency: string
  approvers: number
  roles: string[]
  /** Null: for every call of the effect. Absent in bundles made before there were conditions. */
  when?: BandCondition | null
}

/** A call for which the band is meant; what is null does not matter. */
export interface BandCondition {
  /** The caller has one of these. */
  caller_roles: string[] | null
  counterparty_class: string | null
  cost_centers: string[] | null
  /** Centavos the person settles in one day, this call included. */
  day_total: number | null
  /** First and last day (YYYY-MM-DD). */
  valid_from: string | null
  valid_until: string | null
}

export interface TotalLimit {
  of: 'caller' | 'person' | 'company' | 'counterparty'
  over: 'day' | 'window'
  up_to: number
}
