import { setTimeout } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'
import {
  CONFIG_TYPE,
  claimTagOf,
  digestOf,
  FILE_TYPE,
  layerTypeOf,
  MANIFEST_TYPE,
  numberedTagOf,
  numberIn,
  tagOf,
} from '../channel/artifact.ts'
import { refusedWith } from '../channel/https.ts'
import { type RegistryOptions, registryReader, registrySource } from '../channel/registry.ts'
import { ChannelError } from '../channel/source.ts'
import { type ChannelWriter, MAX_STANDING_BYTES } from './channel.ts'
import { PublishError } from './publish-error.ts'

const PAUSE_MS = 250
/** Whoever has a number and does not get on is gone. */
const PATIENCE_MS = 2_000

/**
 * Pushes to an OCI registry (distribution-spec 1.1), as an artifact that stock `opa` and `oras` pull.
 *
 * A registry has no conditional write, so a number is claimed first: by a tag that nobody else can have
 * (`omie-7-<digest>`). Whoever then finds no other claim to that number has it, for a later one finds the first; who
 * finds one goes above. Then come the tag that never moves (`omie-7`) and the one that servers follow (`omie`), read
 * back. This holds as long as the registry lists a tag once it has taken it; where one does not, servers refuse the
 * twin of a revision they have seen (BUNDLE_REVISION_REUSED).
 */
export function registryWriter(options: RegistryOptions): ChannelWriter {
  const { base, repository, registry } = options
  const reader = registryReader(options)
  const source = registrySource(options)
  const urlOf = (path: string): URL => new URL(`/v2/${repository}/${path}`, base)

  async function upload(bytes: Uint8Array): Promise<{ digest: string; size: number }> {
    const [digest, size] = [digestOf(bytes), bytes.length]
    const there = await registry(urlOf(`blobs/${digest}`), { method: 'HEAD', maxBytes: 0 })
    if (there.status === 200) return { digest, size }
    const begin = urlOf('blobs/uploads/')
    const begun = await registry(begin, { method: 'POST', maxBytes: MAX_ANSWER_BYTES })
    const to = URL.parse(begun.headers.location ?? '', begin)
    if (begun.status !== 202 || to?.origin !== base.origin) throw refusedWith(begun, begin.href)
    to.searchParams.set('digest', digest)
    const headers = { 'content-type': 'application/octet-stream' }
    const put = await registry(to, { method: 'PUT', headers, body: bytes, maxBytes: MAX_ANSWER_BYTES })
    if (put.status !== 201) throw refusedWith(put, begin.href)
    return { digest, size }
  }
  /** @returns false where somebody else's stands under it at once */
  async function tag(name: string, manifest: Uint8Array): Promise<boolean> {
    const url = urlOf(`manifests/${name}`)
    const headers = { 'content-type': MANIFEST_TYPE }
    const put = await registry(url, { method: 'PUT', headers, body: manifest, maxBytes: MAX_ANSWER_BYTES })
    // Registries that keep tags immutable say so in their own ways.
    if (put.status === 409 || put.status === 412) return false
    if (put.status !== 201) throw refusedWith(put, url.href)
    return (await reader.resolve(name)) === digestOf(manifest)
  }
  /** Numbers of a file that somebody has, or has claimed. */
  async function highestClaim(path: string): Promise<number> {
    const numbers = (await reader.tags()).map((name) => numberIn(name, path) ?? 0)
    return Math.max(0, ...numbers)
  }
  /** @returns false where somebody else claims the number, too */
  async function claimed(path: string, number: number, manifest: Uint8Array): Promise<boolean> {
    const own = claimTagOf(path, number, digestOf(manifest))
    if (!(await tag(own, manifest))) return false
    return !(await reader.tags()).some((name) => name !== own && numberIn(name, path) === number)
  }
  async function pushed(path: string, bytes: Uint8Array, number: number): Promise<Uint8Array> {
    const config = configOf(path, bytes)
    const [configBlob, layer] = [await upload(config), await upload(bytes)]
    return Buffer.from(
      JSON.stringify({
        schemaVersion: 2,
        mediaType: MANIFEST_TYPE,
        artifactType: typeOf(path),
        config: { mediaType: typeOf(path), ...configBlob },
        // By this name `oras pull` writes it.
        layers: [{ mediaType: layerTypeOf(path), ...layer, annotations: { [TITLE]: path.split('/')[1] ?? path } }],
        annotations: { 'org.opencontainers.image.version': String(number) },
      }),
    )
  }

  return {
    at: source.at,
    async update(path, make, waitMs) {
      const until = Date.now() + waitMs
      const patience = Date.now() + Math.min(waitMs / 2, PATIENCE_MS)
      let above = 0
      for (;;) {
        const before = await source.read(path, { maxBytes: MAX_STANDING_BYTES })
        const found = before === null || before === 'unchanged' ? null : before
        const { bytes, number } = await make(found?.bytes ?? null, above)
        const highest = await highestClaim(path)
        if (highest < number) {
          const manifest = await pushed(path, bytes, number)
          if (await claimed(path, number, manifest)) {
            const stands = await reader.resolve(tagOf(path))
            if (stands === (found?.version ?? null) && (await tag(numberedTagOf(path, number), manifest))) {
              if (await tag(tagOf(path), manifest)) return
            }
          }
        }
        if (Date.now() >= until) throw new PublishError('CHANNEL_BUSY', `others publish to \`${source.at(path)}\``)
        // Whoever has it may be about to move the tag.
        await setTimeout(PAUSE_MS * (0.5 + Math.random()))
        if (Date.now() >= patience) above = await highestClaim(path)
      }
    },
    close: source.close,
  }
}

const TITLE = 'org.opencontainers.image.title'
const MAX_ANSWER_BYTES = 65_536

/** Of a bundle OPA asks for an image's config, and looks no further. */
function typeOf(path: string): string {
  return path.endsWith('.tar.gz') ? CONFIG_TYPE : FILE_TYPE
}

function configOf(path: string, bytes: Uint8Array): Uint8Array {
  if (!path.endsWith('.tar.gz')) return Buffer.from('{}')
  const rootfs = { type: 'layers', diff_ids: [digestOf(unpacked(bytes))] }
  return Buffer.from(JSON.stringify({ architecture: 'wasm', os: 'wasi', rootfs }))
}

function unpacked(bytes: Uint8Array): Uint8Array {
  try {
    return gunzipSync(bytes, { maxOutputLength: 4 * MAX_STANDING_BYTES })
  } catch (cause) {
    throw new ChannelError('CHANNEL_UNAVAILABLE', 'expected a gzip archive to push', { cause })
  }
}
