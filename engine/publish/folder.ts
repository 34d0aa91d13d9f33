import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { channelPath } from '../contract/channel.ts'
import { withLock } from './lock.ts'
import { newestRevision, revisionOf } from './newest.ts'
import { PublishError } from './publish-error.ts'
import { replaceFile } from './replace-file.ts'

export interface PublishOptions {
  /** Root of the folder channel. Made where it is missing. */
  channelDir: string
  erp: string
  /** Makes the bundle's bytes once its revision is known. Nobody else publishes to this ERP meanwhile. */
  bundle(revision: number): Uint8Array | Promise<Uint8Array>
  /** The revision is above this too: after a channel was lost, the newest one that servers have seen. Default 0. */
  above?: number | undefined
  /** Time to wait for another publish to end, in milliseconds. Default 30_000. */
  waitMs?: number | undefined
}

/**
 * Publishes to a folder channel: revision = newest + 1, compared and swapped under a lock, the file replaced atomically.
 * A reader sees the old bundle or the new one, whole.
 * @returns the revision, and the file it stands in
 * @throws PublishError CHANNEL_BUSY, CHANNEL_BROKEN, REVISION_WRONG
 */
export async function publishToFolder(options: PublishOptions): Promise<{ revision: number; path: string }> {
  const { channelDir, erp, bundle, above, waitMs = 30_000 } = options
  const path = join(channelDir, channelPath(erp))
  await mkdir(dirname(path), { recursive: true })
  return withLock(join(dirname(path), '.lock'), waitMs, async () => {
    const newest = await newestRevision(path).catch((error: unknown) => {
      if (above === undefined) throw error
      return 0
    })
    const revision = Math.max(newest, above ?? 0) + 1
    const bytes = await bundle(revision)
    const claimed = revisionOf(bytes, path)
    if (claimed !== revision) {
      throw new PublishError('REVISION_WRONG', `expected a bundle of revision ${revision}, got one of ${claimed}`)
    }
    await replaceFile(path, bytes)
    return { revision, path }
  })
}
