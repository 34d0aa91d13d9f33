import type { AlertsInput } from '../../engine/contract/decision-input.ts'
import type { Counted } from './call-window.ts'

/** What one replica puts down for the one that judges. */
export interface AlertFigures extends Counted {
  /** Whether it has counted for a whole window. */
  whole: boolean
  /** Source → failures to authenticate in a row; the longest runs. */
  runs: Record<string, number>
  /** 0 to 1; null where it cannot be seen. */
  disk: number | null
  rejected: boolean
  /** Until its policy ends. */
  expires_s: number
  approved_wait_s: number
}

const NUMBERS = ['total', 'failed', 'denied', 'timed', 'seconds', 'hits', 'expires_s', 'approved_wait_s'] as const

/** What replicas have put down; what is not of this shape is of another version, and left out. */
export function readFigures(texts: readonly string[]): AlertFigures[] {
  return texts.map((text): unknown => JSON.parse(text)).filter(isFigures)
}

function isFigures(value: unknown): value is AlertFigures {
  if (typeof value !== 'object' || value === null) return false
  const fields: Record<string, unknown> = { ...value }
  const { disk, runs, whole, rejected } = fields
  if (!NUMBERS.every((name) => typeof fields[name] === 'number')) return false
  if (typeof whole !== 'boolean' || typeof rejected !== 'boolean') return false
  if (typeof runs !== 'object' || runs === null) return false
  return (disk === null || typeof disk === 'number') && Object.values(runs).every((run) => typeof run === 'number')
}

/** The window of the ERP's servers together. Runs of one source add up; of the rest the worst counts. */
export function windowOf(replicas: readonly AlertFigures[], windowS: number): AlertsInput['window'] {
  const sum = (of: (one: AlertFigures) => number): number => replicas.reduce((all, one) => all + of(one), 0)
  const timed = sum((one) => one.timed)
  const runs = new Map<string, number>()
  for (const [source, run] of replicas.flatMap((one) => Object.entries(one.runs))) {
    runs.set(source, (runs.get(source) ?? 0) + run)
  }
  return {
    total: sum((one) => one.total),
    failed: sum((one) => one.failed),
    denied: sum((one) => one.denied),
    response_time_s: timed === 0 ? 0 : sum((one) => one.seconds) / timed,
    rate_limit_hits_per_minute: (sum((one) => one.hits) * 60) / windowS,
    authentication_failures: Math.max(0, ...runs.values()),
    disk_used: Math.max(0, ...replicas.map((one) => one.disk ?? 0)),
    policy_rejected: replicas.some((one) => one.rejected),
    policy_expires_in_s: Math.max(0, Math.min(...replicas.map((one) => one.expires_s))),
    approved_wait_s: Math.max(0, ...replicas.map((one) => one.approved_wait_s)),
  }
}
