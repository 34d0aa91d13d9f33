import { ChannelError, type ChannelSource } from '../../engine/channel/source.ts'
import type { Trust } from '../../engine/contract/bundle-claims.ts'
import { BundleError } from '../../engine/contract/bundle-error.ts'
import { MAX_BUNDLE_BYTES, type VerifyOptions, verifyBundle } from '../../engine/contract/bundle-verify.ts'
import { channelPath } from '../../engine/contract/channel.ts'
import { isDevelopmentTrust } from '../../engine/contract/trust.ts'
import { instantiate } from './activate.ts'
import { follow } from './follow.ts'
import { openFreshness } from './freshness.ts'
import { Held } from './held.ts'
import { checkRevision, openMemory } from './memory.ts'
import type { PolicyHolder, PolicyLog } from './status.ts'

export interface StartPolicyOptions {
  /** Where bundles are published to. */
  channel: ChannelSource
  erp: string
  /** The keys trusted, or what tells them as they are now. */
  trust: Trust | (() => Trust)
  /** Folder of this server's own: revisions and the last good bundle are remembered below it. */
  stateDir: string
  /** Another address of the ERP: only for bundles signed by a development key, only on loopback. Default null. */
  baseUrl?: string | null
  /** Between looks at the channel that need no notice of a change, in milliseconds. Default 2_000. Minimum 10. */
  pollMs?: number
  /** Epoch milliseconds. */
  now?: () => number
  /** From 0 up to 1: servers do not look all at once. Default Math.random. */
  random?: () => number
  log: PolicyLog
}

/**
 * Brings the newest valid bundle of a channel into force and keeps doing so. Never throws for a bundle's sake: without
 * a valid one, `current()` is null and everything is denied until there is.
 */
export async function startPolicy(options: StartPolicyOptions): Promise<PolicyHolder> {
  const { erp, stateDir, baseUrl = null, pollMs = 2_000, now = Date.now, random, log } = options
  const { trust: given } = options
  const trust = typeof given === 'function' ? given : () => given
  const path = channelPath(erp)
  const place = options.channel.at(path)
  const memory = openMemory(stateDir, place)
  const freshness = await openFreshness(stateDir, place, now)
  const held = new Held({ development: () => isDevelopmentTrust(trust()), now, log })
  let inForce: Uint8Array | null = null

  /** Takes a bundle through every check; the policy is replaced last, in one assignment. */
  const accept = async (bytes: Uint8Array): Promise<void> => {
    const bundle = verifyBundle(bytes, { erp, trust: trust(), nowMs: now() })
    checkRevision(await memory.read(), bundle)
    checkRevision(held.mark, bundle)
    if (bundle.seal === held.mark?.seal) return
    const next = await instantiate(bundle, baseUrl)
    await memory.write(bundle, bytes)
    inForce = bytes
    held.replace(next, bundle)
  }

  const following = follow({
    ...{ channel: options.channel, path, maxBytes: MAX_BUNDLE_BYTES, pollMs, random },
    async take(bytes) {
      if (bytes === null) throw new BundleError('BUNDLE_UNAVAILABLE', `expected a bundle at \`${place}\`, got none`)
      await accept(bytes)
    },
    async onConfirmed() {
      held.succeeded()
      await freshness.confirm()
    },
    onFailed: (error) => held.failed(brokenTrust(error)),
    // Time alone can make it another state.
    onLooked: () => held.tell(),
  })
  const reload = following.look

  await reload()
  if (held.current() === null) {
    const bytes = await memory.lastGood().catch(() => null)
    // Why the channel's own bundle is not in force stays the error to show.
    if (bytes !== null) await accept(bytes).catch((error: unknown) => held.notRestored(brokenTrust(error)))
  }
  following.start()
  return {
    current: () => held.current(),
    status: () => held.status(),
    confirmedMs: freshness.confirmedMs,
    onChange: (listener) => held.onChange(listener),
    reload,
    async trustChanged() {
      if (inForce !== null) held.endsAt(validUntil(inForce, { erp, trust: trust(), nowMs: now() }))
      await following.again()
    },
    stop: following.stop,
  }
}

/** Epoch milliseconds; 0 once its key is trusted no more: what a stolen key signed ends with the key. */
function validUntil(bytes: Uint8Array, options: VerifyOptions): number {
  try {
    return verifyBundle(bytes, options).validUntilMs
  } catch {
    return 0
  }
}

function brokenTrust(error: unknown): BundleError {
  if (error instanceof BundleError) return error
  if (error instanceof ChannelError) {
    const code = error.code === 'CHANNEL_TOO_LARGE' ? 'BUNDLE_TOO_LARGE' : 'BUNDLE_UNAVAILABLE'
    return new BundleError(code, error.message, { cause: error })
  }
  return new BundleError('BUNDLE_MALFORMED', 'the bundle could not be read', { cause: error })
}
