import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { signOverlay } from '../../../engine/bundle/sign-overlay.ts'
import { channelTarget } from '../../../engine/channel/target.ts'
import { verifyBundle } from '../../../engine/contract/bundle-verify.ts'
import { publishBundle } from '../../../engine/publish/bundle.ts'
import type { ChannelWriter } from '../../../engine/publish/channel.ts'
import { openWriter } from '../../../engine/publish/open.ts'
import { publishOverlay } from '../../../engine/publish/overlays.ts'
import { type Authority, startAuthority } from '../../helpers/channel/authority.ts'
import { type Store, startStore } from '../../helpers/channel/store.ts'
import { forgeBundle, forgeFiles, NOW_MS } from '../../helpers/forge/bundle.ts'
import { forgeKey, trustOf } from '../../helpers/forge/key.ts'
import { needs } from '../../helpers/needs.ts'

const BUNDLE = 'omie/bundle.tar.gz'

describe.skipIf(needs('opa', 'openssl').missing !== null)('publishing to an https address', () => {
  const key = forgeKey()
  let files: Map<string, Uint8Array>
  let authority: Authority
  let store: Store
  let channel: ChannelWriter

  beforeAll(() => {
    files = forgeFiles(inject('compiler'), 'omie')
    authority = startAuthority()
  })
  beforeEach(async () => {
    store = await startStore(authority)
    const target = channelTarget(store.url)
    if (target === null) throw new Error(store.url)
    channel = await openWriter(target, { caFile: authority.caFile })
  })
  afterEach(async () => {
    channel.close()
    await store.stop()
  })
  afterAll(() => authority.remove())

  const bundle = (revision: number): Promise<Uint8Array> => forgeBundle(files, key, { revision })
  const published = (): number =>
    verifyBundle(store.files.get(BUNDLE) ?? Buffer.of(), { erp: 'omie', trust: trustOf(key), nowMs: NOW_MS }).claims
      .revision

  test('counts up, each time over what was read', async () => {
    const first = await publishBundle({ channel, erp: 'omie', bundle })
    const second = await publishBundle({ channel, erp: 'omie', bundle })
    expect([first, second]).toEqual([
      { revision: 1, at: `${store.url}/${BUNDLE}` },
      { revision: 2, at: `${store.url}/${BUNDLE}` },
    ])
    expect(published()).toBe(2)
  })

  test('six at once get every number once, and the newest stays', async () => {
    const all = await Promise.all(Array.from({ length: 6 }, () => publishBundle({ channel, erp: 'omie', bundle })))
    expect(all.map(({ revision }) => revision).sort()).toEqual([1, 2, 3, 4, 5, 6])
    expect(published()).toBe(6)
    expect(store.asked.filter((one) => one === `PUT ${BUNDLE} 412`).length).toBeGreaterThan(0)
  })

  test('a server that ignores conditions is found out before anything is published', async () => {
    store.conditions = false
    await expect(publishBundle({ channel, erp: 'omie', bundle })).rejects.toMatchObject({
      code: 'CHANNEL_UNCONDITIONAL',
    })
    expect(store.files.has(BUNDLE)).toBe(false)
  })

  test('a server without strong tags is refused: there is nothing to compare', async () => {
    store.instead.set(BUNDLE, (_request, response) => void response.writeHead(200, { etag: 'W/"1"' }).end('x'))
    await expect(publishBundle({ channel, erp: 'omie', bundle })).rejects.toMatchObject({
      code: 'CHANNEL_UNCONDITIONAL',
    })
  })

  test('a stop is put beside those that hold, and two made at once are both there', async () => {
    const at = (ms: number): string => new Date(ms).toISOString()
    const [from, until] = [at(NOW_MS), at(NOW_MS + 3_600_000)]
    const token = (sequence: number): Promise<string> =>
      signOverlay({ erp: 'omie', sequence, stops: { all: true }, from, until, reason: 'chave vazada' }, key.signer)
    const stop = { channel, erp: 'omie', overlay: token, nowMs: NOW_MS }
    const [one, two] = await Promise.all([publishOverlay(stop), publishOverlay(stop)])
    expect([one.sequence, two.sequence].sort()).toEqual([1_795_611_600, 1_795_611_601])
    const list: { overlays: string[] } = JSON.parse(String(store.files.get('omie/overlays.json')))
    expect(list.overlays).toHaveLength(2)
  })

  test('whoever has no token is told, and nothing is replaced', async () => {
    const guarded = await startStore(authority, 'segredo-do-canal')
    const target = channelTarget(guarded.url)
    const without = await openWriter(target ?? { kind: 'folder', folder: '', open: false }, {
      caFile: authority.caFile,
    })
    await expect(publishBundle({ channel: without, erp: 'omie', bundle })).rejects.toMatchObject({
      code: 'CHANNEL_UNAVAILABLE',
      message: `expected 200 at ${guarded.url}/omie/conditional, got 401`,
    })
    without.close()
    await guarded.stop()
  })
})
