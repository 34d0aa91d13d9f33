import type { ChannelSource } from '../channel/source.ts'
import type { CompiledErp } from '../compile/compile.ts'
import type { Trust } from '../contract/bundle-claims.ts'
import { MAX_BUNDLE_BYTES, verifyBundle } from '../contract/bundle-verify.ts'
import { channelPath, revisionPath } from '../contract/channel.ts'
import type { Provenance } from '../gitops/provenance/plan.ts'
import { publishBundle } from '../publish/bundle.ts'
import type { ChannelWriter } from '../publish/channel.ts'
import { PublishError } from '../publish/publish-error.ts'
import type { ReleaseKey } from './release-key.ts'
import { signedBundle } from './sign.ts'

/** The newest bundle of a channel, or that of a revision; null where there is none. */
export async function readBundle(channel: ChannelSource, erp: string, revision?: number): Promise<Uint8Array | null> {
  const path = revision === undefined ? channelPath(erp) : revisionPath(erp, revision)
  const found = await channel.read(path, { maxBytes: MAX_BUNDLE_BYTES })
  return found === null || found === 'unchanged' ? null : found.bytes
}

export interface Publication {
  source: ChannelSource
  channel: ChannelWriter
  trust: Trust
  /** The newest revision when it was decided to publish: somebody else's since then would not be known. */
  above: number
}

/**
 * Publishes a bundle, when a server would take it, and keeps it under its number, for a rollback.
 * @returns its revision
 * @throws PublishError CHANNEL_BUSY when another publish came first; BundleError for what no server would take
 */
export async function publishMade(
  erp: string,
  make: (revision: number, nowMs: number) => Promise<Uint8Array>,
  { source, channel, trust, above }: Publication,
): Promise<number> {
  let made: Uint8Array = new Uint8Array()
  const bundle = async (revision: number, newest: number): Promise<Uint8Array> => {
    if (newest !== above) {
      throw new PublishError('CHANNEL_BUSY', `revision ${newest} of ${erp} was published meanwhile; run it again`)
    }
    const nowMs = Date.now()
    made = await make(revision, nowMs)
    // A key that trust.json does not know, or another than it knows by this name, is found here and not by the servers.
    verifyBundle(made, { erp, trust, nowMs })
    return made
  }
  const { revision } = await publishBundle({ channel, erp, bundle })
  // A registry has it by now.
  if ((await readBundle(source, erp, revision)) === null) {
    await channel.update(revisionPath(erp, revision), async () => ({ bytes: made, number: revision }), WAIT_MS)
  }
  return revision
}

/** Time for another publish to be done, in milliseconds. */
const WAIT_MS = 30_000

/** Signs and publishes what one ERP's sources came to. */
export function publishErp(
  erp: CompiledErp,
  { key, provenance, ...publication }: Publication & { key: ReleaseKey; provenance: Provenance },
): Promise<number> {
  const make = (revision: number, nowMs: number): Promise<Uint8Array> =>
    signedBundle(erp, { revision, key, nowMs, provenance })
  return publishMade(erp.name, make, publication)
}
