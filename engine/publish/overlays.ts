import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { canonicalText } from '../contract/canonical.ts'
import { overlaysPath } from '../contract/channel.ts'
import type { OverlayPayload } from '../contract/overlay-payload.ts'
import { overlayTokens, unverifiedOverlay } from '../contract/overlay-verify.ts'
import { withLock } from './lock.ts'
import { replaceFile } from './replace-file.ts'

export interface PublishOverlayOptions {
  /** Root of the folder channel. Made where it is missing. */
  channelDir: string
  erp: string
  /** Signs the overlay once its sequence is known. Nobody else publishes to this ERP meanwhile. */
  overlay(sequence: number): Promise<string>
  /** Epoch milliseconds. */
  nowMs: number
  /** Time to wait for another publish to end, in milliseconds. Default 30_000. */
  waitMs?: number
}

/**
 * Puts an overlay beside the bundle of an ERP, after those that still hold: none of them is taken away.
 * Its sequence is the second it is made in, or one above the newest: it rises even where the list was lost, for a
 * stop that servers take for an old one would stop nothing.
 * @throws PublishError CHANNEL_BUSY
 */
export async function publishOverlay(options: PublishOverlayOptions): Promise<{ sequence: number; path: string }> {
  const { channelDir, erp, overlay, nowMs, waitMs = 30_000 } = options
  const path = join(channelDir, overlaysPath(erp))
  await mkdir(dirname(path), { recursive: true })
  return withLock(join(dirname(path), '.lock'), waitMs, async () => {
    const standing = await listed(path)
    const newest = Math.max(0, ...standing.map(({ payload }) => payload.sequence))
    const sequence = Math.max(newest + 1, Math.floor(nowMs / 1_000))
    const holding = standing.filter(({ payload }) => Date.parse(payload.until) > nowMs).map(({ token }) => token)
    await replaceFile(path, canonicalText({ overlays: [...holding, await overlay(sequence)] }))
    return { sequence, path }
  })
}

/** What can be read of the list: something else in its place keeps nobody from stopping an agent. */
async function listed(path: string): Promise<{ token: string; payload: OverlayPayload }[]> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{"overlays":[]}'
    throw error
  })
  try {
    return overlayTokens(text).flatMap((token) => {
      try {
        return [{ token, payload: unverifiedOverlay(token) }]
      } catch {
        return []
      }
    })
  } catch {
    return []
  }
}
