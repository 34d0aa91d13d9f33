import type { Band, BandCondition, Config } from '../../contract/config.ts'
import type { Effect } from '../../contract/vocabulary.ts'
import { beside } from './pool.ts'
import type { Probe } from './probes.ts'

/**
 * What the conditions of each band ask, to be met at once, with amounts on both sides of its limit: a band for one class
 * of parties in one month is not seen by trying the class alone.
 */
export function bandProbes(configs: readonly Config[], effect: Effect): Probe[][] {
  const seen = new Set<string>()
  return configs.flatMap(({ rbac }) =>
    (rbac.alcada[effect] ?? []).flatMap((band): Probe[][] => {
      const { when } = band
      const key = JSON.stringify(band)
      if (when === null || when === undefined || seen.has(key)) return []
      seen.add(key)
      const party = Object.entries(rbac.counterparty_classes ?? {}).find(([, classes]) =>
        classes.includes(when.counterparty_class ?? ''),
      )?.[0]
      return [conditionProbes(band, when, party)]
    }),
  )
}

function conditionProbes({ up_to }: Band, when: BandCondition, party: string | undefined): Probe[] {
  const day = when.valid_from ?? when.valid_until
  return [
    { pointer: '/facts/amount', values: [up_to, ...beside(up_to).filter((value) => value !== up_to)] },
    ...(party === undefined ? [] : [{ pointer: '/facts/counterparty', values: [party] }]),
    ...(when.cost_centers === null ? [] : [{ pointer: '/facts/cost_center', values: when.cost_centers }]),
    ...(day === null ? [] : [{ pointer: '/time/date', values: [day] }]),
    ...(when.day_total === null
      ? []
      : [{ pointer: '/history/settled_today', values: [0, ...around(when.day_total - up_to)] }]),
  ]
}

function around(total: number): number[] {
  return beside(total).filter((value) => value > 0)
}
