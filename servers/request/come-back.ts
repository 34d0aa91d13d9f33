import { daysBefore, startOfDay } from '../../engine/contract/calendar.ts'
import type { Config } from '../../engine/contract/config.ts'
import type { Hours } from '../../engine/contract/config-guards.ts'
import type { Reason } from '../../engine/contract/decision.ts'
import type { DecisionInput } from '../../engine/contract/decision-input.ts'

/**
 * When the reasons of a denial will have passed by themselves, in epoch milliseconds: business hours begin, a day's
 * total begins anew, a hold ends. Null where one of them does not pass, or nobody can say when. The policy decides
 * again then; this only says when to ask.
 */
export function comesBack(reasons: readonly Reason[], input: DecisionInput, config: Config): number | null {
  const ends = reasons.map(({ code }) => endOf(code, input, config))
  return ends.length === 0 || ends.includes(null) ? null : Math.max(...ends.filter((end) => end !== null))
}

function endOf(code: string, input: DecisionInput, { rbac, security }: Config): number | null {
  const { guards } = security
  switch (code) {
    case 'outside_hours':
      return guards?.hours ? opening(guards.hours, input.time) : null
    case 'total_above_limit':
      return totalsEnd(input, rbac.totals ?? null)
    case 'rows_today_above_cap':
      return (input.facts.rows ?? 1) <= (guards?.export?.rows_per_day ?? 0) ? tomorrow(input.time) : null
    case 'bank_data_frozen': {
      const changed = input.history.bank_changed_ms
      return changed === null || !guards?.bank_freeze ? null : changed + guards.bank_freeze.hold_ms
    }
    default:
      return null
  }
}

/** Longest row of days without business that is looked over. */
const DAYS = 30

/** The next time that the hours begin. */
function opening(hours: Hours, { epoch_ms, date, weekday }: DecisionInput['time']): number | null {
  for (let ahead = 0; ahead <= DAYS; ahead += 1) {
    const day = daysBefore(date, -ahead)
    const opens = startOfDay(day, hours.zone) + hours.from * 3_600_000
    if (opens > epoch_ms && isOpen(hours, day, (weekday + ahead) % 7)) return opens
  }
  return null
}

function isOpen(
  { business_days, holidays, calendar_from, calendar_until }: Hours,
  day: string,
  weekday: number,
): boolean {
  if (!business_days) return true
  const known = calendar_from <= day && day <= calendar_until
  return known && weekday !== 0 && weekday !== 6 && holidays[day] !== true
}

function totalsEnd({ facts, history, time }: DecisionInput, totals: Config['rbac']['totals']): number | null {
  const amount = facts.amount ?? 0
  const broken = (totals?.limits ?? []).filter(({ of, over, up_to }) => history.settled[of][over] + amount > up_to)
  // A window of days moves on, and nobody says how much drops out of it. What is too much alone stays so.
  const pass = broken.length > 0 && broken.every(({ over, up_to }) => over === 'day' && amount <= up_to)
  return pass ? tomorrow(time) : null
}

function tomorrow({ date, zone }: DecisionInput['time']): number {
  return startOfDay(daysBefore(date, -1), zone)
}
