import { CALENDAR, nationalHolidays } from '../contract/calendar.ts'
import { DEFAULT_ZONE, type Guards, type Hours } from '../contract/config-guards.ts'
import { secondsOf } from './duration.ts'
import type { GuardsEntry } from './policy-files.ts'

/** The guards as Rego reads them: each there, null where it is switched off, with its defaults and its holidays. */
export function guardsOf(entry: GuardsEntry = {}): Guards {
  const { bank_freeze, deletes, period_lock, export: rows, duplicates, hours } = entry
  return {
    bank_freeze:
      bank_freeze === undefined
        ? null
        : {
            approvers: bank_freeze.approvers,
            roles: bank_freeze.roles,
            hold_ms: (secondsOf(bank_freeze.hold) ?? Number.MAX_SAFE_INTEGER / 1000) * 1000,
          },
    deletes:
      deletes === undefined
        ? null
        : { forbidden_to: deletes.forbidden_to, reason_min_length: deletes.reason_min_length ?? 1 },
    period_lock: period_lock ?? null,
    export: rows === undefined ? null : { ...rows, filter_required: rows.filter_required ?? [] },
    duplicates: duplicates ?? null,
    hours: hours === undefined ? null : hoursOf(hours),
  }
}

function hoursOf({
  effects,
  business_days,
  from,
  until,
  zone,
  holidays = [],
}: NonNullable<GuardsEntry['hours']>): Hours {
  const free = business_days ? [...new Set([...nationalHolidays(), ...holidays])].sort() : []
  return {
    effects,
    business_days,
    from,
    until,
    zone: zone ?? DEFAULT_ZONE,
    holidays: Object.fromEntries(free.map((day) => [day, true as const])),
    calendar_from: CALENDAR.from,
    calendar_until: CALENDAR.until,
  }
}
