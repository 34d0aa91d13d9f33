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
import { type Channel, folderChannel } from './folder-channel.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { PolicyLog } from './status.ts'
import { watchChannel } from './watch.ts'

export interface OverlayFailure {
  code: string
  message: string
  at: string
}

export interface OverlayChannelOptions {
  /** Folder that bundles are published to. */
  channel: string
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
  const { erp, trust, isKnown, take, onRefused, now, log, pollMs = 1_000 } = options
  const channel = folderChannel(options.channel, erp, overlaysPath(erp))
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
  const reload = oneAtATime(async () => {
    let failed = 0
    const tried = async (work: () => Promise<void>): Promise<void> => {
      try {
        await work()
      } catch (error) {
        failed += 1
        refused(error)
      }
    }
    await tried(async () => {
      // One that is no good keeps no other out.
      for (const token of inOrder(await listed(channel))) await tried(() => takeNew(token))
    })
    if (failed === 0) lastError = null
  })
  await reload()
  const mustTry = (): boolean => lastError !== null
  const unwatch = watchChannel({ channel, pollMs, reload, mustTry, held: { tell: () => undefined } })
  return {
    lastError: () => lastError,
    reload,
    async stop() {
      unwatch()
      await reload.idle()
    },
  }
}

/** Tokens in the channel; none where there is no list. */
async function listed(channel: Channel): Promise<string[]> {
  const bytes = await channel.fetch().catch((cause: unknown) => {
    if (isMissing(cause)) return null
    const message =
      cause instanceof Error ? cause.message.replace('a bundle', 'overlays') : 'the channel cannot be read'
    throw new OverlayError('OVERLAY_UNAVAILABLE', message, { cause })
  })
  if (bytes === null) return []
  if (bytes.length > MAX_OVERLAYS_BYTES) throw new OverlayError('OVERLAY_MALFORMED', 'overlays.json is too large')
  return overlayTokens(Buffer.from(bytes).toString('utf8'))
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

function isMissing(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : null
  return cause instanceof Error && 'code' in cause && cause.code === 'ENOENT'
}
