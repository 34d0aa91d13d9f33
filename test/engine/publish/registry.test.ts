import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { openSource } from '../../../engine/channel/open.ts'
import type { ChannelSource } from '../../../engine/channel/source.ts'
import { channelTarget } from '../../../engine/channel/target.ts'
import { sha256 } from '../../../engine/contract/canonical.ts'
import { publishBundle } from '../../../engine/publish/bundle.ts'
import type { ChannelWriter } from '../../../engine/publish/channel.ts'
import { revisionOf } from '../../../engine/publish/newest.ts'
import { openWriter } from '../../../engine/publish/open.ts'
import { type Registry, startRegistry } from '../../helpers/channel/registry.ts'
import { askStockOpa } from '../../helpers/channel/stock-opa.ts'
import { forgeBundle, forgeFiles } from '../../helpers/forge/bundle.ts'
import { forgeInput } from '../../helpers/forge/content.ts'
import { forgeKey } from '../../helpers/forge/key.ts'
import { needs } from '../../helpers/needs.ts'

describe.skipIf(needs('opa', 'registry').missing !== null)('publishing to a registry', () => {
  const key = forgeKey()
  let files: Map<string, Uint8Array>
  let registry: Registry
  const opened: { close(): void }[] = []

  beforeAll(async () => {
    files = forgeFiles(inject('compiler'), 'omie')
    registry = await startRegistry()
  })
  afterAll(async () => {
    for (const one of opened) one.close()
    await registry.stop()
  })

  const bundle = (revision: number): Promise<Uint8Array> => forgeBundle(files, key, { revision })
  /** A repository for one test. */
  async function repository(name: string): Promise<{ channel: ChannelWriter; source: ChannelSource }> {
    const target = channelTarget(`${registry.target}/${name}`)
    if (target === null) throw new Error(registry.target)
    const [channel, source] = [await openWriter(target), await openSource(target)]
    opened.push(channel, source)
    return { channel, source }
  }
  const ask = (name: string, path: string, init: RequestInit = {}): Promise<Response> =>
    fetch(`http://${registry.host}/v2/policies/${name}/${path}`, init)
  const tags = async (name: string): Promise<string[]> => {
    const told: { tags: string[] } = JSON.parse(await (await ask(name, 'tags/list')).text())
    return told.tags.sort()
  }
  const MANIFEST = 'application/vnd.oci.image.manifest.v1+json'
  const manifest = async (name: string, tag: string): Promise<string> =>
    (await ask(name, `manifests/${tag}`, { headers: { accept: MANIFEST } })).text()

  test('keeps a tag for each revision, and moves the one that servers follow', async () => {
    const { channel } = await repository('count')
    const first = await publishBundle({ channel, erp: 'omie', bundle })
    const second = await publishBundle({ channel, erp: 'omie', bundle })
    expect([first.revision, second.revision]).toEqual([1, 2])
    expect(second.at).toBe(`oci://${registry.host}/policies/count:omie`)
    expect((await tags('count')).filter((tag) => !/-[0-9a-f]{16}$/.test(tag))).toEqual(['omie', 'omie-1', 'omie-2'])
    expect(await manifest('count', 'omie')).toBe(await manifest('count', 'omie-2'))
    expect(JSON.parse(await manifest('count', 'omie'))).toMatchObject({
      artifactType: 'application/vnd.oci.image.config.v1+json',
      config: { mediaType: 'application/vnd.oci.image.config.v1+json' },
      layers: [{ mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' }],
    })
  })

  test('a number that somebody took and did not finish with is never given again', async () => {
    const { channel, source } = await repository('gone')
    await publishBundle({ channel, erp: 'omie', bundle })
    // A publisher that ended between its two tags.
    await ask('gone', 'manifests/omie-2', {
      method: 'PUT',
      headers: { 'content-type': MANIFEST },
      body: await manifest('gone', 'omie-1'),
    })
    const next = await publishBundle({ channel, erp: 'omie', bundle, waitMs: 1_500 })
    expect(next.revision).toBe(3)
    const found = await source.read('omie/bundle.tar.gz', { maxBytes: 1_000_000 })
    expect(found).toMatchObject({ bytes: Buffer.from(await bundle(3)) })
  })

  test('four at once, all of other content, get every number once, and the newest stays', async () => {
    const { channel, source } = await repository('race')
    const numbers: number[] = []
    await Promise.all(
      [1, 2, 3, 4].map(async (pull_request) => {
        const other = (revision: number): Promise<Uint8Array> => forgeBundle(files, key, { revision, pull_request })
        numbers.push((await publishBundle({ channel, erp: 'omie', bundle: other })).revision)
      }),
    )
    expect(new Set(numbers).size).toBe(4)
    const found = await source.read('omie/bundle.tar.gz', { maxBytes: 1_000_000 })
    if (found === null || found === 'unchanged') throw new Error('expected a bundle')
    expect(revisionOf(found.bytes, '')).toBe(Math.max(...numbers))
  })

  test('a registry that asks for a password gets it, and nothing without one', async () => {
    // `publica-3Zk9`, by crypt(3).
    const hash = '$2b$05$abcdefghijklmnopqrstuu.iYokxNxJCEMLuMbCO3QjsMPne6trku'
    const guarded = await startRegistry({ htpasswd: `publisher:${hash}\n` })
    const place = mkdtempSync(join(tmpdir(), 'alcada-password-'))
    const tokenFile = join(place, 'password')
    writeFileSync(tokenFile, 'publisher:publica-3Zk9\n')
    const target = channelTarget(guarded.target)
    if (target === null) throw new Error(guarded.target)
    const [known, unknown] = [await openWriter(target, { tokenFile }), await openWriter(target)]
    opened.push(known, unknown)
    expect((await publishBundle({ channel: known, erp: 'omie', bundle })).revision).toBe(1)
    await expect(publishBundle({ channel: unknown, erp: 'omie', bundle })).rejects.toMatchObject({
      code: 'CHANNEL_UNAVAILABLE',
      message: expect.stringContaining('got 401'),
    })
    await guarded.stop()
    rmSync(place, { recursive: true })
  })

  test('stock opa pulls the bundle, verifies it and answers by it', async () => {
    const { channel } = await repository('stock')
    await publishBundle({ channel, erp: 'omie', bundle })
    const image = `${registry.host}/policies/stock:omie`
    const stock = {
      compiler: inject('compiler'),
      registry: registry.host,
      image,
      digest: sha256(await bundle(1)),
      publicPem: key.publicPem,
    }
    expect(await askStockOpa(stock, forgeInput())).toMatchObject({ result: { effect: 'allow' } })
  })
})
