import type { Config } from './config.ts'
import type { Facts } from './decision-input.ts'
import type { Effect } from './vocabulary.ts'

/** Two limits of the policies, in centavos, that an amount stands between. Null: there is none on that side. */
export interface Band {
  above: number | null
  up_to: number | null
  currency: string
}

/** The limits nearest to the amount of all that the policies have for this effect and currency: never the amount itself. */
export function bandOf(
  configs: readonly Config[],
  effect: Effect,
  { amount, currency }: Pick<Facts, 'amount' | 'currency'>,
): Band | null {
  if (amount === null) return null
  const bands = configs.flatMap(({ rbac }) => rbac.alcada[effect] ?? []).filter((band) => band.currency === currency)
  if (bands.length === 0) return null
  const limits = bands.map(({ up_to }) => up_to)
  const below = limits.filter((limit) => limit < amount)
  const over = limits.filter((limit) => limit >= amount)
  return {
    above: below.length === 0 ? null : Math.max(...below),
    up_to: over.length === 0 ? null : Math.min(...over),
    currency,
  }
}
