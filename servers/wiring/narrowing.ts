import type { Registry } from 'prom-client'
import type { ChannelSource } from '../../engine/channel/source.ts'
import type { NoticeSender } from '../ops/notice-sender.ts'
import { type OverlayMetrics, overlayMetrics } from '../ops/overlay-metrics.ts'
import type { PolicyHolder } from '../policy/status.ts'
import type { StopsNow } from '../request/stopped.ts'
import type { State } from '../state/state.ts'
import type { Failure } from './credentials-opener.ts'
import type { ForceStatus, InForce } from './in-force.ts'
import type { LiveTrust } from './live-trust.ts'
import type { Log } from './log.ts'
import { warnOfEnds } from './overlay-warnings.ts'
import { serverStatus } from './server-status.ts'
import { watchStaleness } from './staleness.ts'
import { type Stops, startStops } from './stops.ts'

export interface NarrowingOptions {
  erp: string
  channel: ChannelSource
  /** Between two looks at its overlays, in milliseconds. */
  pollMs: number
  zone: string
  trust: LiveTrust
  holder: PolicyHolder
  policy: InForce
  state: State
  send: NoticeSender
  /** What else stands in the way of the newest keys. */
  failures(): readonly (Failure | null)[]
  log: Log
  now(): number
}

/** What narrows besides the policy: emergency stops, and not knowing whether the policy is still the newest. */
export interface Narrowing {
  stops: Stops
  /** Asked on every call, before the policy is. */
  now: StopsNow
  /** How the server stands with all of it. */
  status(): ForceStatus
  /** Called when other tools are listed because of it. */
  onChange(listener: () => void): void
  /** Looks at the channel now, once for all who ask meanwhile. */
  pull(): Promise<ForceStatus>
  /** What `/health` tells of it: numbers, no names. */
  told(): { active: number; next_end: string | null; last_error: string | null }
  /** Adds its figures. */
  measure(registry: Registry): void
  stop(): Promise<void>
}

/** Throws LedgerError where what was stopped before cannot be read. */
export async function startNarrowing(options: NarrowingOptions): Promise<Narrowing> {
  const { trust, holder, policy, failures, now } = options
  let metrics: OverlayMetrics | null = null
  let wasStale = false
  const listeners: (() => void)[] = []
  const staleness = watchStaleness(holder, policy, now)
  const warnings = warnOfEnds({ ...options, onWarned: () => metrics?.warned() })
  const stops = await startStops({
    ...options,
    onTurn(overlays) {
      warnings.look(overlays)
      const stale = staleness.stop() !== null
      if (stale === wasStale) return
      wasStale = stale
      for (const listener of listeners) listener()
    },
    onRefused: (code) => metrics?.refused(code),
  })
  trust.onChange(() => void holder.trustChanged())
  const ends = (): number[] => stops.list().map(({ overlay }) => overlay.until_ms)
  const all = (): (Failure | null)[] => [trust.lastError(), stops.lastError(), ...failures()]
  const status = (): ForceStatus => serverStatus({ policy: policy.status, staleness, failures: all, now })
  return {
    stops,
    now() {
      const stale = staleness.stop()
      return stale === null ? stops.now() : [...stops.now(), stale]
    },
    status,
    onChange(listener) {
      listeners.push(listener)
      stops.onChange(listener)
    },
    async pull() {
      await Promise.all([holder.reload(), stops.reload()])
      return status()
    },
    told: () => ({
      active: ends().length,
      next_end: ends().length === 0 ? null : new Date(Math.min(...ends())).toISOString(),
      last_error: stops.lastError()?.code ?? null,
    }),
    measure(registry) {
      metrics = overlayMetrics(registry, {
        ends,
        policyAgeS: staleness.ageS,
        isStale: () => staleness.stop() !== null,
        now,
      })
    },
    async stop() {
      warnings.stop()
      await stops.stop()
    },
  }
}
