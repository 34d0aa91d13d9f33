import { readFile } from 'node:fs/promises'
import { BUNDLE_FILES } from '../contract/bundle-claims.ts'
import { BundleError } from '../contract/bundle-error.ts'
import { type BundlePayload, readPayload } from '../contract/bundle-payload.ts'
import { gunzip } from '../contract/bundle-verify.ts'
import { unverifiedPayload } from '../contract/signature.ts'
import { readTar } from '../contract/tar.ts'
import { PublishError } from './publish-error.ts'

/**
 * The revision of the bundle at `path`; 0 where there is none. Its signature is not judged: it may be of a retired key,
 * or expired, and still every server remembers its number.
 * @throws PublishError CHANNEL_BROKEN when something else stands there
 */
export async function newestRevision(path: string): Promise<number> {
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  return bytes === null ? 0 : revisionOf(bytes, path)
}

/**
 * The revision that a bundle claims.
 * @throws PublishError CHANNEL_BROKEN when it is no signed bundle
 */
export function revisionOf(bytes: Uint8Array, path: string): number {
  return claimedIn(bytes, path).revision
}

/**
 * What a bundle claims, its signature not looked at.
 * @throws PublishError CHANNEL_BROKEN when it is no signed bundle
 */
export function claimedIn(bytes: Uint8Array, path: string): BundlePayload {
  try {
    const text = Buffer.from(readTar(gunzip(bytes)).get(BUNDLE_FILES.signatures) ?? []).toString('utf8')
    return readPayload(unverifiedPayload(text))
  } catch (cause) {
    if (cause instanceof BundleError && cause.code === 'BUNDLE_FORMAT_NEWER') {
      const message = `the bundle at \`${path}\` was published by a newer engine: publish with that one`
      throw new PublishError('CHANNEL_BROKEN', message, { cause })
    }
    const help = 'put the newest bundle back, or say with `above` which revision servers have seen'
    throw new PublishError('CHANNEL_BROKEN', `expected a signed bundle at \`${path}\`, got something else; ${help}`, {
      cause,
    })
  }
}
