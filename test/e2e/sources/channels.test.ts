import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { channelTarget } from '../../../engine/channel/target.ts'
import { openWriter } from '../../../engine/publish/open.ts'
import { asOperator, health, stopsInForce, until } from '../../helpers/alcada/revoke.ts'
import { type Alcada, startAlcada } from '../../helpers/alcada/start.ts'
import { type Authority, startAuthority } from '../../helpers/channel/authority.ts'
import { type Registry, startRegistry } from '../../helpers/channel/registry.ts'
import { startStore } from '../../helpers/channel/store.ts'
import { startTokenServer } from '../../helpers/channel/token-server.ts'
import { needs } from '../../helpers/needs.ts'

const SECRET = 'publica-3Zk9'

let place: string
let authority: Authority
let alcada: Alcada | undefined
const closing: (() => unknown)[] = []

/** A server of a real process that gets its policy from this address. */
async function follow(target: string, secret: string): Promise<Alcada> {
  const tokenFile = join(place, 'token')
  writeFileSync(tokenFile, `${secret}\n`, { mode: 0o600 })
  const parsed = channelTarget(target)
  if (parsed === null) throw new Error(target)
  const { caFile } = authority
  const publishTo = await openWriter(parsed, { tokenFile, caFile })
  closing.push(() => publishTo.close())
  const env = {
    ALCADA_CHANNEL: target,
    ALCADA_CHANNEL_TOKEN_FILE: tokenFile,
    ALCADA_CHANNEL_CA_FILE: caFile,
    ALCADA_POLL_SECONDS: '1',
  }
  return startAlcada({ erp: 'omie', publishTo, env })
}

const metric = async ({ ops }: Alcada, name: string): Promise<number> => {
  const text = await (await fetch(new URL('/metrics', ops))).text()
  return Number(new RegExp(`^${name}{[^}]*} (.*)$`, 'm').exec(text)?.[1])
}
const pull = async ({ ops }: Alcada, token: string): Promise<{ status: number; body: unknown }> => {
  const headers = token === '' ? {} : { authorization: `Bearer ${token}` }
  const answer = await fetch(new URL('/policy/pull', ops), { method: 'POST', headers })
  return { status: answer.status, body: JSON.parse(await answer.text()) }
}

/** What holds wherever bundles come from. @param away takes the source away, and gives it back */
async function story(server: Alcada, away: () => Promise<() => Promise<unknown>>): Promise<void> {
  expect((await health(server)).body).toMatchObject({ status: 'enforcing', revision: 1 })
  // By asking; and at once, for whoever may have it.
  await server.publish()
  const publish = await server.prepare()
  await publish()
  const approver = server.token('approver', { sub: 'u19', kind: 'human', purpose: 'approvals' })
  expect((await pull(server, '')).status).toBe(401)
  const pulled = await Promise.all([1, 2, 3, 4, 5].map(() => pull(server, approver)))
  expect(pulled.map(({ body }) => body)).toEqual(Array(5).fill({ state: 'enforcing', revision: 3, error: null }))
  // An emergency stop goes the same way.
  const stop = ['revoke', 'omie', '--caller', 'agent-1', '--until', '2h', '--reason', 'chave vazada']
  expect(await asOperator(server, stop)).toMatchObject({ code: 0 })
  await stopsInForce(server, 1)
  // Without the source a server starts with what it has; how old that is counts on.
  const back = await away()
  await server.restart({ hard: true })
  const { body } = await health(server)
  expect(body).toMatchObject({ status: 'degraded', revision: 3 })
  expect(JSON.stringify(body)).toContain('BUNDLE_UNAVAILABLE')
  const age = await metric(server, 'alcada_policy_confirmed_age_seconds')
  await until(async () => (await metric(server, 'alcada_policy_confirmed_age_seconds')) > age)
  await back()
  await until(async () => (await health(server)).body['status'] === 'enforcing')
  expect(await metric(server, 'alcada_policy_confirmed_age_seconds')).toBeLessThan(5)
  expect(server.log()).not.toContain(SECRET)
}

describe.skipIf(needs('opa', 'openssl').missing !== null)('a server gets its policies', () => {
  beforeAll(() => {
    place = mkdtempSync(join(tmpdir(), 'alcada-sources-'))
    authority = startAuthority()
  })
  afterEach(async () => {
    await alcada?.stop()
    alcada = undefined
    for (const close of closing.splice(0).reverse()) await close()
  })
  afterAll(() => {
    authority.remove()
    rmSync(place, { recursive: true, force: true })
  })

  test('from an https address, with a bearer token', async () => {
    const store = await startStore(authority, SECRET)
    closing.push(() => store.stop())
    alcada = await follow(store.url, SECRET)
    await story(alcada, async () => {
      await store.stop()
      return () => store.again()
    })
  })

  test.skipIf(needs('registry').missing !== null)('from a registry, with the token it sends them for', async () => {
    const tokens = await startTokenServer(authority, `publisher:${SECRET}`)
    closing.push(() => tokens.stop())
    const registry: Registry = await startRegistry({ authority, realm: tokens.realm })
    closing.push(() => registry.stop())
    alcada = await follow(registry.target, `publisher:${SECRET}`)
    await story(alcada, async () => {
      await registry.pause()
      return () => registry.again()
    })
    // The registry names the actions of a scope in any order.
    const asked = tokens.asked.map((scope) => scope.replace('push,pull', 'pull,push'))
    expect(new Set(asked)).toEqual(
      new Set(['publisher repository:policies:pull', 'publisher repository:policies:pull,push']),
    )
  })
})

describe.skipIf(needs('opa', 'registry').missing !== null)('a server of which production is asked', () => {
  test('gets no policy without TLS', async () => {
    const { openChannel } = await import('../../../servers/wiring/channel.ts')
    const channel = channelTarget('oci+http://127.0.0.1:5000/policies')
    if (channel === null) throw new Error('expected a channel')
    const channelAccess = { tokenFile: null, caFile: null, pollMs: null }
    await expect(openChannel({ channel, channelAccess }, false)).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })
})
