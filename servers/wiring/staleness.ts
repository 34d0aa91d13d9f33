import { DEFAULT_STALENESS, type Staleness } from '../../engine/contract/config.ts'
import { stopsOf } from '../../engine/contract/overlay.ts'
import { EFFECTS } from '../../engine/contract/vocabulary.ts'
import type { PolicyHolder } from '../policy/status.ts'
import type { Stop } from '../request/stopped.ts'
import type { InForce } from './in-force.ts'

export interface StalenessWatch {
  /** What is refused because nobody knows whether this is still the policy; null: it is known well enough. */
  stop(): Stop | null
  /** Seconds since the channel last showed that nothing is newer; null: it never did. */
  ageS(): number | null
  deniesAll(): boolean
}

const WRITES = EFFECTS.filter((effect) => effect !== 'read')

/** Follows `staleness:` of the security.yaml in force. */
export function watchStaleness(
  holder: Pick<PolicyHolder, 'confirmedMs'>,
  policy: Pick<InForce, 'current'>,
  now: () => number,
): StalenessWatch {
  const ageS = (): number | null => {
    const confirmedMs = holder.confirmedMs()
    return confirmedMs === 0 ? null : Math.max(0, (now() - confirmedMs) / 1_000)
  }
  const over = (): Staleness | null => {
    const active = policy.current()
    if (active === null) return null
    const budget = active.config.security.staleness ?? DEFAULT_STALENESS
    return (ageS() ?? Number.POSITIVE_INFINITY) > budget.budget_s ? budget : null
  }
  return {
    ageS,
    deniesAll: () => over()?.deny === 'all',
    stop() {
      const budget = over()
      if (budget === null) return null
      const what = budget.deny === 'all' ? 'nothing is done' : 'nothing is changed'
      const reason = `whether a newer policy exists has not been known for more than ${budget.budget_s} seconds, so ${what}`
      const stops = stopsOf(budget.deny === 'all' ? { all: true } : { effects: WRITES })
      return { code: 'policy_stale', stops, within: null, reason, until_ms: null }
    },
  }
}
