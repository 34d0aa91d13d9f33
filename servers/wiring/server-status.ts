import type { Failure } from './credentials-opener.ts'
import type { ForceStatus } from './in-force.ts'
import type { StalenessWatch } from './staleness.ts'

export interface StatusSources {
  policy(): ForceStatus
  staleness: StalenessWatch
  /** What else stands in the way of the newest keys, tokens and overlays. */
  failures(): readonly (Failure | null)[]
  /** Epoch milliseconds. */
  now(): number
}

/** How the server stands in all: as its policy does, unless its keys, overlays or the channel's silence say otherwise. */
export function serverStatus({ policy, staleness, failures, now }: StatusSources): ForceStatus {
  const told = policy()
  if (told.state === 'denying') return told
  const stale = staleness.stop()
  const at = new Date(now() - 1_000 * (staleness.ageS() ?? 0)).toISOString()
  const ours = stale === null ? null : { code: 'POLICY_STALE', message: stale.reason, at }
  const lastError = ours ?? told.lastError ?? failures().find((failure) => failure !== null) ?? null
  if (staleness.deniesAll()) return { ...told, state: 'denying', lastError }
  return { ...told, state: lastError === null ? told.state : 'degraded', lastError }
}
