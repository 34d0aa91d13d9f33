import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { CompiledErp } from '../compile/compile.ts'
import type { Trust } from '../contract/bundle-claims.ts'
import { verifyBundle } from '../contract/bundle-verify.ts'
import { channelPath } from '../contract/channel.ts'
import type { Provenance } from '../gitops/provenance/plan.ts'
import { publishToFolder } from '../publish/folder.ts'
import { PublishError } from '../publish/publish-error.ts'
import type { ReleaseKey } from './release-key.ts'
import { signedBundle } from './sign.ts'

/** The newest bundle of a channel; null where there is none. */
export async function readNewest(channel: string, erp: string): Promise<Uint8Array | null> {
  return readFile(join(channel, channelPath(erp))).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
}

export interface PublicationOptions {
  channel: string
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
  const bundle = async (revision: number): Promise<Uint8Array> => {
    if (revision !== above + 1) {
      throw new PublishError(
        'CHANNEL_BUSY',
        `revision ${revision - 1} of ${erp.name} was published meanwhile; run it again`,
      )
    }
    const nowMs = Date.now()
    const bytes = await signedBundle(erp, { revision, key, nowMs, provenance })
    // A key that trust.json does not know, or another than it knows by this name, is found here and not by the servers.
    verifyBundle(bytes, { erp: erp.name, trust, nowMs })
    return bytes
  }
  return (await publishToFolder({ channelDir: channel, erp: erp.name, bundle })).revision
}
