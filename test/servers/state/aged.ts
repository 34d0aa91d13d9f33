import type { RetentionRules } from '../../../servers/state/archiving.ts'
import { openState, type State, type StateOptions } from '../../../servers/state/state.ts'
import { DONE, payment, WEDNESDAY } from './fixtures.ts'

export const DAY = 86_400_000

/** Ninety days in the database, windows of 30 days, five years in all. */
export const RULES: RetentionRules = { live_days: 90, live_rows: 1_000_000, window_days: 30, trail_days: 1_826 }

/** Checkpoints only where they are asked for. */
export const SELDOM = {
  keyFile: null,
  anchorTokenFile: null,
  anchors: [] as string[],
  everyMs: 3_600_000,
  everyEntries: 1_000_000,
}

export interface Aged {
  state: State
  /** Days that have passed since the first entry. */
  day: number
}

/** A state whose clock a test moves. */
export async function aged(options: Partial<StateOptions> & { path: string }, day = 0): Promise<Aged> {
  const told: { day: number } = { day }
  const now = (): number => WEDNESDAY + told.day * DAY
  const state = await openState({ erp: 'omie', now, checkpoint: SELDOM, ...options })
  return Object.assign(told, { state })
}

/** Payments, two rows each. */
export async function pay(state: State, ...references: string[]): Promise<void> {
  for (const reference of references) {
    const opened = await state.open(payment({ reference }))
    if (opened.kind === 'opened') await state.close(opened.entry, DONE)
  }
}
