import type { ChannelSource } from '../../engine/channel/source.ts'

/** Renames come as several notices; one look a little later serves them all. */
const SETTLE_MS = 20
/** A channel that fails is asked less often, down to one look in so many periods. */
const MOST_PERIODS = 8
/** However long a channel asks to be left alone. */
const LONGEST_MS = 600_000

export interface LookOptions {
  channel: ChannelSource
  /** File of the channel. */
  path: string
  /** Milliseconds between looks that need no notice. Minimum 10. */
  pollMs: number
  /** Looks; tells how it went. Never throws. */
  look(): Promise<Looked>
  /** From 0 up to 1. Default Math.random. */
  random?: (() => number) | undefined
}

/** How a look went: whether the channel answered, and how long it asked to be left alone. */
export interface Looked {
  failed: boolean
  retryAfterMs: number | null
}

/** Looks at a file of a channel again and again, and when there is a notice of a change. @returns stops it */
export function lookAgain({ channel, path, pollMs, look, random = Math.random }: LookOptions): () => void {
  let stopped = false
  let failures = 0
  let settling: NodeJS.Timeout | undefined
  let timer: NodeJS.Timeout | undefined

  const later = (delayMs: number): void => {
    if (!stopped) timer = setTimeout(() => void turn(), delayMs).unref()
  }
  const turn = async (): Promise<void> => {
    const { failed, retryAfterMs } = await look()
    failures = failed && !channel.near ? failures + 1 : 0
    later(nextLookMs({ pollMs, failures, retryAfterMs, random }))
  }
  const notice = (): void => {
    settling ??= setTimeout(() => {
      settling = undefined
      void look()
    }, SETTLE_MS).unref()
  }
  // Servers that were started together do not stay together.
  later(Math.max(pollMs, 10) * random())
  const unwatch = channel.watch(path, notice)
  return () => {
    stopped = true
    clearTimeout(timer)
    clearTimeout(settling)
    unwatch()
  }
}

export interface NextLook {
  pollMs: number
  /** Looks in a row that failed. */
  failures: number
  /** What the channel asked for; null: nothing. */
  retryAfterMs: number | null
  random(): number
}

/** Milliseconds until the next look: a period give or take a fifth, longer while the channel fails or asks for it. */
export function nextLookMs({ pollMs, failures, retryAfterMs, random }: NextLook): number {
  const periods = Math.min(2 ** Math.max(0, failures - 1), MOST_PERIODS)
  const wanted = Math.max(pollMs, 10) * periods * (0.8 + 0.4 * random())
  // Nobody comes back early, nor all at the same instant.
  const asked = retryAfterMs === null ? 0 : Math.min(retryAfterMs, LONGEST_MS) * (1 + 0.2 * random())
  return Math.max(wanted, asked)
}
