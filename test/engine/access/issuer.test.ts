import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type DevelopmentKeys, developmentKeys } from '../../../engine/access/development-keys.ts'
import { type Issuer, startIssuer } from '../../../engine/access/issuer.ts'
import type { CallerKey } from '../../../engine/contract/identity-config.ts'
import { createVerifier } from '../../../servers/identity/verifier.ts'
import { configWith } from '../../helpers/identity/config.ts'

type Pair = Awaited<ReturnType<typeof generateKeyPair>>

const BEGAN = Date.parse('2026-11-25T13:00:00Z')
const folder = mkdtempSync(join(tmpdir(), 'alcada-issuer-'))
let keys: DevelopmentKeys
let ed: Pair
let ec: Pair
let stranger: Pair
let registered: CallerKey[]
let clock: number
let issuer: Issuer
beforeAll(async () => {
  keys = await developmentKeys(folder, () => BEGAN)
  ed = await generateKeyPair('Ed25519')
  ec = await generateKeyPair('ES256')
  stranger = await generateKeyPair('Ed25519')
  const [first, second] = [await exportJWK(ed.publicKey), await exportJWK(ec.publicKey)]
  registered = [
    { kty: 'EC', crv: 'P-256', x: second.x ?? '', y: second.y ?? '' },
    { kty: 'OKP', crv: 'Ed25519', x: first.x ?? '' },
  ]
})
afterAll(() => rmSync(folder, { recursive: true }))
beforeEach(async () => {
  clock = BEGAN
  const agent = { person: 'u17', companies: ['12345678000195'], roles: ['operator', 'viewer'], valid_until: null }
  const callers = {
    'agent-1': { ...agent, keys: registered },
    'agent-2': { ...agent, keys: registered, valid_until: '2026-11-24' },
    'agent-3': agent,
  }
  const config = configWith({ callers, token_rotation_s: 1_800 })
  issuer = await startIssuer({
    configOf: async (erp) => (erp === 'omie' ? config : null),
    key: async () => keys.token,
    now: () => clock,
  })
  clock += 5_000
})
afterEach(() => issuer.close())

interface Attempt {
  claims?: JWTPayload
  without?: string
  key?: CryptoKey
  alg?: string
  form?: Record<string, string | readonly string[]>
  erp?: string
}

let used = 0
async function assertion({ claims = {}, without, key = ed.privateKey, alg = 'EdDSA' }: Attempt): Promise<string> {
  used += 1
  const nowS = clock / 1_000
  const aud = issuer.addressOf('omie')
  const whole = { iss: 'agent-1', sub: 'agent-1', aud, iat: nowS, exp: nowS + 300, jti: `j${used}`, ...claims }
  const payload = Object.fromEntries(Object.entries(whole).filter(([name]) => name !== without))
  return new SignJWT(payload).setProtectedHeader({ alg }).sign(key)
}

async function ask(attempt: Attempt = {}): Promise<{ status: number; body: Record<string, unknown> }> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: await assertion(attempt),
  })
  for (const [name, value] of Object.entries(attempt.form ?? {})) {
    form.delete(name)
    for (const each of [value].flat()) form.append(name, each)
  }
  const answer = await fetch(`${issuer.addressOf(attempt.erp ?? 'omie')}/token`, { method: 'POST', body: form })
  expect(answer.headers.get('cache-control')).toBe('no-store')
  return { status: answer.status, body: JSON.parse(await answer.text()) }
}

test('a registered agent gets a token for its person, companies and roles, for one ERP and no longer than the rotation', async () => {
  const { status, body } = await ask()
  expect([status, body['token_type'], body['expires_in'], body['scope']]).toEqual([
    200,
    'Bearer',
    1_800,
    'operator viewer',
  ])
  const jwks = JSON.parse(readFileSync(keys.tokenKeysFile, 'utf8'))
  const verifier = createVerifier({ issuers: [{ issuer: 'alcada', jwks }], audience: 'alcada:omie', now: () => clock })
  expect(await verifier.verifyToken(String(body['access_token']))).toMatchObject({
    caller: { id: 'agent-1', person: 'u17', kind: 'agent', roles: ['operator', 'viewer'], token_age_s: 0 },
    companies: ['12345678000195'],
  })
})

test('the old token stays good beside the new one until it expires', async () => {
  const jwks = JSON.parse(readFileSync(keys.tokenKeysFile, 'utf8'))
  const verifier = createVerifier({ issuers: [{ issuer: 'alcada', jwks }], audience: 'alcada:omie', now: () => clock })
  const first = String((await ask()).body['access_token'])
  clock += 1_700_000
  const second = String((await ask()).body['access_token'])
  for (const token of [first, second]) expect((await verifier.verifyToken(token)).caller.id).toBe('agent-1')
  clock += 131_000
  await expect(verifier.verifyToken(first)).rejects.toMatchObject({ code: 'token_expired' })
  expect((await verifier.verifyToken(second)).caller.id).toBe('agent-1')
})

test('each of its keys will do, of either kind, and an assertion made out to the token endpoint', async () => {
  expect((await ask({ key: ec.privateKey, alg: 'ES256' })).status).toBe(200)
  expect((await ask({ claims: { aud: `${issuer.addressOf('omie')}/token` } })).status).toBe(200)
})

test('whoever asks for fewer roles gets a token with those', async () => {
  const { body } = await ask({ form: { scope: 'viewer' } })
  expect(body['scope']).toBe('viewer')
})

describe('no token is issued', () => {
  test.each<[string, () => Attempt, number, string]>([
    ['for another key', () => ({ key: stranger.privateKey }), 401, 'invalid_client'],
    ['to whom nobody registered', () => ({ claims: { iss: 'agent-9', sub: 'agent-9' } }), 401, 'invalid_client'],
    [
      'to a caller called like a member of every object',
      () => ({ claims: { iss: 'toString', sub: 'toString' } }),
      401,
      'invalid_client',
    ],
    ['to an agent without a key', () => ({ claims: { iss: 'agent-3', sub: 'agent-3' } }), 401, 'invalid_client'],
    [
      'after the last day of a registration',
      () => ({ claims: { iss: 'agent-2', sub: 'agent-2' } }),
      401,
      'invalid_client',
    ],
    ['on behalf of another', () => ({ claims: { iss: 'agent-3' } }), 401, 'invalid_client'],
    ['to two callers at once', () => ({ form: { client_id: 'agent-3' } }), 401, 'invalid_client'],
    ['for an assertion to somebody else', () => ({ claims: { aud: 'https://id.example' } }), 401, 'invalid_client'],
    ['for an assertion to another ERP', () => ({ claims: { aud: issuer.addressOf('nibo') } }), 401, 'invalid_client'],
    [
      'for an assertion to several',
      () => ({ claims: { aud: [issuer.addressOf('omie'), 'https://id.example'] } }),
      401,
      'invalid_client',
    ],
    ['for an assertion that has ended', () => ({ claims: { exp: clock / 1_000 - 31 } }), 401, 'invalid_client'],
    ['for an assertion that lasts long', () => ({ claims: { exp: clock / 1_000 + 301 } }), 401, 'invalid_client'],
    ['for an assertion from the future', () => ({ claims: { iat: clock / 1_000 + 31 } }), 401, 'invalid_client'],
    [
      'for an assertion from before the issuer began',
      () => ({ claims: { iat: BEGAN / 1_000 - 1 } }),
      401,
      'invalid_client',
    ],
    ['for an assertion without an end', () => ({ without: 'exp' }), 401, 'invalid_client'],
    ['for an assertion without an id', () => ({ without: 'jti' }), 401, 'invalid_client'],
    ['for no assertion', () => ({ form: { client_assertion: [] } }), 401, 'invalid_client'],
    ['for two assertions', () => ({ form: { client_assertion: ['a', 'b'] } }), 400, 'invalid_request'],
    ['for a password', () => ({ form: { client_assertion_type: 'password' } }), 400, 'invalid_request'],
    ['for another grant', () => ({ form: { grant_type: 'authorization_code' } }), 400, 'unsupported_grant_type'],
    ['with a role that is not registered', () => ({ form: { scope: 'operator admin' } }), 400, 'invalid_scope'],
    ['for another server', () => ({ form: { resource: 'alcada:nibo' } }), 400, 'invalid_target'],
    ['for the approvals', () => ({ form: { resource: 'alcada:omie:approvals' } }), 400, 'invalid_target'],
    ['for more than a form', () => ({ form: { padding: 'x'.repeat(20_000) } }), 400, 'invalid_request'],
  ])('%s', async (_what, attempt, status, error) => {
    const answer = await ask(attempt())
    expect([answer.status, answer.body['error']]).toEqual([status, error])
    expect(answer.body['access_token']).toBeUndefined()
  })

  test('twice for one assertion, even when both come at once', async () => {
    const form = { client_assertion: await assertion({}) }
    const answers = await Promise.all([1, 2, 3, 4, 5].map(() => ask({ form })))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401, 401])
  })

  test('by an ERP that has no policy, or by another method or media type', async () => {
    const other = await fetch(`${issuer.addressOf('nibo')}/token`, { method: 'POST' })
    const get = await fetch(`${issuer.addressOf('omie')}/token`)
    const json = await fetch(`${issuer.addressOf('omie')}/token`, { method: 'POST', body: '{}' })
    expect([other.status, get.status, json.status]).toEqual([404, 400, 400])
  })
})

test('its metadata stands where RFC 8414 looks for it', async () => {
  const address = issuer.addressOf('omie')
  const place = address.replace(/\/omie$/, '/.well-known/oauth-authorization-server/omie')
  expect(await (await fetch(place)).json()).toEqual({
    issuer: address,
    authorization_endpoint: `${address}/authorize`,
    token_endpoint: `${address}/token`,
    response_types_supported: [],
    grant_types_supported: ['client_credentials'],
    token_endpoint_auth_methods_supported: ['private_key_jwt'],
    token_endpoint_auth_signing_alg_values_supported: ['EdDSA', 'ES256'],
  })
})
