import { channelPath } from '../contract/channel.ts'
import type { ChannelWriter } from './channel.ts'
import { revisionOf } from './newest.ts'
import { PublishError } from './publish-error.ts'

export interface PublishOptions {
  channel: ChannelWriter
  erp: string
  /**
   * Makes the bundle's bytes once its revision is known. Asked again where somebody else published meanwhile.
   * @param newest the revision it comes after; more than one below it where a number was taken and never published
   */
  bundle(revision: number, newest: number): Uint8Array | Promise<Uint8Array>
  /** The revision is above this too: after a channel was lost, the newest one that servers have seen. Default 0. */
  above?: number | undefined
  /** Time to wait for another publish to end, in milliseconds. Default 30_000. */
  waitMs?: number | undefined
}

/**
 * Publishes a bundle: revision = newest in the channel + 1, by compare-and-swap.
 * @returns the revision, and where it stands
 * @throws PublishError CHANNEL_BUSY, CHANNEL_BROKEN, CHANNEL_UNCONDITIONAL, REVISION_WRONG; ChannelError
 */
export async function publishBundle(options: PublishOptions): Promise<{ revision: number; at: string }> {
  const { channel, erp, bundle, above, waitMs = 30_000 } = options
  const path = channelPath(erp)
  const at = channel.at(path)
  let revision = 0
  await channel.update(
    path,
    async (standing, taken) => {
      const newest = newestOf(standing, at, above !== undefined)
      revision = Math.max(newest, above ?? 0, taken) + 1
      const bytes = await bundle(revision, newest)
      const claimed = revisionOf(bytes, at)
      if (claimed === revision) return { bytes, number: revision }
      throw new PublishError('REVISION_WRONG', `expected a bundle of revision ${revision}, got one of ${claimed}`)
    },
    waitMs,
  )
  return { revision, at }
}

function newestOf(standing: Uint8Array | null, at: string, isTold: boolean): number {
  if (standing === null) return 0
  try {
    return revisionOf(standing, at)
  } catch (error) {
    if (isTold) return 0
    throw error
  }
}
