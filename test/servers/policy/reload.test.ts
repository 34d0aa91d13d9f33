import { rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Trust } from '../../../engine/contract/bundle-claims.ts'
import { canonicalText } from '../../../engine/contract/canonical.ts'
import { forgeBundle, NOW_MS } from '../../helpers/forge/bundle.ts'
import { forgeLog } from '../../helpers/forge/channel.ts'
import { forgeCanaries, forgeInput } from '../../helpers/forge/content.ts'
import { policyServers } from '../../helpers/forge/policy-server.ts'
import { needs } from '../../helpers/needs.ts'

const opa = needs('opa')

describe.skipIf(opa.missing !== null)('the policy of a server', () => {
  const servers = policyServers()

  test('is enforced once its bundle is verified and its canaries sing', async () => {
    await servers.put(7)
    const holder = await servers.start()
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
    const holder = await servers.start()
    expect(holder.current()).toBeNull()
    expect(holder.status()).toMatchObject({
      state: 'denying',
      revision: null,
      lastError: { code: 'BUNDLE_UNAVAILABLE' },
    })
    await servers.put(1)
    await holder.reload()
    expect(holder.status()).toMatchObject({ state: 'enforcing', revision: 1, lastError: null })
  })

  test('stays when the next bundle is broken, says why, and recovers with the one after', async () => {
    await servers.put(7)
    const holder = await servers.start()
    const before = holder.current()
    servers.place().put('not a bundle')
    await holder.reload()
    expect(holder.current()).toBe(before)
    expect(holder.status()).toEqual({
      state: 'degraded',
      revision: 7,
      lastError: { code: 'BUNDLE_MALFORMED', message: 'expected a gzip archive', at: '2026-11-25T13:00:00.000Z' },
      development: false,
    })
    await servers.put(8)
    await holder.reload()
    expect(holder.status()).toMatchObject({ state: 'enforcing', revision: 8, lastError: null })
  })

  test('a bundle with a lower revision is refused and the active policy stays', async () => {
    await servers.put(7)
    const holder = await servers.start()
    await servers.put(6)
    await holder.reload()
    expect(holder.status()).toMatchObject({ revision: 7, lastError: { code: 'BUNDLE_ROLLED_BACK' } })
  })

  test('nor does a lower one come in when the state folder is lost meanwhile', async () => {
    await servers.put(7)
    const holder = await servers.start()
    rmSync(servers.place().stateDir, { recursive: true })
    await servers.put(6)
    await holder.reload()
    expect(holder.status()).toMatchObject({ revision: 7, lastError: { code: 'BUNDLE_ROLLED_BACK' } })
  })

  test('another bundle of the same revision is refused; the same one again is not', async () => {
    await servers.put(7)
    const holder = await servers.start()
    await servers.put(7)
    await holder.reload()
    expect(holder.status()).toMatchObject({ state: 'enforcing', revision: 7 })
    await servers.put(7, servers.others())
    await holder.reload()
    expect(holder.status()).toMatchObject({ state: 'degraded', lastError: { code: 'BUNDLE_REVISION_REUSED' } })
  })

  test('a policy whose canary decides otherwise is not activated', async () => {
    await servers.put(7)
    const holder = await servers.start()
    const [first] = forgeCanaries()
    const wrong = [{ ...first, expect: { effect: 'deny', codes: ['permission_missing'] } }]
    await servers.put(
      8,
      new Map([...servers.files(), ['canaries.json', new TextEncoder().encode(canonicalText(wrong))]]),
    )
    await holder.reload()
    expect(holder.status()).toMatchObject({
      revision: 7,
      lastError: { code: 'BUNDLE_CANARY_FAILED', message: '`a viewer reads`: expected deny, got allow' },
    })
  })

  test('a module that does not load is not activated, though it is signed', async () => {
    await servers.put(7)
    const holder = await servers.start()
    await servers.put(8, new Map([...servers.files(), ['policy.wasm', new Uint8Array([0, 97, 115, 109, 9, 9, 9, 9])]]))
    await holder.reload()
    expect(holder.status()).toMatchObject({ revision: 7, lastError: { code: 'BUNDLE_POLICY_BROKEN' } })
  })

  test('past its expiry with nothing newer, everything is denied; a newer bundle ends that', async () => {
    await servers.put(7)
    const holder = await servers.start()
    servers.advance(31 * 86_400_000)
    expect(holder.current()).toBeNull()
    expect(holder.status()).toMatchObject({ state: 'denying', revision: null, lastError: { code: 'BUNDLE_EXPIRED' } })
    servers.place().put(
      await forgeBundle(servers.files(), servers.key, {
        revision: 8,
        iat: servers.now() / 1000,
        exp: servers.now() / 1000 + 60,
      }),
    )
    await holder.reload()
    expect(holder.status()).toMatchObject({ state: 'enforcing', revision: 8 })
  })

  test('once its key is no longer trusted, everything is denied', async () => {
    const short: Trust = { keys: [{ ...servers.key.trusted, not_after: new Date(NOW_MS + 60_000).toISOString() }] }
    await servers.put(7)
    const holder = await servers.start({ trust: short })
    expect(holder.status().state).toBe('enforcing')
    servers.advance(60_000)
    expect(holder.status()).toMatchObject({ state: 'denying', lastError: { code: 'BUNDLE_EXPIRED' } })
  })

  test('twenty publishes and reloads at once end with the newest, and never with an older one in between', async () => {
    const bundles = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        forgeBundle(index % 2 ? servers.others() : servers.files(), servers.key, { revision: index + 1 }),
      ),
    )
    servers.place().put(bundles[0]!)
    const holder = await servers.start()
    const seen: number[] = []
    holder.onChange((status) => seen.push(status.revision ?? 0))
    const reloads = bundles.map((bundle) => {
      servers.place().put(bundle)
      return holder.reload()
    })
    await Promise.all(reloads)
    expect(holder.status()).toMatchObject({ state: 'enforcing', revision: 20 })
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
  })

  test('a call that took the policy before a swap ends under that policy', async () => {
    await servers.put(7)
    const holder = await servers.start()
    const taken = holder.current()
    await servers.put(8, servers.others())
    await holder.reload()
    expect(holder.current()?.revision).toBe(8)
    expect(taken?.revision).toBe(7)
    expect(taken?.policy.decide(forgeInput()).effect).toBe('allow')
  })

  test.each([
    ['by notice', 3_600_000],
    ['by asking', 10],
  ])('a replaced bundle is found %s', async (_how, pollMs) => {
    await servers.put(7)
    const holder = await servers.start({ pollMs })
    const revision = new Promise<number | null>((resolve) => {
      holder.onChange((status) => resolve(status.revision))
    })
    await servers.put(8)
    expect(await revision).toBe(8)
  })

  test('a listener that throws keeps neither the servers.others() nor the policy from going on', async () => {
    await servers.put(7)
    const log = forgeLog()
    const holder = await servers.start({ log })
    holder.onChange(() => {
      throw new Error('broken listener')
    })
    const seen: (number | null)[] = []
    holder.onChange((status) => seen.push(status.revision))
    await servers.put(8)
    await holder.reload()
    expect(seen).toEqual([8])
    expect(log.events).toContain('policy.listener_failed')
  })
})
