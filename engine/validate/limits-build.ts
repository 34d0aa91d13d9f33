import { daysBefore, startOfDay } from '../contract/calendar.ts'
import type { Band, BandCondition, Config, TotalLimit } from '../contract/config.ts'
import { centavosOf } from '../contract/money.ts'
import type { BandEntry, RbacFile, TotalsEntry } from './policy-files.ts'

type Rbac = RbacFile['rbac']

const DAY_MS = 86_400_000

/** A band in centavos, with its conditions or null where there are none. */
export function bandOf({ up_to, currency, approvers, roles = [], ...conditions }: BandEntry): Band {
  return { up_to: certain(up_to), currency, approvers, roles, when: conditionOf(conditions) }
}

/** What rbac.yaml says besides roles and bands, as Rego reads it. */
export function limitsOf(
  { duties, totals, counterparty_classes = {}, substitutes = [] }: Rbac,
  zone: string,
): Required<Pick<Config['rbac'], 'duties' | 'totals' | 'counterparty_classes' | 'substitutes'>> {
  const classes: Record<string, string[]> = {}
  for (const [name, members] of Object.entries(counterparty_classes)) {
    for (const member of members) classes[member] = [...(classes[member] ?? []), name].sort()
  }
  const people: NonNullable<Config['rbac']['substitutes']> = {}
  for (const { person, role, from, until } of substitutes) {
    // The last day counts: it ends where the next begins.
    const standIn = { role, from_ms: startOfDay(from, zone), until_ms: startOfDay(daysBefore(until, -1), zone) }
    people[person] = [...(people[person] ?? []), standIn]
  }
  return {
    duties: duties === undefined ? null : { ...duties, window_ms: duties.window_days * DAY_MS },
    totals: totals === undefined ? null : { window_days: totals.window_days, limits: totalsOf(totals) },
    counterparty_classes: sorted(classes),
    substitutes: sorted(people),
  }
}

function conditionOf(entry: Omit<BandEntry, 'up_to' | 'currency' | 'approvers' | 'roles'>): BandCondition | null {
  if (Object.keys(entry).length === 0) return null
  const { caller_roles, counterparty_class, cost_centers, day_total, valid_from, valid_until } = entry
  return {
    caller_roles: caller_roles ?? null,
    counterparty_class: counterparty_class ?? null,
    cost_centers: cost_centers ?? null,
    day_total: day_total === undefined ? null : certain(day_total),
    valid_from: valid_from ?? null,
    valid_until: valid_until ?? null,
  }
}

function totalsOf(totals: TotalsEntry): TotalLimit[] {
  return (['caller', 'person', 'company', 'counterparty'] as const).flatMap((of) =>
    (['day', 'window'] as const).flatMap((over) => {
      const up_to = totals[of]?.[over]
      return up_to === undefined ? [] : [{ of, over, up_to: certain(up_to) }]
    }),
  )
}

function sorted<Value>(map: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)))
}

/** The shape was checked before: an amount that cannot be read is our mistake, not the user's. */
function certain(reais: number): number {
  const centavos = centavosOf(reais)
  if (centavos === null) throw new Error('an amount passed its check and cannot be read')
  return centavos
}
