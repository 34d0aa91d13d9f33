import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { BundleError } from '../../engine/contract/bundle-error.ts'
import type { VerifiedBundle } from '../../engine/contract/bundle-verify.ts'
import { canonicalText, sha256 } from '../../engine/contract/canonical.ts'
import { replaceDurably } from './durable-file.ts'

/** The newest bundle this server has enforced from a channel. */
export interface Remembered {
  channel: string
  revision: number
  /** Digest of its unsigned content. */
  digest: string
  /** SHA-256 of its signature with all it claims. */
  seal: string
}

/** What a server knows of a channel across restarts. Kept per channel: numbers of two channels have nothing to do with each other. */
export interface Memory {
  /** @throws BundleError BUNDLE_MEMORY_BROKEN when there is one and it cannot be read: then nothing new can be judged */
  read(): Promise<Remembered | null>
  /** Keeps the bundle and then its number, so that a crash between them forgets nothing. @throws BundleError BUNDLE_MEMORY_BROKEN */
  write(bundle: VerifiedBundle, bytes: Uint8Array): Promise<void>
  /** The bytes of the last good bundle, to be verified like any other; null where there are none. */
  lastGood(): Promise<Uint8Array | null>
}

export function openMemory(stateDir: string, channel: string): Memory {
  const name = sha256(channel).slice(0, 16)
  const numberFile = join(stateDir, 'policy', `${name}.json`)
  const bundleFile = join(stateDir, 'policy', `${name}.tar.gz`)
  return {
    async read() {
      const text = await readIfThere(numberFile)
      return text === null ? null : parse(text, channel, numberFile)
    },
    async write({ claims, digest, seal }, bytes) {
      try {
        await replaceDurably(bundleFile, bytes)
        await replaceDurably(numberFile, canonicalText({ channel, revision: claims.revision, digest, seal }))
      } catch (cause) {
        throw new BundleError('BUNDLE_MEMORY_BROKEN', `expected to write to \`${stateDir}\``, { cause })
      }
    },
    lastGood: () => readIfThere(bundleFile),
  }
}

/**
 * A rollback ships old content under a new number: servers refuse lower ones (TUF 5.5, rollback attack).
 * @throws BundleError BUNDLE_ROLLED_BACK, or BUNDLE_REVISION_REUSED when another bundle bears the same number
 */
export function checkRevision(known: { revision: number; seal: string } | null, next: VerifiedBundle): void {
  const { revision } = next.claims
  if (known === null || revision > known.revision) return
  if (revision < known.revision) {
    throw new BundleError('BUNDLE_ROLLED_BACK', `expected revision ${known.revision} or above, got ${revision}`)
  }
  if (next.seal !== known.seal) {
    throw new BundleError('BUNDLE_REVISION_REUSED', `revision ${revision} was another bundle before`)
  }
}

async function readIfThere(path: string): Promise<Buffer | null> {
  try {
    return await readFile(path)
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null
    throw new BundleError('BUNDLE_MEMORY_BROKEN', `expected to read \`${path}\``, { cause })
  }
}

function parse(bytes: Buffer, channel: string, path: string): Remembered {
  const value = json(bytes.toString('utf8'))
  if (isRemembered(value) && value.channel === channel) return value
  const help = 'look which revision is the newest, then remove the file to begin anew'
  throw new BundleError(
    'BUNDLE_MEMORY_BROKEN',
    `expected a remembered revision in \`${path}\`, got something else; ${help}`,
  )
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isRemembered(value: unknown): value is Remembered {
  if (typeof value !== 'object' || value === null) return false
  if (!('channel' in value && 'revision' in value && 'digest' in value && 'seal' in value)) return false
  const { channel, revision, digest, seal } = value
  return typeof channel === 'string' && Number.isSafeInteger(revision) && isDigest(digest) && isDigest(seal)
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && /^[0-9a-f]{64}$/.test(value)
}
