import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import type { Trust } from '../../../engine/contract/bundle-claims.ts'
import { canonicalText } from '../../../engine/contract/canonical.ts'
import { type StartPolicyOptions, startPolicy } from '../../../servers/policy/start.ts'
import type { PolicyHolder } from '../../../servers/policy/status.ts'
import { forgeBundle, forgeFiles, NOW_MS } from '../../helpers/forge/bundle.ts'
import { type ForgedChannel, forgeChannel, forgeLog } from '../../helpers/forge/channel.ts'
import { forgeCanaries, forgeInput } from '../../helpers/forge/content.ts'
import { forgeKey, trustOf } from '../../helpers/forge/key.ts'
import { needs } from '../../helpers/needs.ts'

const opa = needs('opa')

describe.skipIf(opa.missing !== null)('the policy of a server', () => {
  const key = forgeKey()
  const development = forgeKey({ id: 'dev-1', development: true })
  const trust = trustOf(key)
  let files: Map<string, Uint8Array>
  let others: Map<string, Uint8Array>
  let place: ForgedChannel
  let started: PolicyHolder[]
  let nowMs: number

  beforeAll(() => {
    files = forgeFiles(inject('compiler'), 'omie', 'one')
    others = forgeFiles(inject('compiler'), 'omie', 'other')
  })
  beforeEach(() => {
    place = forgeChannel()
    started = []
    nowMs = NOW_MS
  })
  afterEach(async () => {
    await Promise.all(started.map((holder) => holder.stop()))
    place.remove()
  })

  async function start(options: Partial<StartPolicyOptions> = {}): Promise<PolicyHolder> {
    const { channel, stateDir } = place
    const defaults = { channel, erp: 'omie', trust, stateDir, pollMs: 3_600_000, now: () => nowMs, log: forgeLog() }
    const holder = await startPolicy({ ...defaults, ...options })
    started.push(holder)
    return holder
  }

  async function put(revision: number, content = files, by = key): Promise<void> {
    place.put(await forgeBundle(content, by, { revision }))
  }

  test('is enforced once its bundle is verified and its canaries sing', async () => {
    await put(7)
    const holder = await start()
    expect(holder.status()).toEqual({ state: 'enforcing', revision: 7, lastError: null, development: false })
    const active = holder.current()
    expect(active).toMatchObject({
      revision: 7,
      keyId: 'release-1',
      claims: { pull_request: 12, approvers: ['bruno'] },
    })
    expect(active?.policy.decide(forgeInput()).effect).toBe('allow')
    expect(active?.policy.decide(forgeInput({ permission: 'admin' })).effect).toBe('deny')
    expect(active?.config.security.token_rotation_s).toBe(86_400)
    expect(active?.catalogue.erp.connection.baseUrl).toBe('https://erp.example.com/api/v1')
  })

  test('denies everything where there is no bundle, and begins when one comes', async () => {
    const holder = await start()
    expect(holder.current()).toBeNull()
    expect(holder.status()).toMatchObject({
      state: 'denying',
      revision: null,
      lastError: { code: 'BUNDLE_UNAVAILABLE' },
    })
    await put(1)
    await holder.reload()
    expect(holder.status()).toMatchObject({ state: 'enforcing', revision: 1, lastError: null })
  })

  test('stays when the next bundle is broken, says why, and recovers with the one after', async () => {
    await put(7)
    const holder = await start()
    const before = holder.current()
    place.put('not a bundle')
    await holder.reload()
    expect(holder.current()).toBe(before)
    expect(holder.status()).toEqual({
      state: 'degraded',
      revision: 7,
      lastError: { code: 'BUNDLE_MALFORMED', message: 'expected a gzip archive', at: '2026-11-25T13:00:00.000Z' },
      development: false,
    })
    await put(8)
    await holder.reload()
    expect(holder.status()).toMatchObject({ state: 'enforcing', revision: 8, lastError: null })
  })

  test('a bundle with a lower revision is refused and the active policy stays', async () => {
    await put(7)
    const holder = await start()
    await put(6)
    await holder.reload()
    expect(holder.status()).toMatchObject({ revision: 7, lastError: { code: 'BUNDLE_ROLLED_BACK' } })
  })

  test('another bundle of the same revision is refused; the same one again is not', async () => {
    await put(7)
    const holder = await start()
    await put(7)
    await holder.reload()
    expect(holder.status()).toMatchObject({ state: 'enforcing', revision: 7 })
    await put(7, others)
    await holder.reload()
    expect(holder.status()).toMatchObject({ state: 'degraded', lastError: { code: 'BUNDLE_REVISION_REUSED' } })
  })

  test('a policy whose canary decides otherwise is not activated', async () => {
    await put(7)
    const holder = await start()
    const [first] = forgeCanaries()
    const wrong = [{ ...first, expect: { effect: 'deny', codes: ['permission_missing'] } }]
    await put(8, new Map([...files, ['canaries.json', new TextEncoder().encode(canonicalText(wrong))]]))
    await holder.reload()
    expect(holder.status()).toMatchObject({
      revision: 7,
      lastError: { code: 'BUNDLE_CANARY_FAILED', message: '`a viewer reads`: expected deny, got allow' },
    })
  })

  test('a module that does not load is not activated, though it is signed', async () => {
    await put(7)
    const holder = await start()
    await put(8, new Map([...files, ['policy.wasm', new Uint8Array([0, 97, 115, 109, 9, 9, 9, 9])]]))
    await holder.reload()
    expect(holder.status()).toMatchObject({ revision: 7, lastError: { code: 'BUNDLE_POLICY_BROKEN' } })
  })

  describe('across a restart', () => {
    test('the revision is remembered: a lower one is refused and the last good bundle is enforced', async () => {
      await put(7)
      await (await start()).stop()
      await put(6)
      const holder = await start()
      expect(holder.status()).toMatchObject({
        state: 'degraded',
        revision: 7,
        lastError: { code: 'BUNDLE_ROLLED_BACK', message: 'expected revision 7 or above, got 6' },
      })
    })

    test('the last good bundle is enforced where the channel is gone', async () => {
      await put(7)
      await (await start()).stop()
      rmSync(place.path)
      const holder = await start()
      expect(holder.status()).toMatchObject({
        state: 'degraded',
        revision: 7,
        lastError: { code: 'BUNDLE_UNAVAILABLE' },
      })
    })

    test('the last good bundle is verified like any other: not by a key that is no longer trusted', async () => {
      await put(7)
      await (await start()).stop()
      rmSync(place.path)
      const holder = await start({ trust: trustOf(forgeKey({ id: 'release-2' })) })
      expect(holder.status()).toMatchObject({ state: 'denying', revision: null })
    })

    test('a last good bundle that somebody changed is not enforced', async () => {
      await put(7)
      await (await start()).stop()
      rmSync(place.path)
      const folder = join(place.stateDir, 'policy')
      const kept = readdirSync(folder).find((name) => name.endsWith('.tar.gz')) ?? ''
      place.put(await forgeBundle(files, forgeKey(), { revision: 9 }))
      writeFileSync(join(folder, kept), readFileSync(place.path))
      rmSync(place.path)
      expect((await start()).status()).toMatchObject({ state: 'denying', revision: null })
    })

    test('a memory that cannot be read refuses everything: nobody knows which revisions were seen', async () => {
      await put(7)
      await (await start()).stop()
      const folder = join(place.stateDir, 'policy')
      const memory = readdirSync(folder).find((name) => name.endsWith('.json')) ?? ''
      writeFileSync(join(folder, memory), '{"revision":')
      const holder = await start()
      expect(holder.status()).toMatchObject({ state: 'denying', lastError: { code: 'BUNDLE_MEMORY_BROKEN' } })
    })

    test('numbers of another channel mean nothing here', async () => {
      await put(7)
      await (await start()).stop()
      const other = forgeChannel()
      other.put(await forgeBundle(files, key, { revision: 1 }))
      const holder = await start({ channel: other.channel })
      expect(holder.status()).toMatchObject({ state: 'enforcing', revision: 1 })
      other.remove()
    })
  })

  test('a bundle that could not be remembered is not enforced', async () => {
    await put(7)
    writeFileSync(place.stateDir, 'a file where the state folder should be')
    expect((await start()).status()).toMatchObject({ state: 'denying', lastError: { code: 'BUNDLE_MEMORY_BROKEN' } })
  })

  test('past its expiry with nothing newer, everything is denied; a newer bundle ends that', async () => {
    await put(7)
    const holder = await start()
    nowMs += 31 * 86_400_000
    expect(holder.current()).toBeNull()
    expect(holder.status()).toMatchObject({ state: 'denying', revision: null, lastError: { code: 'BUNDLE_EXPIRED' } })
    place.put(await forgeBundle(files, key, { revision: 8, iat: nowMs / 1000, exp: nowMs / 1000 + 60 }))
    await holder.reload()
    expect(holder.status()).toMatchObject({ state: 'enforcing', revision: 8 })
  })

  test('once its key is no longer trusted, everything is denied', async () => {
    const short: Trust = { keys: [{ ...key.trusted, not_after: new Date(NOW_MS + 60_000).toISOString() }] }
    await put(7)
    const holder = await start({ trust: short })
    expect(holder.status().state).toBe('enforcing')
    nowMs += 60_000
    expect(holder.status()).toMatchObject({ state: 'denying', lastError: { code: 'BUNDLE_EXPIRED' } })
  })

  test('twenty publishes and reloads at once end with the newest, and never with an older one in between', async () => {
    const bundles = await Promise.all(
      Array.from({ length: 20 }, (_, index) => forgeBundle(index % 2 ? others : files, key, { revision: index + 1 })),
    )
    place.put(bundles[0]!)
    const holder = await start()
    const seen: number[] = []
    holder.onChange((status) => seen.push(status.revision ?? 0))
    const reloads = bundles.map((bundle) => {
      place.put(bundle)
      return holder.reload()
    })
    await Promise.all(reloads)
    expect(holder.status()).toMatchObject({ state: 'enforcing', revision: 20 })
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
  })

  test('a call that took the policy before a swap ends under that policy', async () => {
    await put(7)
    const holder = await start()
    const taken = holder.current()
    await put(8, others)
    await holder.reload()
    expect(holder.current()?.revision).toBe(8)
    expect(taken?.revision).toBe(7)
    expect(taken?.policy.decide(forgeInput()).effect).toBe('allow')
  })

  test.each([
    ['by notice', 3_600_000],
    ['by asking', 10],
  ])('a replaced bundle is found %s', async (_how, pollMs) => {
    await put(7)
    const holder = await start({ pollMs })
    const revision = new Promise<number | null>((resolve) => {
      holder.onChange((status) => resolve(status.revision))
    })
    await put(8)
    expect(await revision).toBe(8)
  })

  test('a listener that throws keeps neither the others nor the policy from going on', async () => {
    await put(7)
    const log = forgeLog()
    const holder = await start({ log })
    holder.onChange(() => {
      throw new Error('broken listener')
    })
    const seen: (number | null)[] = []
    holder.onChange((status) => seen.push(status.revision))
    await put(8)
    await holder.reload()
    expect(seen).toEqual([8])
    expect(log.events).toContain('policy.listener_failed')
  })

  describe('under a development key', () => {
    const both = trustOf(key, development)

    test('a server says that it is a development server, whatever bundle it enforces', async () => {
      await put(7)
      expect((await start({ trust: both })).status().development).toBe(true)
    })

    test('provenance is not required of its bundles, but of those of other keys', async () => {
      const bare = { commit: null, pull_request: null, approvers: [] }
      place.put(await forgeBundle(files, development, { revision: 1, ...bare }))
      const holder = await start({ trust: both })
      expect(holder.status().state).toBe('enforcing')
      place.put(await forgeBundle(files, key, { revision: 2, ...bare }))
      await holder.reload()
      expect(holder.status()).toMatchObject({
        revision: 1,
        lastError: {
          code: 'BUNDLE_PROVENANCE_MISSING',
          message: 'the bundle does not name the commit, the pull request, an approver',
        },
      })
    })

    test('the ERP may be pointed at a stand-in on loopback', async () => {
      await put(1, files, development)
      const holder = await start({ trust: both, baseUrl: 'http://127.0.0.1:4321/api' })
      expect(holder.current()?.catalogue.erp.connection).toMatchObject({
        baseUrl: 'http://127.0.0.1:4321/api',
        allowedHosts: ['127.0.0.1:4321'],
      })
    })

    test.each([
      'https://erp.example.org',
      'http://127.0.0.1.example.org',
      'http://10.0.0.1',
      'http://localhost@example.org/',
      'file:///etc/passwd',
      'nothing',
    ])('the ERP may not be pointed at %s', async (baseUrl) => {
      await put(1, files, development)
      const holder = await start({ trust: both, baseUrl })
      expect(holder.status()).toMatchObject({ state: 'denying', lastError: { code: 'BUNDLE_ADDRESS_REFUSED' } })
    })

    test('a bundle of a production key may not be pointed anywhere', async () => {
      await put(1)
      const holder = await start({ trust: both, baseUrl: 'http://127.0.0.1:4321' })
      expect(holder.status()).toMatchObject({ state: 'denying', lastError: { code: 'BUNDLE_ADDRESS_REFUSED' } })
    })
  })
})
