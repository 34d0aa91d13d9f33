import { type Measured, openMeasure } from './measure.ts'
import type { User } from './user.ts'

export interface RunOptions {
  users: readonly User[]
  /** From the first call on, in milliseconds; the ramp-up is part of it. */
  durationMs: number
  /** Over how long users come to work one after the other, in milliseconds. */
  rampMs: number
  /** Mean time between an answer and the next call, in milliseconds. */
  pauseMs: number
  /** Ends it early: what was measured until then is told. */
  signal: AbortSignal
  /** Told once a second. */
  progress?: (now: Progress) => void
}

export interface Progress {
  seconds: number
  users: number
  calls: number
  failed: number
}

export interface Run extends Measured {
  /** How long calls were made, in seconds. */
  tookS: number
  /** Calls without an answer when it ended, counted nowhere else. */
  unanswered: number
  stopped: boolean
}

/** How long calls that are under way at the end may still take, in milliseconds. */
const GRACE_MS = 2_000

/** Lets the users work at the same time. Never throws for what a call comes to. */
export async function runLoad({ users, durationMs, rampMs, pauseMs, signal, progress }: RunOptions): Promise<Run> {
  const measure = openMeasure()
  const began = performance.now()
  const since = (): number => performance.now() - began
  const ending = AbortSignal.any([signal, AbortSignal.timeout(durationMs)])
  const cut = new AbortController()
  let [working, underWay] = [0, 0]

  async function work(user: User, index: number): Promise<void> {
    await pause((rampMs * index) / users.length, ending)
    working += 1
    while (!ending.aborted) {
      const from = since()
      underWay += 1
      const { tool, standing, kind } = await user.act(cut.signal)
      // Calls that were cut off at the end, or whose server ended with us, tell nothing.
      if (cut.signal.aborted || (signal.aborted && standing === 'failed')) break
      underWay -= 1
      measure.add({ role: user.role, tool, standing, kind, tookMs: since() - from, atMs: since(), users: working })
      await pause(pauseMs * (0.5 + Math.random()), ending)
    }
    working -= 1
  }

  const tell = (): void =>
    progress?.({ seconds: since() / 1_000, users: working, calls: measure.calls(), failed: measure.failed() })
  const ticking = setInterval(tell, 1_000)
  const end = aborted(ending).then(() => {
    setTimeout(() => cut.abort(), GRACE_MS).unref()
    return Math.round(since()) / 1_000
  })
  await Promise.all(users.map(work))
  clearInterval(ticking)
  await Promise.allSettled(users.map((user) => user.close()))
  return { ...measure.told(), tookS: await end, unanswered: underWay, stopped: signal.aborted }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted || ms <= 0) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done)
  })
}
