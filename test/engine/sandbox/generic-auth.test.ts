// Whom the stand-in that a file describes lets in: each way of authenticating, with a right credential, a wrong one and none.
import { describe, expect, test } from 'vitest'
import type { AuthItem } from '../../../engine/contract/erp.ts'
import { type Ask, FILE, own, received, records, type Sent, start, withAuth } from './generic-call.ts'

describe('authentication', () => {
  const basic = (user = '', key = ''): string => `Basic ${Buffer.from(`${user}:${key}`).toString('base64')}`
  test.each<[string, AuthItem, (key: string) => { path?: string } & Sent]>([
    [
      'a header',
      { in: 'header', name: 'Authorization', scheme: 'Bearer', credential: 'key' },
      (key) => ({ headers: { authorization: `Bearer ${key}` } }),
    ],
    ['the query', { in: 'query', name: 'token', credential: 'key' }, (key) => ({ path: `&token=${key}`, headers: {} })],
    [
      'basic',
      { in: 'basic', user: 'user', password: 'key' },
      (key) => ({ headers: { authorization: basic('ana', key) } }),
    ],
  ])('by %s: the right credential is served, another and none are not', async (_, item, sent) => {
    const ask = await start(FILE, withAuth(item))
    const call = async (key: string): Promise<number> => {
      const { path = '', headers = {} } = sent(key)
      return (await ask('GET', `/customers?page=1${path}`, { headers }))[0]
    }
    expect([await call(own()['key'] ?? ''), await call('wrong'), await call('')]).toEqual([200, 401, 401])
    expect(received().map(({ company }) => company)).toEqual(['12345678000195', null, null])
  })

  test('by the body: it is no part of the record that is made', async () => {
    const ask = await start(FILE, withAuth({ in: 'body', pointer: '/key', credential: 'key' }))
    const made = (key: string): ReturnType<Ask> =>
      ask('POST', '/customers', { headers: {}, body: { key, name: 'New' } })
    expect((await made('wrong'))[0]).toBe(401)
    expect((await made(own()['key'] ?? '')).slice(0, 2)).toEqual([201, { code: 'c1001' }])
    expect(records().at(-1)).toEqual({ id: 'c1001', name: 'New', active: true })
  })

  test('by a session: the login is checked, and its token alone is served', async () => {
    const login = {
      method: 'POST',
      path: '/login',
      body: { user: { $credential: 'user' }, key: { $credential: 'key' } },
    } as const
    const token = {
      join: [{ credential: 'user' }, { text: ':' }, { pointer: '/data/token' }],
      encode: 'base64',
    } as const
    const item: AuthItem = {
      in: 'session',
      login,
      token: { ...token, join: [...token.join] },
      header: 'X-S',
      scheme: 'S',
      renewOn: [401],
    }
    const ask = await start(FILE, withAuth(item))
    const logIn = (key: unknown): ReturnType<Ask> => ask('POST', '/login', { headers: {}, body: { user: 'ana', key } })
    expect((await logIn('wrong'))[0]).toBe(401)
    const [status, document] = await logIn(own()['key'])
    expect(status).toBe(200)
    const { data } = document as { data: { token: string } }
    const header = `S ${Buffer.from(`ana:${data.token}`).toString('base64')}`
    expect((await ask('GET', '/customers', { headers: { 'x-s': header } }))[0]).toBe(200)
    expect((await ask('GET', '/customers', { headers: { 'x-s': `${header}x` } }))[0]).toBe(401)
    expect((await ask('GET', '/customers', { headers: {} }))[0]).toBe(401)
  })

  test.each<['basic' | 'post']>([['basic'], ['post']])(
    'by a token that it gives to a client (%s)',
    async (clientAuth) => {
      const item = {
        in: 'oauth2',
        tokenUrl: 'https://id.feira.example/oauth/token',
        clientId: 'user',
        clientSecret: 'key',
      } as const
      const ask = await start(FILE, withAuth({ ...item, grant: 'client_credentials', clientAuth }))
      const token = async (key: string): ReturnType<Ask> => {
        const inBody = {
          grant_type: 'client_credentials',
          ...(clientAuth === 'post' && { client_id: 'ana', client_secret: key }),
        }
        const headers: Record<string, string> = clientAuth === 'basic' ? { authorization: basic('ana', key) } : {}
        return ask('POST', '/oauth/token', { headers, body: new URLSearchParams(inBody).toString() })
      }
      expect((await token('wrong')).slice(0, 2)).toEqual([401, { error: 'invalid_client' }])
      const [status, given] = await token(own()['key'] ?? '')
      expect([status, given]).toMatchObject([200, { token_type: 'Bearer', expires_in: 3600 }])
      const { access_token } = given as { access_token: string }
      expect((await ask('GET', '/customers', { headers: { authorization: `Bearer ${access_token}` } }))[0]).toBe(200)
      expect((await ask('GET', '/customers', { headers: { authorization: 'Bearer other' } }))[0]).toBe(401)
    },
  )

  test('what the file asks for stands above what erp.yaml sends', async () => {
    const ask = await start({ ...FILE, auth: [{ in: 'header', name: 'Other', credential: 'key' }] })
    expect((await ask('GET', '/customers'))[0]).toBe(401)
  })
})
