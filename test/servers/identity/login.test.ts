import { createServer, type Server } from 'node:http'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { IssuerConfig } from '../../../engine/contract/identity-config.ts'
import { approverOf } from '../../../servers/identity/approver.ts'
import type { Identity } from '../../../servers/identity/identity.ts'
import { createVerifier } from '../../../servers/identity/verifier.ts'

const LOGIN = { name: 'Contas', client_id: 'console', client_secret: null, scopes: [], person: '/login' }

let server: Server
let issuer: string
let keys: Awaited<ReturnType<typeof generateKeyPair>>
let others: typeof keys
beforeAll(async () => {
  keys = await generateKeyPair('ES256')
  others = await generateKeyPair('ES256')
  const jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k1', alg: 'ES256' }] }
  server = createServer((_request, response) => response.end(JSON.stringify(jwks)))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()))
  const address = server.address()
  issuer = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`
})
afterAll(() => new Promise<void>((resolve) => server.close(() => resolve())))

interface Forged {
  claims?: Record<string, unknown>
  type?: string
  key?: 'good' | 'other'
}

async function idToken({ claims = {}, type, key = 'good' }: Forged = {}): Promise<string> {
  const nowS = Math.floor(Date.now() / 1_000)
  const standard = { iss: issuer, aud: 'console', sub: '8f3a', iat: nowS, exp: nowS + 300, nonce: 'n-1' }
  const own = { login: 'ana', groups: ['approvers'] }
  return new SignJWT({ ...standard, ...own, ...claims })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...(type === undefined ? {} : { typ: type }) })
    .sign((key === 'good' ? keys : others).privateKey)
}

async function verify(token: string, changes: Partial<IssuerConfig> = {}): Promise<Identity> {
  const entry: IssuerConfig = {
    issuer,
    keys: { jwks: issuer },
    audience: null,
    algorithms: ['ES256'],
    scopes: ['erp'],
    claims: { person: 'registered', agent: '/azp', roles: '/groups', companies: '/companies' },
    role_names: { approvers: 'approver' },
    login: LOGIN,
    ...changes,
  }
  const limits = { maxAgeS: 3_600, roles: ['approver'], identity: { embedded: false, issuers: [entry] } }
  const options = { issuers: [], audience: 'alcada:omie:approvals', now: Date.now, remote: { development: true } }
  return createVerifier(options).verifyIdToken(token, { issuer, nonce: 'n-1' }, limits)
}

test('the person and the roles are read where the policy says, and it is a human who signs in', async () => {
  expect(await verify(await idToken({ claims: { azp: 'console' } }))).toMatchObject({
    caller: { id: 'ana', person: 'ana', kind: 'human', roles: ['approver'] },
    companies: [],
    rolesClaimed: true,
  })
})

test.each([undefined, 'JWT'])('its header may call it %s', async (type) => {
  expect((await verify(await idToken(type === undefined ? {} : { type }))).caller.person).toBe('ana')
})

describe('refused is', () => {
  test.each<[string, Forged, string]>([
    ['a token of another sign-in', { claims: { nonce: 'n-2' } }, 'token_invalid'],
    ['one without a nonce', { claims: { nonce: undefined } }, 'token_invalid'],
    ['one for another client', { claims: { aud: 'shop' } }, 'wrong_audience'],
    ['one for several', { claims: { aud: ['console', 'shop'] } }, 'wrong_audience'],
    ['one that another client asked for', { claims: { azp: 'shop' } }, 'wrong_audience'],
    ['one for our own tools', { claims: { aud: 'alcada:omie' } }, 'wrong_audience'],
    ['one by another key', { key: 'other' }, 'token_invalid'],
    ['an access token', { type: 'at+jwt' }, 'token_invalid'],
    ['one that has run out', { claims: { exp: 1_000_000_000 } }, 'token_expired'],
    ['one older than token_rotation', { claims: { iat: Math.floor(Date.now() / 1_000) - 7_200 } }, 'token_too_old'],
    ['an account with none of our roles', { claims: { groups: ['everybody'] } }, 'role_unknown'],
    ['an account without a name where it should stand', { claims: { login: undefined } }, 'claims_invalid'],
    ['a name that is none', { claims: { login: 'ana\nrui' } }, 'claims_invalid'],
  ])('%s', async (_, forged, code) => {
    await expect(verify(await idToken(forged))).rejects.toMatchObject({ code })
  })

  test('one that says an agent acts', async () => {
    const identity = await verify(await idToken({ claims: { act: { sub: 'agent-1' } } }))
    expect(() => approverOf(identity, undefined)).toThrow('no agent approves')
  })

  test('any token where nobody signs in with this issuer', async () => {
    await expect(verify(await idToken(), { login: null })).rejects.toMatchObject({ code: 'wrong_issuer' })
  })
})
