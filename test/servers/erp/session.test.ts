import { afterEach, expect, test } from 'vitest'
import type { SessionAuth } from '../../../engine/contract/erp.ts'
import {
  type Answer,
  BRISA,
  call,
  catalogue,
  client,
  closing,
  erp,
  erpServer,
  type Seen,
  tool,
  write,
} from './erp-on-loopback.ts'

const open = closing()
afterEach(open.all)

const READ = tool()
const WRITE = write()
const SESSION: SessionAuth = {
  in: 'session',
  login: {
    method: 'POST',
    path: '/login',
    body: { method: 'common.db.login', params: [{ $credential: 'user' }, { $credential: 'password' }] },
  },
  token: {
    join: [{ credential: 'user' }, { text: ':' }, { pointer: '/result/0' }, { text: ':' }, { pointer: '/result/1' }],
    encode: 'base64',
  },
  header: 'Authorization',
  scheme: 'Session',
  renewOn: [401],
}

function header(user: string, number: number): string {
  return `Session ${Buffer.from(`${user}:3:token${number}`).toString('base64')}`
}

/** An ERP with sessions: `valid` says which token it knows. */
async function withSessions(answer: (seen: Seen) => Answer, logins: { count: number } = { count: 0 }) {
  const server = open.add(
    await erpServer((seen) => {
      if (seen.url !== '/login') return answer(seen)
      logins.count++
      return { json: { result: [3, `token${logins.count}`] } }
    }),
  )
  const of = erp(server.url, { connection: { auth: [SESSION] }, errors: [{ status: [401], kind: 'auth' }] })
  return { server, one: open.add(client(catalogue(of, READ, WRITE))), logins }
}

test('a company logs in once, however many calls wait for it, and each has its own session', async () => {
  const { server, one, logins } = await withSessions(() => ({ json: { id: 1 } }))
  await Promise.all([1, 2, 3].map((id) => one.call(call(READ, { id: String(id) }))))
  await one.call(call(READ, { id: '4' }, { company: BRISA }))
  expect(logins.count).toBe(2)
  const sent = server.seen.filter(({ url }) => url !== '/login').map(({ headers }) => headers.authorization)
  expect(sent).toEqual([header('maker', 1), header('maker', 1), header('maker', 1), header('maker2', 2)])
  expect(server.seen[0]?.body).toEqual({ method: 'common.db.login', params: ['maker', 'pässword'] })
})

test('a session that the ERP no longer knows is renewed, and a write goes in once', async () => {
  const known = { token: 1 }
  const { server, one, logins } = await withSessions(({ headers }) =>
    headers.authorization === header('maker', known.token) ? { json: { id: 1 } } : { status: 401 },
  )
  await one.call(call(READ, { id: '1' }))
  known.token = 2
  expect(await one.call(call(WRITE, { id: '2' }))).toMatchObject({ kind: 'done' })
  expect(logins.count).toBe(2)
  const writes = server.seen.filter(({ body }) => JSON.stringify(body) === '{"id":"2"}')
  expect(writes.map(({ headers }) => headers.authorization)).toEqual([header('maker', 1), header('maker', 2)])
})

test('many calls that meet an old session log in once between them', async () => {
  const known = { token: 1 }
  const { one, logins } = await withSessions(({ headers }) =>
    headers.authorization === header('maker', known.token) ? { json: { id: 1 } } : { status: 401 },
  )
  await one.call(call(READ, { id: '0' }))
  known.token = 2
  const outcomes = await Promise.all([1, 2, 3, 4].map((id) => one.call(call(READ, { id: String(id) }))))
  expect(outcomes.map(({ kind }) => kind)).toEqual(['done', 'done', 'done', 'done'])
  expect(logins.count).toBe(2)
})

test('a new session that is refused too is an error, not a third login', async () => {
  const { one, logins } = await withSessions(() => ({ status: 401 }))
  expect(await one.call(call(WRITE))).toMatchObject({ kind: 'failed', error: { kind: 'auth' } })
  expect(logins.count).toBe(2)
})

test.each<[string, Answer, string]>([
  ['is refused', { status: 401 }, 'auth'],
  ['is cut', { raw: (response) => void response.destroy() }, 'connection'],
  ['fails', { status: 503, json: {} }, 'server'],
  ['answers no session', { json: { result: null } }, 'auth'],
])('when the login %s, the write behind it was not sent', async (_, answer, kind) => {
  const server = open.add(await erpServer(() => answer))
  const of = erp(server.url, { connection: { auth: [SESSION] }, errors: [{ status: [401], kind: 'auth' }] })
  const outcome = await open.add(client(catalogue(of, WRITE))).call(call(WRITE))
  expect(outcome).toMatchObject({ kind: 'failed', error: { kind } })
  expect(server.seen.map(({ url }) => url)).toEqual(['/login'])
})

test('a refused password is not tried again for a minute, so that the ERP does not lock the login', async () => {
  const clock = { now: 1_000_000 }
  const server = open.add(await erpServer(() => ({ status: 401 })))
  const of = erp(server.url, { connection: { auth: [SESSION] }, errors: [{ status: [401], kind: 'auth' }] })
  const one = open.add(client(catalogue(of, READ), { now: () => clock.now }))
  await one.call(call(READ))
  clock.now += 20_000
  expect(await one.call(call(READ))).toMatchObject({ error: { kind: 'auth', retryAfterS: 40 } })
  expect(server.seen).toHaveLength(1)
  clock.now += 40_000
  await one.call(call(READ))
  expect(server.seen).toHaveLength(2)
})
