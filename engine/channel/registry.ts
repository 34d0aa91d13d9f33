import { setTimeout } from 'node:timers/promises'
import { digestOf, isDigest, MANIFEST_TYPE, MAX_MANIFEST_BYTES, readArtifact, tagOf } from './artifact.ts'
import type { Answer, Exchange } from './exchange.ts'
import { refusedWith } from './https.ts'
import { ChannelError, type ChannelSource } from './source.ts'

export interface RegistryOptions {
  /** The registry's origin. */
  base: URL
  repository: string
  /** Logs in: registry-login.ts. */
  registry: Exchange
  /** Knows nobody: for the storage that a registry sends readers to. */
  storage: Exchange
}

/** Reads of OCI distribution-spec 1.1. */
export interface RegistryReader {
  /** All tags of the repository. */
  tags(): Promise<string[]>
  /** Digest a tag names now; null: there is no such tag. */
  resolve(tag: string): Promise<string | null>
  /** Both check that what came is what was asked for. */
  manifest(digest: string): Promise<Uint8Array>
  blob(digest: string, size: number): Promise<Uint8Array>
}

/** A registry resolves a tag to a digest; all else is asked for by digest, so that a tag that moves meanwhile changes nothing. */
export function registrySource(options: RegistryOptions): ChannelSource {
  const { base, repository, registry, storage } = options
  const reader = registryReader(options)
  const at = (path: string): string => `oci://${base.host}/${repository}:${tagOf(path)}`
  return {
    at,
    async read(path, { maxBytes, known }) {
      const digest = await reader.resolve(tagOf(path))
      if (digest === null) return null
      if (digest === known) return 'unchanged'
      const manifest = await reader.manifest(digest)
      const artifact = readArtifact(Buffer.from(manifest).toString('utf8'), path)
      if (artifact === null) {
        throw new ChannelError('CHANNEL_UNAVAILABLE', `expected a manifest with one file at ${at(path)}, got another`)
      }
      const { layer } = artifact
      if (layer.size > maxBytes) {
        throw new ChannelError(
          'CHANNEL_TOO_LARGE',
          `expected at most ${maxBytes} bytes at ${at(path)}, got ${layer.size}`,
        )
      }
      return { bytes: await reader.blob(layer.digest, layer.size), version: digest }
    },
    watch: () => () => undefined,
    near: false,
    close() {
      registry.close()
      storage.close()
    },
  }
}

export function registryReader({ base, repository, registry, storage }: RegistryOptions): RegistryReader {
  const urlOf = (path: string): URL => new URL(`/v2/${repository}/${path}`, base)
  const accept = { accept: MANIFEST_TYPE }
  const head = (url: URL): Promise<Answer> => registry(url, { method: 'HEAD', headers: accept, maxBytes: 0 })
  return {
    async tags() {
      const names: string[] = []
      for (let url: URL | null = urlOf(`tags/list?n=${TAGS_A_PAGE}`); url !== null; ) {
        const answer = await registry(url, { maxBytes: MAX_MANIFEST_BYTES })
        if (answer.status === 404) return []
        if (answer.status !== 200) throw refusedWith(answer, url.href)
        const page = tagsIn(answer, url)
        names.push(...page)
        // Pages of distribution-spec 1.1: the next begins after the last name of this one.
        const last = page.at(-1)
        const isMore = answer.headers['link'] !== undefined && last !== undefined
        url = isMore ? urlOf(`tags/list?n=${TAGS_A_PAGE}&last=${encodeURIComponent(last)}`) : null
      }
      return names
    },
    async resolve(tag) {
      const url = urlOf(`manifests/${tag}`)
      let answer = await head(url)
      if (answer.status >= 500 || answer.status === 400) {
        // Some have no word for a tag in the instant in which it moves.
        await setTimeout(AGAIN_MS)
        answer = await head(url)
      }
      if (answer.status === 404) return null
      if (answer.status !== 200) throw refusedWith(answer, url.href)
      const told = answer.headers['docker-content-digest']
      if (isDigest(told)) return told
      // A registry need not tell a digest with HEAD: the manifest itself does.
      const got = await registry(url, { headers: accept, maxBytes: MAX_MANIFEST_BYTES })
      if (got.status !== 200) throw refusedWith(got, url.href)
      return digestOf(got.body)
    },
    async manifest(digest) {
      const url = urlOf(`manifests/${digest}`)
      const answer = await registry(url, { headers: accept, maxBytes: MAX_MANIFEST_BYTES })
      return checked(answer, digest, url)
    },
    async blob(digest, size) {
      const url = urlOf(`blobs/${digest}`)
      const answer = await registry(url, { maxBytes: size })
      const there = redirected(answer, url)
      // What it is is known by its digest, whoever sends it; who asks is not told to a storage.
      return checked(there === null ? answer : await storage(there, { maxBytes: size }), digest, there ?? url)
    },
  }
}

const TAGS_A_PAGE = 1_000
const AGAIN_MS = 200

function tagsIn({ body }: Answer, url: URL): string[] {
  try {
    const told: unknown = JSON.parse(Buffer.from(body).toString('utf8'))
    // `null`: a repository without tags.
    const tags: unknown = typeof told === 'object' && told !== null && 'tags' in told ? (told.tags ?? []) : null
    if (Array.isArray(tags) && tags.every((tag) => typeof tag === 'string')) return tags
  } catch {
    // Said below.
  }
  throw new ChannelError('CHANNEL_UNAVAILABLE', `expected a list of tags at ${url.href}, got something else`)
}

/** Where the registry has its blobs: registries answer with an address of their storage. Only as safe as the registry itself. */
function redirected({ status, headers }: Answer, from: URL): URL | null {
  if (![301, 302, 303, 307, 308].includes(status)) return null
  const to = URL.parse(headers.location ?? '', from)
  if (to !== null && to.protocol === from.protocol) return to
  throw new ChannelError('CHANNEL_UNAVAILABLE', `${from.href} sends to an address that is not ${from.protocol}`)
}

function checked(answer: Answer, digest: string, url: URL): Uint8Array {
  const place = `${url.origin}${url.pathname}`
  if (answer.status !== 200) throw refusedWith(answer, place)
  const got = digestOf(answer.body)
  if (got === digest) return answer.body
  throw new ChannelError('CHANNEL_UNAVAILABLE', `expected ${digest} at ${place}, got ${got}`)
}
