import { Counter, Gauge, type Registry } from 'prom-client'

export interface OverlayMetrics {
  /** A check that one from the channel did not pass. */
  refused(code: string): void
  /** It was said that one is about to end. */
  warned(): void
}

export interface OverlayMetricsSources {
  /** Ends of those in force, epoch milliseconds. */
  ends(): readonly number[]
  /** Seconds since the channel last showed that nothing is newer; null: never. */
  policyAgeS(): number | null
  isStale(): boolean
  now(): number
}

/** Emergency narrowings and the age of what is known of the policy, in a server's own registry. */
export function overlayMetrics(registry: Registry, sources: OverlayMetricsSources): OverlayMetrics {
  const registers = [registry]
  const gauge = (name: string, help: string, read: () => number): void => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  }
  const { ends, policyAgeS, isStale, now } = sources
  gauge('alcada_overlays', 'Emergency narrowings in force.', () => ends().length)
  gauge('alcada_overlay_first_end_seconds', 'Until the first of them ends; 0 without any.', () =>
    ends().length === 0 ? 0 : Math.max(0, (Math.min(...ends()) - now()) / 1_000),
  )
  gauge(
    'alcada_policy_confirmed_age_seconds',
    'Since the channel last showed that nothing is newer; +Inf: never.',
    () => policyAgeS() ?? Number.POSITIVE_INFINITY,
  )
  gauge('alcada_policy_stale', '1 while calls are refused because of that age.', () => (isStale() ? 1 : 0))
  const refusals = new Counter({
    name: 'alcada_overlays_refused_total',
    help: 'Overlays of the channel that were not taken, by the check that failed.',
    labelNames: ['code'],
    registers,
  })
  const warnings = new Counter({
    name: 'alcada_overlay_end_warnings_total',
    help: 'Warnings that an overlay is about to end.',
    registers,
  })
  return { refused: (code) => refusals.inc({ code }), warned: () => warnings.inc() }
}
