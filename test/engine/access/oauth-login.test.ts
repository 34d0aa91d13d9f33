import { createServer, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { isLoopbackRedirect, loopbackRedirect } from '../../../engine/access/loopback-redirect.ts'
import { beginLogin, type CodeGrant } from '../../../engine/access/oauth-login.ts'

// A login asks for what erp.yaml says and no more, takes one answer alone, and says why there is no grant. That a real
// provider takes it, with PKCE, is shown in test/e2e/oauth.

const REDIRECT = 'http://127.0.0.1:8765/callback'
const CLIENT = { clientId: 'shop', clientSecret: 'hush' }
let url = ''
let asked: { body: URLSearchParams; headers: Record<string, unknown> }[] = []
let answer: (response: ServerResponse) => void = () => undefined
const server = createServer(async (request, response) => {
  asked.push({ body: new URLSearchParams(await text(request)), headers: request.headers })
  answer(response)
})

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`
})
afterAll(() => void server.close())
beforeEach(() => {
  asked = []
  answer = (response) => response.end('{"access_token":"a","refresh_token":"r1"}')
})

function begin(change: Partial<CodeGrant> = {}) {
  const auth: CodeGrant = {
    in: 'oauth2',
    grant: 'authorization_code',
    authorizeUrl: `${url}/authorize?tenant=7`,
    tokenUrl: `${url}/token`,
    clientId: 'client_id',
    clientSecret: 'client_secret',
    clientAuth: 'post',
    refreshToken: 'refresh_token',
    ...change,
  }
  const login = beginLogin({ auth, client: CLIENT, redirectUri: REDIRECT, timeoutMs: 500 })
  const state = new URL(login.url).searchParams.get('state')
  return { login, state, back: new URL(`${REDIRECT}?code=c1&state=${state}`) }
}

test('the browser is sent with what erp.yaml says, the proof where the ERP takes it', () => {
  const search = (change: Partial<CodeGrant>) => Object.fromEntries(new URL(begin(change).login.url).searchParams)
  const plain = { tenant: '7', response_type: 'code', client_id: 'shop', redirect_uri: REDIRECT }
  expect(search({ pkce: 'none' })).toEqual({ ...plain, state: expect.stringMatching(/^[\w-]{43}$/) })
  expect(search({ scopes: ['a', 'b'], parameters: { audience: 'x' } })).toEqual({
    ...plain,
    scope: 'a b',
    audience: 'x',
    state: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    code_challenge_method: 'S256',
  })
})

test('the code is changed for the refresh token, with the client and the proof', async () => {
  const { login, back } = begin()
  expect(await login.finish(back)).toBe('r1')
  expect(Object.fromEntries(asked[0]?.body ?? [])).toEqual({
    grant_type: 'authorization_code',
    code: 'c1',
    redirect_uri: REDIRECT,
    code_verifier: expect.stringMatching(/^[\w-]{43}$/),
    client_id: 'shop',
    client_secret: 'hush',
  })
})

test('an answer to another login is none, and its code is sent to nobody', async () => {
  const { login } = begin()
  const other = new URL(`${REDIRECT}?code=stolen&state=${begin().state}`)
  expect(login.isAnswer(other)).toBe(false)
  await expect(login.finish(other)).rejects.toMatchObject({ code: 'LOGIN_REFUSED' })
  expect(asked).toEqual([])
})

test.each<[string, (response: ServerResponse) => void, string]>([
  [
    'refuses the code',
    (r) => r.writeHead(400).end('{"error":"invalid_grant","error_description":"hush"}'),
    'invalid_grant',
  ],
  ['answers no JSON', (r) => r.writeHead(502).end('<html>'), 'HTTP 502'],
  ['gives no refresh token', (r) => r.end('{"access_token":"a"}'), 'gave no refresh token: it may want a scope'],
  [
    'leads elsewhere',
    (r) => r.writeHead(302, { location: 'http://127.0.0.2/' }).end(),
    'no answer from http://127.0.0.1',
  ],
  ['hangs up', (r) => r.destroy(), 'log in once more'],
  ['says nothing', () => undefined, 'log in once more'],
])('an ERP that %s is told of, without a secret', async (_, meet, words) => {
  answer = meet
  const { login, back } = begin()
  const refused = login.finish(back)
  await expect(refused).rejects.toThrow(words)
  await expect(refused).rejects.not.toThrow('hush')
})

describe('the address that the browser comes back to', () => {
  test.each([
    ['http://127.0.0.1:8765/callback', true],
    ['http://localhost:8765/', true],
    ['http://[::1]:8765/', true],
    ['http://127.0.0.1/callback', false],
    ['https://erp-tools.example/callback', false],
    ['http://10.0.0.1:8765/', false],
    ['nonsense', false],
  ])('%s: listened at %s', (address, expected) => {
    expect(isLoopbackRedirect(address)).toBe(expected)
  })

  test('a port that is taken, or nobody who comes, ends the login with what to do', async () => {
    const taken = loopbackRedirect(`${url}/callback`, () => true, 1_000)
    await expect(taken).rejects.toMatchObject({ code: 'LOGIN_PORT_TAKEN', message: expect.stringContaining('--paste') })
    const free = await loopbackRedirect('http://127.0.0.1:0/callback', () => true, 5)
    await expect(free.answer).rejects.toThrow('nobody came back from the ERP in time')
    await free.close()
  })
})
