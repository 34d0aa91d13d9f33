import { ChannelError, type ChannelSource } from '../../engine/channel/source.ts'
import type { Trust } from '../../engine/contract/bundle-claims.ts'
import { sha256 } from '../../engine/contract/canonical.ts'
import { overlaysPath } from '../../engine/contract/channel.ts'
import { OverlayError } from '../../engine/contract/overlay-error.ts'
import {
  MAX_OVERLAYS_BYTES,
  overlayTokens,
  type SignedOverlay,
  unverifiedOverlay,
  verifyOverlay,
} from '../../engine/contract/overlay-verify.ts'
import { follow } from './follow.ts'
import type { PolicyLog } from './status.ts'

export interface OverlayFailure {
  code: string
  message: string
  at: string
}

export interface OverlayChannelOptions {
  /** Where bundles are published to. */
  channel: ChannelSource
  erp: string
  /** The keys trusted now. */
  trust(): Trust
  /** One that was taken before: its key may have ended since. */
  isKnown(digest: string): boolean
  /** Brings one into force. Throws OverlayError OVERLAY_REPLAYED, OVERLAY_UNRECORDED. */
  take(signed: SignedOverlay): Promise<void>
  /** Hears of each refusal once. */
  onRefused(code: string): void
  /** Epoch milliseconds. */
  now(): number
  /** Between looks that need no notice of a change, in milliseconds. Default 1_000. */
  pollMs?: number
  log: PolicyLog
}

export interface OverlayChannel {
  /** Why the newest overlays, or one of them, were not taken. Those in force stay. */
  lastError(): OverlayFailure | null
  /** Looks now. Never throws. */
  reload(): Promise<void>
  stop(): Promise<void>
}

/** Follows `overlays.json` beside the bundle. What it held once is not given up because it is gone from there. */
export async function followOverlays(options: OverlayChannelOptions): Promise<OverlayChannel> {
  const { channel, erp, trust, isKnown, take, onRefused, now, log, pollMs = 1_000 } = options
  let lastError: OverlayFailure | null = null

  const refused = (error: unknown): void => {
    const { code, message } =
      error instanceof OverlayError ? error : new OverlayError('OVERLAY_MALFORMED', 'the overlays could not be read')
    if (lastError?.code === code && lastError.message === message) return
    lastError = { code, message, at: new Date(now()).toISOString() }
    log.warn('overlay.refused', { code, message })
    onRefused(code)
  }
  const takeNew = async (token: string): Promise<void> => {
    if (isKnown(sha256(token)) || Date.parse(unverifiedOverlay(token).until) <= now()) return
    await take(verifyOverlay(token, { erp, trust: trust(), nowMs: now() }))
  }
  const following = follow({
    ...{ channel, path: overlaysPath(erp), maxBytes: MAX_OVERLAYS_BYTES, pollMs },
    async take(bytes) {
      let failure: unknown = null
      // One that is no good keeps no other out.
      for (const token of bytes === null ? [] : inOrder(overlayTokens(Buffer.from(bytes).toString('utf8')))) {
        await takeNew(token).catch((error: unknown) => {
          refused(error)
          failure = error
        })
      }
      if (failure !== null) throw failure
    },
    onConfirmed: async () => {
      lastError = null
    },
    onFailed: (error) => refused(unavailable(error)),
  })
  await following.look()
  following.start()
  return { lastError: () => lastError, reload: following.look, stop: following.stop }
}

function unavailable(error: unknown): unknown {
  if (!(error instanceof ChannelError)) return error
  const code = error.code === 'CHANNEL_TOO_LARGE' ? 'OVERLAY_MALFORMED' : 'OVERLAY_UNAVAILABLE'
  return new OverlayError(code, error.message, { cause: error })
}

/** By what they claim: a list in another order loses none. */
function inOrder(tokens: readonly string[]): string[] {
  const sequence = (token: string): number => {
    try {
      return unverifiedOverlay(token).sequence
    } catch {
      return 0
    }
  }
  return tokens
    .map((token) => ({ token, at: sequence(token) }))
    .sort((a, b) => a.at - b.at)
    .map(({ token }) => token)
}
