import type { ChannelSource } from '../channel/source.ts'
import type { CompiledErp } from '../compile/compile.ts'
import type { Trust } from '../contract/bundle-claims.ts'
import { MAX_BUNDLE_BYTES, verifyBundle } from '../contract/bundle-verify.ts'
import { channelPath } from '../contract/channel.ts'
import type { Provenance } from '../gitops/provenance/plan.ts'
import { publishBundle } from '../publish/bundle.ts'
import type { ChannelWriter } from '../publish/channel.ts'
import { PublishError } from '../publish/publish-error.ts'
import type { ReleaseKey } from './release-key.ts'
import { signedBundle } from './sign.ts'

/** The newest bundle of a channel; null where there is none. */
export async function readNewest(channel: ChannelSource, erp: string): Promise<Uint8Array | null> {
  const found = await channel.read(channelPath(erp), { maxBytes: MAX_BUNDLE_BYTES })
  return found === null || found === 'unchanged' ? null : found.bytes
}

export interface PublicationOptions {
  channel: ChannelWriter
  trust: Trust
  key: ReleaseKey
  /** The newest revision when it was decided to publish: somebody else's since then would not be known. */
  above: number
  provenance: Provenance
}

/**
 * Signs and publishes one ERP, when a server would take it.
 * @returns its revision
 * @throws PublishError CHANNEL_BUSY when another publish came first; BundleError for what no server would take
 */
export async function publishErp(erp: CompiledErp, options: PublicationOptions): Promise<number> {
  const { channel, trust, key, above, provenance } = options
  const bundle = async (revision: number, newest: number): Promise<Uint8Array> => {
    if (newest !== above) {
      throw new PublishError('CHANNEL_BUSY', `revision ${newest} of ${erp.name} was published meanwhile; run it again`)
    }
    const nowMs = Date.now()
    const bytes = await signedBundle(erp, { revision, key, nowMs, provenance })
    // A key that trust.json does not know, or another than it knows by this name, is found here and not by the servers.
    verifyBundle(bytes, { erp: erp.name, trust, nowMs })
    return bytes
  }
  return (await publishBundle({ channel, erp: erp.name, bundle })).revision
}
