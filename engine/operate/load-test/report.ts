import type { Run } from './run.ts'
import type { Threshold } from './thresholds.ts'

/** What a load test found, as JSON has it and text and HTML show it. */
export interface LoadReport {
  erp: string
  /** Address of the MCP endpoint. */
  target: string
  /** own: a server started for this, before a stand-in; given: one that ran already, and only reads were sent. */
  server: 'own' | 'given'
  /** ISO 8601. */
  began: string
  users: number
  /** By role. */
  usersByRole: Record<string, number>
  /** Asked for, in seconds. */
  durationS: number
  rampS: number
  /** Calls a second, over the whole time. */
  perSecond: number
  run: Run
  /** Whether the server's own count of limits was read, or the answers that told of one were counted. */
  hitsFrom: 'server' | 'answers'
  thresholds: Threshold[]
}

const NAMES = { response_time: 'response time (mean)', error_rate: 'error rate', rate_limit: 'limits hit' } as const

/** `response time (mean)`, as people read it. */
export function thresholdName({ alert }: Threshold): string {
  return NAMES[alert]
}

/** `0.412 s`, `1.2 %`, `3/min`. */
export function inUnit(value: number, unit: Threshold['unit']): string {
  if (unit === 'ratio') return `${Math.round(value * 1_000) / 10} %`
  return unit === 's' ? `${Math.round(value * 1_000) / 1_000} s` : `${value}/min`
}
