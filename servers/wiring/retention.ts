import { windowDays } from '../../engine/contract/retention.ts'
import type { State } from '../state/state.ts'
import type { InForce } from './in-force.ts'
import type { ServerLog } from './log.ts'
import { type Environment, integer } from './setting.ts'

export interface RetentionSettings {
  /** Days an entry stays in the database before it goes to an archive. */
  liveDays: number
  /** Entries' rows in the database above which the oldest go earlier. */
  liveRows: number
}

export function retentionSettings(env: Environment): RetentionSettings {
  return {
    liveDays: integer(env, 'ALCADA_LEDGER_LIVE_DAYS', 90, 1, 36_500),
    liveRows: integer(env, 'ALCADA_LEDGER_LIVE_ROWS', 1_000_000, 1, 999_999_999),
  }
}

/** Between two turns, in milliseconds. */
const TURN_MS = 3_600_000

/**
 * Keeps logs and ledger as the policy in force says: logs older than `retention_days` are removed; what is old in the ledger
 * goes to archives, and archives older than `trail_retention_days` are removed. Looks once a policy is in force, at each new one, and every hour. @returns stops it
 */
export function retention(
  state: Pick<State, 'archive'>,
  policy: InForce,
  { liveDays, liveRows }: RetentionSettings,
  log: ServerLog,
): () => Promise<void> {
  let working: Promise<void> = Promise.resolve()
  let stopped = false

  async function turn(): Promise<void> {
    const config = policy.current()?.config
    if (config === undefined || stopped) return
    log.keep(config.security.retention_days)
    const trail_days = config.security.trail_retention_days
    const window_days = windowDays(config)
    const live_days = Math.min(liveDays, trail_days)
    const done = await state.archive({ live_days, live_rows: liveRows, window_days, trail_days })
    const { segments, removed, waitsFor } = done
    if (segments > 0 || removed > 0) log.info('ledger.archived', { segments, removed })
    if (waitsFor !== null) log.warn('ledger.archiving_waits', { for: waitsFor })
  }
  const look = (): void => {
    working = working
      .then(turn)
      .catch((error: unknown) => log.error('ledger.archiving_failed', { message: String(error) }))
  }
  const timer = setInterval(look, TURN_MS)
  timer.unref()
  policy.onChange(look)
  look()
  return async () => {
    stopped = true
    clearInterval(timer)
    await working
  }
}
