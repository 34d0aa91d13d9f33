import type { Config } from '../../contract/config.ts'

/**
 * Values worth trying at a place whose rule compares it with something that is only known while deciding: everything
 * that the configuration of either side says of such a place, and its neighbours.
 */
export function pool(pointer: string, configs: readonly Config[], amount: number | null): unknown[] {
  // Totals bear on calls that move money; where a rule compares one with a number of its own, that number is tried.
  if (amount === null && pointer.startsWith('/history/settled')) return []
  const amounts = amountsIn(configs)
  switch (pointer) {
    case '/facts/amount':
    case '/facts/open_amount':
      return amounts.flatMap(beside)
    case '/history/settled_today':
    case '/history/settled/caller/day':
    case '/history/settled/person/day':
    case '/history/settled/company/day':
    case '/history/settled/counterparty/day':
    case '/history/settled/caller/window':
    case '/history/settled/person/window':
    case '/history/settled/company/window':
    case '/history/settled/counterparty/window':
      return amounts.flatMap((each) => beside(each - (amount ?? 0))).filter((each) => each >= 0)
    case '/history/rows_today':
    case '/facts/rows':
      return numbersIn(configs.map(({ security }) => security.guards?.export))
        .flatMap(beside)
        .filter((each) => each >= 0)
    case '/caller/token_age_s':
      return configs.flatMap(({ security }) => beside(security.token_rotation_s))
    case '/time/hour':
      return numbersIn(configs.map(({ security }) => security.guards?.hours))
        .flatMap(beside)
        .filter((hour) => hour >= 0 && hour < 24)
    case '/time/weekday':
      return [0, 1, 2, 3, 4, 5, 6]
    case '/time/date':
    case '/facts/due_date':
    case '/facts/accrual_date':
    case '/facts/issue_date':
      return textsIn(configs, DAY).flatMap(days)
    case '/facts/currency':
      return [...new Set([...textsIn(configs, /^[A-Z]{3}$/), 'USD'])]
    case '/facts/counterparty':
      return [...new Set(configs.flatMap(({ rbac }) => Object.keys(rbac.counterparty_classes ?? {})))]
    case '/facts/cost_center':
      return [...new Set(configs.flatMap(costCenters))]
    case '/caller/kind':
      return ['agent', 'human']
    default:
      return []
  }
}

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Sorted, every number of the configuration once. */
export function numbersIn(value: unknown): number[] {
  return [...new Set(leaves(value).filter((each) => typeof each === 'number'))].sort((a, b) => a - b)
}

/** Sorted, every amount that the configuration draws a line at, in centavos. */
export function amountsIn(configs: readonly Config[]): number[] {
  return numbersIn(
    configs.flatMap(({ rbac }) => [
      ...Object.values(rbac.alcada).flatMap((bands) =>
        (bands ?? []).flatMap(({ up_to, when }) => [up_to, when?.day_total]),
      ),
      ...(rbac.totals?.limits ?? []).map(({ up_to }) => up_to),
    ]),
  )
}

export function beside(value: number): number[] {
  return [value - 1, value, value + 1]
}

function textsIn(value: unknown, pattern: RegExp): string[] {
  const texts = leaves(value).filter((each): each is string => typeof each === 'string' && pattern.test(each))
  return [...new Set(texts)].sort()
}

function leaves(value: unknown): unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(leaves) : [value]
}

function days(day: string): string[] {
  const at = Date.parse(`${day}T12:00:00Z`)
  return [-1, 0, 1].map((offset) => new Date(at + offset * 86_400_000).toISOString().slice(0, 10))
}

function costCenters({ rbac }: Config): string[] {
  return Object.values(rbac.alcada).flatMap((bands) => (bands ?? []).flatMap(({ when }) => when?.cost_centers ?? []))
}
