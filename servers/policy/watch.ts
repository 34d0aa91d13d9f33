import type { Channel } from './folder-channel.ts'
import type { Held } from './held.ts'

/** Renames come as several notices; one look a little later serves them all. */
const SETTLE_MS = 20

export interface WatchOptions {
  channel: Channel
  /** Milliseconds between looks that need no notice. */
  pollMs: number
  reload: () => Promise<void>
  /** True while the channel is to be tried even though nothing changed in it: a key may have become valid, a disk free. */
  mustTry: () => boolean
  held: Pick<Held, 'tell'>
  /** Told when a look has shown that nothing is newer. */
  unchanged?: () => void
}

/** Reloads when the channel has changed, by notice and by asking. @returns stops it */
export function watchChannel({ channel, pollMs, reload, mustTry, held, unchanged }: WatchOptions): () => void {
  let stopped = false
  let seen: string | null | undefined
  let settling: NodeJS.Timeout | undefined
  let unwatch: (() => void) | undefined

  const look = async (): Promise<void> => {
    const version = await channel.version()
    if (stopped) return
    if (version !== seen || mustTry()) {
      seen = version
      await reload()
    } else if (version !== null) unchanged?.()
    held.tell()
  }
  const notice = (): void => {
    settling ??= setTimeout(() => {
      settling = undefined
      void look()
    }, SETTLE_MS).unref()
  }
  const poll = setInterval(() => void look(), Math.max(pollMs, 10)).unref()
  unwatch = channel.watch(notice)
  return () => {
    stopped = true
    clearInterval(poll)
    clearTimeout(settling)
    unwatch?.()
  }
}
