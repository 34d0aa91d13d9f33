import type { RequestListener } from 'node:http'
import { setTimeout } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, test } from 'vitest'
import { openSource } from '../../../engine/channel/open.ts'
import type { ChannelSource } from '../../../engine/channel/source.ts'
import { channelTarget } from '../../../engine/channel/target.ts'
import type { PolicyHolder } from '../../../servers/policy/status.ts'
import { type Authority, startAuthority } from '../../helpers/channel/authority.ts'
import { type Store, startStore } from '../../helpers/channel/store.ts'
import { forgeBundle, forgeFiles } from '../../helpers/forge/bundle.ts'
import { policyServers } from '../../helpers/forge/policy-server.ts'
import { needs } from '../../helpers/needs.ts'

const BUNDLE = 'omie/bundle.tar.gz'

describe.skipIf(needs('opa', 'openssl').missing !== null)('a policy from an https address', () => {
  const servers = policyServers()
  let authority: Authority
  let store: Store
  const sources: ChannelSource[] = []

  beforeAll(() => {
    authority = startAuthority()
  })
  beforeEach(async () => {
    store = await startStore(authority)
  })
  afterEach(async () => {
    for (const source of sources.splice(0)) source.close()
    await store.stop()
  })
  afterAll(() => authority.remove())

  async function open(caFile: string | null = authority.caFile, timeoutMs = 30_000): Promise<ChannelSource> {
    const target = channelTarget(store.url)
    if (target === null) throw new Error(store.url)
    const source = await openSource(target, { caFile, timeoutMs })
    sources.push(source)
    return source
  }
  const put = async (revision: number): Promise<void> => {
    store.files.set(BUNDLE, Buffer.from(await forgeBundle(servers.files(), servers.key, { revision })))
  }
  const start = async (options = {}): Promise<PolicyHolder> => servers.start({ channel: await open(), ...options })

  test('is enforced, asked for by its tag, and sent again only when it is another', async () => {
    await put(7)
    const holder = await start()
    expect(holder.status()).toMatchObject({ state: 'enforcing', revision: 7 })
    const sent = store.sent
    servers.advance(10_000)
    await holder.reload()
    expect([store.sent, store.asked.at(-1)]).toEqual([sent, `GET ${BUNDLE} 304`])
    // That nothing is newer was confirmed all the same.
    expect(holder.confirmedMs()).toBe(servers.now())
    await put(8)
    await holder.reload()
    expect(holder.status()).toMatchObject({ state: 'enforcing', revision: 8 })
  })

  test('is found by asking', async () => {
    await put(7)
    const holder = await start({ pollMs: 20 })
    const revision = new Promise<number | null>((resolve) => holder.onChange((status) => resolve(status.revision)))
    await put(8)
    expect(await revision).toBe(8)
  })

  test('is asked for once for all who want it at the same time', async () => {
    await put(7)
    const holder = await start()
    store.asked.length = 0
    await Promise.all(Array.from({ length: 50 }, () => holder.reload()))
    // The one under way, and one more for whoever asked meanwhile.
    expect(store.asked).toHaveLength(2)
  })

  test('is the last good one, from disk, where a server starts without the source', async () => {
    await put(7)
    await (await start()).stop()
    const confirmed = servers.now()
    servers.advance(90_000)
    await store.stop()
    const holder = await start()
    expect(holder.status()).toMatchObject({ state: 'degraded', revision: 7, lastError: { code: 'BUNDLE_UNAVAILABLE' } })
    // Its age counts from when the source last confirmed it, restarts or not.
    expect(holder.confirmedMs()).toBe(confirmed)
    await store.again()
    await holder.reload()
    expect(holder.status()).toMatchObject({ state: 'enforcing', revision: 7, lastError: null })
    expect(holder.confirmedMs()).toBe(servers.now())
  })

  test('does not come from a server of another authority', async () => {
    await put(7)
    const holder = await servers.start({ channel: await open(null) })
    expect(holder.status()).toMatchObject({ state: 'denying', lastError: { code: 'BUNDLE_UNAVAILABLE' } })
    expect(holder.status().lastError?.message).toContain('UNABLE_TO_VERIFY')
  })

  const whole = (status: number, headers: Record<string, string>, body?: string): RequestListener => {
    return (_request, response) => void response.writeHead(status, headers).end(body)
  }
  const elsewhere = { location: 'https://localhost/other' }
  const hostile: [string, RequestListener, string][] = [
    ['a page', whole(200, { 'content-type': 'text/html; charset=utf-8' }, '<html>'), 'got a page (text/html)'],
    ['other content', whole(200, { 'content-type': 'application/json' }, '{}'), 'expected a gzip archive'],
    ['a redirect', whole(302, elsewhere), 'got 302, and redirects are not followed'],
    ['a refusal', whole(403, {}, 'no'), 'got 403'],
    ['nothing', whole(404, {}), 'got none'],
    ['an empty file', whole(200, {}), 'expected a gzip archive'],
    ['a failure', whole(500, {}, 'x'.repeat(1_000_000)), 'got 500'],
    [
      'a part',
      (_request, response) => {
        response.writeHead(200, { 'content-length': '100000' })
        response.write('x'.repeat(1_000), () => response.destroy())
      },
      'no answer (ECONNRESET)',
    ],
    [
      'more than a bundle may be',
      (_request, response) => {
        response.writeHead(200)
        const more = (): void => {
          while (!response.destroyed && response.write(Buffer.alloc(65_536)));
        }
        response.on('drain', more)
        more()
      },
      'expected at most 16777216 bytes',
    ],
  ]
  test.each(hostile)('%s in its place changes nothing, and is said', async (_what, answer, said) => {
    await put(7)
    const holder = await start()
    const before = holder.current()
    store.instead.set(BUNDLE, answer)
    await holder.reload()
    expect(holder.current()).toBe(before)
    expect(holder.status()).toMatchObject({ state: 'degraded', revision: 7 })
    expect(holder.status().lastError?.message).toContain(said)
    store.instead.clear()
    await put(8)
    await holder.reload()
    expect(holder.status()).toMatchObject({ state: 'enforcing', revision: 8, lastError: null })
  })

  test('a source that drips keeps nobody waiting for ever, and the policy stays meanwhile', async () => {
    await put(7)
    const holder = await servers.start({ channel: await open(authority.caFile, 400) })
    store.instead.set(BUNDLE, (_request, response) => {
      response.writeHead(200)
      const drip = setInterval(() => response.write('x'), 50)
      response.once('close', () => clearInterval(drip))
    })
    const reload = holder.reload()
    await setTimeout(100)
    expect(holder.current()?.revision).toBe(7)
    await reload
    expect(holder.status().lastError?.message).toContain('no whole answer within 400 ms')
  })

  test('"not modified" is no answer to who has nothing', async () => {
    store.instead.set(BUNDLE, (_request, response) => void response.writeHead(304).end())
    const holder = await start()
    expect(holder.status()).toMatchObject({ state: 'denying', lastError: { code: 'BUNDLE_UNAVAILABLE' } })
    expect(holder.confirmedMs()).toBe(0)
  })

  test('an older revision played back, and the bundle of another ERP, change nothing', async () => {
    await put(7)
    const older = store.files.get(BUNDLE) ?? Buffer.of()
    await put(8)
    const holder = await start()
    store.files.set(BUNDLE, older)
    await holder.reload()
    expect(holder.status()).toMatchObject({ revision: 8, lastError: { code: 'BUNDLE_ROLLED_BACK' } })
    const other = await forgeBundle(forgeFiles(inject('compiler'), 'nibo'), servers.key, { revision: 9, scope: 'nibo' })
    store.files.set(BUNDLE, Buffer.from(other))
    await holder.reload()
    expect(holder.status()).toMatchObject({ revision: 8, lastError: { code: 'BUNDLE_SCOPE_WRONG' } })
  })
})
