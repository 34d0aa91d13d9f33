import type { Effect } from './vocabulary.ts'

/** `security.guards` of a bundle. A guard that is null is switched off. */
export interface Guards {
  bank_freeze: BankFreeze | null
  deletes: Deletes | null
  period_lock: PeriodLock | null
  export: ExportCap | null
  duplicates: Duplicates | null
  hours: Hours | null
}

/** A change of bank data needs consent, and payments to that party wait. */
export interface BankFreeze {
  approvers: number
  roles: string[]
  hold_ms: number
}

/** Who may not delete, and how much of a reason inactivating takes. */
export interface Deletes {
  forbidden_to: ('agent' | 'human')[]
  reason_min_length: number
}

/** Company → last day of its closed books. */
export interface PeriodLock {
  locked_until: Record<string, string>
}

export interface ExportCap {
  rows_per_call: number
  rows_per_day: number
  /** Entities whose rows of a day are counted. */
  entities: string[]
  /** Entities of which no unfiltered list is given. */
  filter_required: string[]
}

export interface Duplicates {
  window_days: number
  approvers: number
  roles: string[]
}

export interface Hours {
  effects: Effect[]
  business_days: boolean
  /** Hours of the day, from 0: `from` is the first that counts, `until` the first that does not. */
  from: number
  until: number
  /** IANA name. The server's dates and hours are those of this zone. */
  zone: string
  /** Date → true. */
  holidays: Record<string, true>
  /** First and last day the holidays are known for. */
  calendar_from: string
  calendar_until: string
}

/** Where nothing else is said: the zone of dates, hours and days that totals are counted by. */
export const DEFAULT_ZONE = 'America/Sao_Paulo'

/** Nothing is guarded: what a bundle without `guards` means. */
export const NO_GUARDS: Guards = {
  bank_freeze: null,
  deletes: null,
  period_lock: null,
  export: null,
  duplicates: null,
  hours: null,
}
