import { createHistogram, type RecordableHistogram } from 'node:perf_hooks'
import type { CallStanding } from '../../contract/call-standing.ts'
import { type Came, LIMITS } from './standing.ts'

export interface Latency {
  /** All in milliseconds; 0 where nothing was timed. */
  meanMs: number
  p50Ms: number
  p90Ms: number
  p95Ms: number
  p99Ms: number
  maxMs: number
}

/** Calls of one kind, and how they ended. */
export interface Tally {
  calls: number
  success: number
  failed: number
  denied: number
  latency: Latency
}

export interface Second {
  /** From the start, from 0. */
  second: number
  calls: number
  failed: number
  denied: number
  /** Most users at work in it. */
  users: number
  p95Ms: number
}

export interface ErrorCount {
  kind: string
  standing: Exclude<CallStanding, 'success'>
  count: number
  /** Where it came from, most first. */
  tools: { tool: string; count: number }[]
}

export interface Measured {
  all: Tally
  byRole: Record<string, Tally>
  byTool: Record<string, Tally>
  /** Most frequent first. */
  errors: ErrorCount[]
  seconds: Second[]
  /** Calls by how long they took: up to so many milliseconds; above the one before. */
  buckets: { upToMs: number; count: number }[]
  /** Answers that told of a limit. */
  limited: number
}

export interface Sample extends Came {
  role: string
  tool: string
  tookMs: number
  /** When it was answered, in milliseconds from the start. */
  atMs: number
  users: number
}

export interface Measure {
  add(sample: Sample): void
  calls(): number
  failed(): number
  told(): Measured
}

/** Counts calls as they are answered. Times are kept to three figures (Node's HDR histogram), denied calls' apart. */
export function openMeasure(): Measure {
  const all = tally()
  const [roles, tools] = [new Map<string, Counting>(), new Map<string, Counting>()]
  const errors = new Map<string, { standing: Exclude<CallStanding, 'success'>; tools: Map<string, number> }>()
  const seconds = new Map<number, Counting & { users: number }>()
  const buckets = new Map<number, number>()
  let limited = 0

  return {
    add(sample) {
      const second = at(seconds, Math.floor(sample.atMs / 1_000), () => ({ ...tally(), users: 0 }))
      second.users = Math.max(second.users, sample.users)
      for (const one of [all, at(roles, sample.role, tally), at(tools, sample.tool, tally), second]) count(one, sample)
      if (sample.standing !== 'denied') {
        const upTo = bucketOf(sample.tookMs)
        buckets.set(upTo, (buckets.get(upTo) ?? 0) + 1)
      }
      if (sample.standing === 'success' || sample.kind === null) return
      if (LIMITS.has(sample.kind)) limited += 1
      const { standing } = sample
      const error = at(errors, sample.kind, () => ({ standing, tools: new Map<string, number>() }))
      error.tools.set(sample.tool, (error.tools.get(sample.tool) ?? 0) + 1)
    },
    calls: () => all.calls,
    failed: () => all.failed,
    told: () => ({
      all: told(all),
      byRole: inOrder(roles),
      byTool: inOrder(tools),
      errors: [...errors].map(([kind, error]) => errorOf(kind, error)).sort((a, b) => b.count - a.count),
      seconds: [...seconds]
        .sort(([a], [b]) => a - b)
        .map(([second, one]) => ({
          ...{ second, calls: one.calls, failed: one.failed, denied: one.denied, users: one.users },
          p95Ms: told(one).latency.p95Ms,
        })),
      buckets: [...buckets].sort(([a], [b]) => a - b).map(([upToMs, count]) => ({ upToMs, count })),
      limited,
    }),
  }
}

interface Counting extends Record<'calls' | CallStanding, number> {
  /** In microseconds. */
  times: RecordableHistogram
}

/** Longest time that is told apart, in microseconds. */
const LONGEST_US = 600_000_000

function tally(): Counting {
  const times = createHistogram({ lowest: 1, highest: LONGEST_US, figures: 3 })
  return { calls: 0, success: 0, failed: 0, denied: 0, times }
}

function count(one: Counting, { standing, tookMs }: Sample): void {
  one.calls += 1
  one[standing] += 1
  // What is denied is answered at once and says nothing of how long a call takes.
  if (standing !== 'denied') one.times.record(Math.min(LONGEST_US, Math.max(1, Math.round(tookMs * 1_000))))
}

function told({ calls, success, failed, denied, times }: Counting): Tally {
  const timed = success + failed > 0
  const at = (percentile: number): number => (timed ? round(times.percentile(percentile) / 1_000) : 0)
  const [mean, max] = timed ? [times.mean, times.max] : [0, 0]
  const latency = {
    ...{ meanMs: round(mean / 1_000), p50Ms: at(50), p90Ms: at(90), p95Ms: at(95), p99Ms: at(99) },
    maxMs: round(max / 1_000),
  }
  return { calls, success, failed, denied, latency }
}

function errorOf(
  kind: string,
  { standing, tools }: { standing: Exclude<CallStanding, 'success'>; tools: ReadonlyMap<string, number> },
): ErrorCount {
  const places = [...tools].map(([tool, count]) => ({ tool, count })).sort((a, b) => b.count - a.count)
  return { kind, standing, count: places.reduce((sum, one) => sum + one.count, 0), tools: places }
}

/** 1, 2, 5, 10, 20, 50 … milliseconds. */
function bucketOf(ms: number): number {
  for (let decade = 1; ; decade *= 10) for (const step of [1, 2, 5]) if (ms <= decade * step) return decade * step
}

function inOrder(counted: ReadonlyMap<string, Counting>): Record<string, Tally> {
  return Object.fromEntries([...counted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, told(one)]))
}

function at<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key)
  if (known !== undefined) return known
  const made = make()
  map.set(key, made)
  return made
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
