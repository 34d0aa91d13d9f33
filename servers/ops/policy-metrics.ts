import type { MetricKinds } from './metric-kinds.ts'

/** The policy in force, as metrics tell it. */
export interface PolicyFacts {
  /** 0 when everything is denied. */
  revision: number
  /** Epoch seconds; null when everything is denied. */
  created: number | null
  /** Epoch seconds, of the last one that was in force; null where none has been. */
  expires: number | null
  /** The newest bundle of the channel was refused. */
  rejected: boolean
}

/** @param nowS epoch seconds */
export function policyMetrics(kinds: MetricKinds, facts: () => PolicyFacts, nowS: () => number): void {
  const unless = (value: number | null): number | [] => value ?? []
  kinds.gauge('alcada_policy_revision', 'Revision being enforced; 0 when everything is denied.', () => facts().revision)
  kinds.gauge('alcada_policy_age_seconds', 'Since the policy in force was built.', () => {
    const { created } = facts()
    return unless(created === null ? null : Math.max(0, nowS() - created))
  })
  kinds.gauge('alcada_policy_created_timestamp_seconds', 'When the policy in force was built.', () =>
    unless(facts().created),
  )
  kinds.gauge('alcada_policy_expires_timestamp_seconds', 'When the policy in force ends.', () =>
    unless(facts().expires),
  )
  kinds.gauge('alcada_policy_rejected', 'Whether the newest bundle of the channel was refused.', () =>
    facts().rejected ? 1 : 0,
  )
}
