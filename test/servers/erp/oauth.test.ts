import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { OAuth2Auth } from '../../../engine/contract/erp.ts'
import type { SharedGrants } from '../../../engine/contract/erp-grant.ts'
import { createRedactor } from '../../../servers/credentials/redactor.ts'
import type { ErpClient, ErpClientOptions } from '../../../servers/erp/client.ts'
import { openState, type State } from '../../../servers/state/state.ts'
import { ERP_CLIENT, ERP_SECRET, type ErpProvider, startErpProvider } from '../../helpers/identity/erp-provider.ts'
import { type Database, databases, type Place, stateFolder } from '../../helpers/state/databases.ts'
import {
  AURORA,
  call,
  catalogue,
  client,
  closing,
  credentials,
  erp,
  erpServer,
  type LoopbackErp,
  tool,
  write,
} from './erp-on-loopback.ts'
import { byClient, byCode, SPEC, sql } from './oauth-parts.ts'

// An ERP behind a real OAuth 2 provider whose refresh tokens rotate, and end the grant when one is used twice: two
// clients as two replicas have them, with the database between them.

const READ = tool()
const WRITE = write()
const auth = () => byCode(provider.url)
const open = closing()
let provider: ErpProvider
let server: LoopbackErp

beforeAll(async () => {
  provider = await startErpProvider()
  server = await erpServer(async ({ headers }) =>
    (await provider.knows(headers.authorization)) ? { json: { id: 1 } } : { status: 401 },
  )
})
afterAll(async () => {
  await server.close()
  await provider.stop()
})
beforeEach(() => {
  provider.asked.length = 0
  provider.meet = null
  provider.answered = null
  server.seen.length = 0
})

interface Replica {
  client: ErpClient
  heard: string[]
}

describe.each(databases)('tokens of an ERP, with $name between replicas', ({ name, missing, start }) => {
  describe.skipIf(missing !== null)(`with ${name}`, () => {
    let database: Database
    let place: Place
    let states: State[] = []
    // One for all tests: what each logs in with is another grant.
    beforeAll(async () => {
      database = await start()
      place = await database.fresh()
      const at = { ...place, erp: 'omie', now: Date.now }
      const a = await openState({ ...at, replica: 'a' })
      const maskKeyFile = join(place.path, 'mask.key')
      const b = name === 'SQLite' ? a : await openState({ ...at, path: stateFolder(), replica: 'b', maskKeyFile })
      states = [a, b]
    })
    afterEach(open.all)
    afterAll(async () => {
      for (const state of new Set(states)) await state.stop()
      await database.stop()
    })

    function replicas(item: OAuth2Auth, refresh: string | null, wrap = (grants: SharedGrants) => grants, more = {}) {
      const [a, b] = states
      if (a === undefined || b === undefined) throw new Error('expected two states')
      const clock = { ahead: 0 }
      const of = erp(server.url, {
        ...{ credentials: SPEC, errors: [{ status: [401], kind: 'auth' }] },
        connection: { auth: [item], timeoutMs: 1_000, ...more },
      })
      const values = {
        client_id: ERP_CLIENT,
        client_secret: ERP_SECRET,
        ...(refresh !== null && { refresh_token: refresh }),
      }
      const replica = (state: State, more: Partial<ErpClientOptions> = {}): Replica => {
        const heard: string[] = []
        const one = client(catalogue(of, READ, WRITE), {
          credentials: credentials({ [AURORA]: values }),
          grants: wrap(state.grants),
          onGrant: async ({ what, code }) => void heard.push(`${what} ${code}`),
          now: () => Date.now() + clock.ahead,
          ...more,
        })
        return { client: open.add(one), heard }
      }
      /** As if the token's time were over, for the database and for whoever remembers it. */
      const expire = async (): Promise<void> => {
        clock.ahead += 7_200_000
        await sql(place, 'UPDATE grants SET renew_ms = 0, until_ms = 0')
      }
      return { one: replica(a), two: replica(b), state: a, expire, replica }
    }

    const read = (of: Replica, id = '1') => of.client.call(call(READ, { id }))
    const refreshes = () => provider.asked.filter(({ grant }) => grant === 'refresh_token')

    test('a client’s own token is got once for all calls and replicas, and sent with each', async () => {
      const { one, two } = replicas(byClient(provider.url), null)
      const outcomes = await Promise.all([1, 2, 3, 4, 5, 6].map((id) => read(id % 2 === 0 ? one : two, String(id))))
      expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done', 'done', 'done', 'done', 'done'])
      expect(provider.asked.map(({ grant, status }) => [grant, status])).toEqual([['client_credentials', 200]])
      expect(new Set(server.seen.map(({ headers }) => headers.authorization)).size).toBe(1)
      expect([...one.heard, ...two.heard]).toEqual(['grant_renewed client_credentials'])
    })

    test('a refresh token is used once, however many calls of both replicas find the token old', async () => {
      const { one, two, expire } = replicas(auth(), await provider.login('ana'))
      for (const round of [1, 2, 3]) {
        const ids = [1, 2, 3, 4, 5, 6].map((id) => `${round}-${id}`)
        const outcomes = await Promise.all(ids.map((id, n) => read(n % 2 === 0 ? one : two, id)))
        expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done', 'done', 'done', 'done', 'done'])
        await expire()
      }
      expect(refreshes().map(({ status }) => status)).toEqual([200, 200, 200])
      expect(new Set(refreshes().map(({ refresh }) => refresh)).size).toBe(3)
    })

    test('and without the turn that replicas take, the provider sees a token twice and ends the grant', async () => {
      // Both have asked for the turn before either has a new token.
      let asked = -1
      const met = Promise.withResolvers<void>()
      const turnless = (grants: SharedGrants): SharedGrants => ({
        ...grants,
        async take(taking) {
          const taken = await grants.take(taking)
          if (asked >= 0) {
            asked += 1
            if (asked === 2) met.resolve()
            await met.promise
          }
          return taken.kind === 'wait' ? { kind: 'renew', version: 0, sealed: null, left_ms: 0 } : taken
        },
      })
      const { one, two, expire } = replicas(auth(), await provider.login('ana'), turnless)
      await Promise.all([read(one), read(two)])
      await expire()
      asked = 0
      const outcomes = await Promise.all([read(one, '2'), read(two, '2')])
      expect(outcomes.map(({ kind }) => kind)).toContain('failed')
      expect(refreshes().map(({ status }) => status)).toContain(400)
    })

    test('a token that the ERP refuses is renewed once, and the write goes in once', async () => {
      const { one, two } = replicas(auth(), await provider.login('ana'))
      await read(one)
      await read(two)
      await provider.revoke(server.seen[0]?.headers.authorization)
      const writes = [one, two].map(({ client }, id) => client.call(call(WRITE, { id: String(id) })))
      expect((await Promise.all(writes)).map(({ kind }) => kind)).toEqual(['done', 'done'])
      expect(refreshes().map(({ status }) => status)).toEqual([200, 200])
      const sent = server.seen.slice(2).map(({ headers }) => headers.authorization)
      expect(await Promise.all(sent.map((token) => provider.knows(token)))).toEqual([false, false, true, true])
    })

    test('an ERP that refuses what it has just given is not asked for a third', async () => {
      const { one, two } = replicas(auth(), await provider.login('ana'))
      await read(one)
      for (const _ of [1, 2]) await provider.revoke(server.seen.at(-1)?.headers.authorization).then(() => read(one))
      const last = server.seen.at(-1)?.headers.authorization
      await provider.revoke(last)
      expect(await read(one, '4')).toMatchObject({ kind: 'failed', error: { kind: 'auth' } })
      expect(await read(two, '4')).toMatchObject({ kind: 'failed', error: { kind: 'auth' } })
      expect(refreshes()).toHaveLength(2)
    })

    test('a grant that has ended denies at once, for both, until somebody logs in again', async () => {
      const { one, two, replica, state } = replicas(auth(), 'a token that it never gave')
      expect(await read(one)).toEqual({
        kind: 'failed',
        error: {
          kind: 'auth',
          message: 'the ERP has ended the grant of this company: an operator has to log in again',
        },
      })
      expect(await two.client.call(call(WRITE))).toMatchObject({ kind: 'failed', error: { kind: 'auth' } })
      expect(refreshes()).toHaveLength(1)
      expect(one.heard).toEqual(['grant_ended auth'])
      expect([one.client.endedGrants(), two.client.endedGrants()]).toEqual([[AURORA], [AURORA]])
      one.client.renew(AURORA)
      expect(one.client.endedGrants()).toEqual([])
      const values = { client_id: ERP_CLIENT, client_secret: ERP_SECRET, refresh_token: await provider.login('ana') }
      expect(await read(replica(state, { credentials: credentials({ [AURORA]: values }) }))).toMatchObject({
        kind: 'done',
      })
      expect(server.seen).toHaveLength(1)
    })

    test('nobody has logged in: nothing is asked, and the call says what is missing', async () => {
      const { one } = replicas(auth(), null)
      expect(await one.client.call(call(WRITE))).toMatchObject({
        kind: 'failed',
        error: { kind: 'auth', message: expect.stringMatching(/^nobody has let the server into the ERP/) },
      })
      expect([provider.asked.length, server.seen.length]).toEqual([0, 0])
    })

    test('a token is asked of no host that is not allowed', async () => {
      const elsewhere = { allowedHosts: [new URL(server.url).host] }
      const { one } = replicas(auth(), await provider.login('ana'), undefined, elsewhere)
      expect(await one.client.call(call(WRITE))).toMatchObject({ error: { kind: 'host_not_allowed' } })
      expect([refreshes().length, server.seen.length]).toEqual([0, 0])
    })

    test.each<[string, string, NonNullable<ErpProvider['meet']>]>([
      ['is down', 'connection', (response) => void response.destroy()],
      ['fails', 'server', (response) => void response.writeHead(503).end('<html>down</html>')],
      ['answers nothing in time', 'timeout', () => undefined],
      ['answers something else', 'unreadable_answer', (response) => void response.writeHead(200).end('{"ok":1}')],
      ['points elsewhere', 'auth', (response) => void response.writeHead(302, { location: 'http://127.0.0.2/' }).end()],
      ['knows no such client', 'auth', (response) => void response.writeHead(401).end('{"error":"invalid_client"}')],
    ])('a provider that %s denies, is left alone for a while, and the grant is kept', async (_, kind, meet) => {
      const { one, two } = replicas(auth(), await provider.login('ana'))
      let met = 0
      provider.meet = (response) => {
        met += 1
        return meet(response)
      }
      const first = await one.client.call(call(WRITE))
      expect(first).toMatchObject({ kind: 'failed' })
      const again = await two.client.call(call(WRITE))
      expect(again).toMatchObject({ kind: 'failed', error: { kind, retryAfterS: expect.any(Number) } })
      expect([met, server.seen.length]).toEqual([1, 0])
      expect(one.heard[0]).toMatch(/^grant_failed /)
      provider.meet = null
      await sql(place, 'UPDATE grants SET wait_ms = 0')
      expect(await read(two)).toMatchObject({ kind: 'done' })
    })

    test('while it is down, the token that is there is used to its end', async () => {
      const { one } = replicas(auth(), await provider.login('ana'))
      await read(one)
      await sql(place, 'UPDATE grants SET renew_ms = 0')
      one.client.renew(AURORA)
      provider.meet = (response) => void response.destroy()
      expect(await read(one, '2')).toMatchObject({ kind: 'done' })
      expect(one.heard).toEqual(['grant_renewed refresh_token', 'grant_failed connection'])
    })

    test('what the ERP gave while the state could not be written is kept later, and not lost', async () => {
      const broken = { is: false }
      const breaking = (grants: SharedGrants): SharedGrants => ({
        ...grants,
        keep: (kept) => (broken.is ? Promise.reject(new Error('disk')) : grants.keep(kept)),
      })
      const { one, two, expire } = replicas(auth(), await provider.login('ana'), breaking)
      await read(one)
      await expire()
      broken.is = true
      expect(await one.client.call(call(WRITE))).toMatchObject({ kind: 'failed', error: { kind: 'auth' } })
      broken.is = false
      expect(await read(one, '2')).toMatchObject({ kind: 'done' })
      await expire()
      expect(await read(two, '3')).toMatchObject({ kind: 'done' })
      expect(refreshes().map(({ status }) => status)).toEqual([200, 200, 200])
    })

    test('a server that ends waits for what it has asked for, and the next one goes on with it', async () => {
      const { one, two, expire } = replicas(auth(), await provider.login('ana'))
      await read(one)
      await expire()
      const { promise, resolve } = Promise.withResolvers<void>()
      provider.answered = resolve
      const last = read(one, '2')
      await promise
      await one.client.close()
      await last
      expect(await read(two, '3')).toMatchObject({ kind: 'done' })
      expect(refreshes().map(({ status }) => status)).toEqual([200, 200])
    })

    test('neither the database nor what is said holds a token in clear', async () => {
      const redactor = createRedactor()
      const { state, replica } = replicas(auth(), await provider.login('ana'))
      await read(replica(state, { redactor }))
      const token = server.seen[0]?.headers.authorization?.replace('Bearer ', '') ?? ''
      expect(token.length).toBeGreaterThan(20)
      expect(redactor.text(`it said ${token}`)).toBe('it said [secret]')
      const [row] = await sql(place, 'SELECT * FROM grants ORDER BY saved_ms DESC LIMIT 1')
      const kept = JSON.stringify(row)
      for (const secret of [token, ERP_SECRET, refreshes()[0]?.refresh ?? '']) expect(kept).not.toContain(secret)
      expect(String(row?.['sealed']).split('.')).toHaveLength(5)
    })
  })
})
