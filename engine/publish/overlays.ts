import { canonicalText } from '../contract/canonical.ts'
import { overlaysPath } from '../contract/channel.ts'
import type { OverlayPayload } from '../contract/overlay-payload.ts'
import { overlayTokens, unverifiedOverlay } from '../contract/overlay-verify.ts'
import type { ChannelWriter } from './channel.ts'

export interface PublishOverlayOptions {
  channel: ChannelWriter
  erp: string
  /** Signs the overlay once its sequence is known. Asked again where somebody else published meanwhile. */
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
 * @throws PublishError CHANNEL_BUSY, CHANNEL_UNCONDITIONAL; ChannelError
 */
export async function publishOverlay(options: PublishOverlayOptions): Promise<{ sequence: number; at: string }> {
  const { channel, erp, overlay, nowMs, waitMs = 30_000 } = options
  const path = overlaysPath(erp)
  let sequence = 0
  await channel.update(
    path,
    async (standing, taken) => {
      const list = listed(standing)
      const newest = Math.max(taken, ...list.map(({ payload }) => payload.sequence))
      sequence = Math.max(newest + 1, Math.floor(nowMs / 1_000))
      const holding = list.filter(({ payload }) => Date.parse(payload.until) > nowMs).map(({ token }) => token)
      const bytes = Buffer.from(canonicalText({ overlays: [...holding, await overlay(sequence)] }))
      return { bytes, number: sequence }
    },
    waitMs,
  )
  return { sequence, at: channel.at(path) }
}

/** What can be read of the list: something else in its place keeps nobody from stopping an agent. */
function listed(standing: Uint8Array | null): { token: string; payload: OverlayPayload }[] {
  if (standing === null) return []
  try {
    return overlayTokens(Buffer.from(standing).toString('utf8')).flatMap((token) => {
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
