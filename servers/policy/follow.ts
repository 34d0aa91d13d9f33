import { ChannelError, type ChannelSource } from '../../engine/channel/source.ts'
import { type Looked, lookAgain } from './look.ts'
import { type OneAtATime, oneAtATime } from './one-at-a-time.ts'

export interface FollowOptions {
  channel: ChannelSource
  /** File of the channel. */
  path: string
  maxBytes: number
  /** Milliseconds between looks that need no notice. */
  pollMs: number
  /** Takes what stands there; null: nothing does. Throws when it is not taken: it is given again at each look until it is. */
  take(bytes: Uint8Array | null): Promise<void>
  /** Told after every look that came to an end: the channel holds nothing newer. */
  onConfirmed(): Promise<void>
  onFailed(error: unknown): void
  /** Told after every look. */
  onLooked?(): void
  random?: (() => number) | undefined
}

export interface Follow {
  /** Looks now. Never throws. However many ask meanwhile, one more look serves them all. */
  look: OneAtATime
  /** Looks now, and takes what stands there again even where it is the same: what it is judged by has changed. */
  again(): Promise<void>
  /** Begins to look by itself. */
  start(): void
  stop(): Promise<void>
}

/** Follows one file of a channel. What was read once is not sent again, and what was taken once is not taken again. */
export function follow(options: FollowOptions): Follow {
  const { channel, path, maxBytes, take, onConfirmed, onFailed, onLooked = () => undefined } = options
  let last: { bytes: Uint8Array; version: string } | null = null
  let taken = false
  let looked: Looked = { failed: false, retryAfterMs: null }
  let stopLooking = (): void => undefined

  const look = oneAtATime(async () => {
    looked = { failed: false, retryAfterMs: null }
    try {
      const found = await channel.read(path, { maxBytes, known: last?.version })
      if (found !== 'unchanged') {
        last = found
        taken = false
      }
      if (!taken || last === null) {
        await take(last?.bytes ?? null)
        taken = true
      }
      await onConfirmed()
    } catch (error) {
      if (error instanceof ChannelError) looked = { failed: true, retryAfterMs: error.retryAfterMs }
      onFailed(error)
    }
    onLooked()
  })
  return {
    look,
    again() {
      taken = false
      return look()
    },
    start() {
      stopLooking = lookAgain({ ...options, look: () => look().then(() => looked) })
    },
    async stop() {
      stopLooking()
      await look.idle()
    },
  }
}
