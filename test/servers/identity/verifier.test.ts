import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import { challengeOf } from '../../../servers/identity/challenge.ts'
import { createVerifier, type Verifier } from '../../../servers/identity/verifier.ts'

const ISSUER = 'https://issuer.example'
const NOW = Date.parse('2026-11-25T13:00:00Z')
const NOW_S = NOW / 1_000
const GOOD: JWTPayload = {
  iss: ISSUER,
  aud: 'alcada:omie',
  sub: 'u17',
  act: { sub: 'agent-1' },
  roles: ['operator'],
  companies: ['12345678000195', '12ABC34501DE35'],
  kind: 'agent',
  iat: NOW_S - 60,
  exp: NOW_S + 600,
  jti: 't1',
}

let pair: Awaited<ReturnType<typeof generateKeyPair>>
let other: Awaited<ReturnType<typeof generateKeyPair>>
let verifier: Verifier
beforeAll(async () => {
  pair = await generateKeyPair('EdDSA')
  other = await generateKeyPair('EdDSA')
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'EdDSA', use: 'sig' }
  verifier = createVerifier({
    issuers: [{ issuer: ISSUER, jwks: { keys: [jwk] } }],
    audience: 'alcada:omie',
    now: () => NOW,
  })
})

interface Forgery {
  claims?: Record<string, unknown>
  without?: string
  header?: Record<string, unknown>
  key?: CryptoKey
}

async function token({ claims = {}, without, header = {}, key = pair.privateKey }: Forgery = {}): Promise<string> {
  const payload = Object.fromEntries(Object.entries({ ...GOOD, ...claims }).filter(([name]) => name !== without))
  return new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', kid: 'k1', typ: 'at+jwt', ...header }).sign(key)
}

async function codeOf(forgery: Forgery): Promise<unknown> {
  return verifier.verifyToken(await token(forgery)).then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  )
}

test('a token id is any text, as a provider draws it at random, and nothing but text', async () => {
  expect(await verifier.verifyToken(await token({ claims: { jti: '-_x7' } }))).toMatchObject({ tokenId: '-_x7' })
  expect(await codeOf({ claims: { jti: 7 } })).toBe('claims_invalid')
  expect(await codeOf({ claims: { jti: 'a\u0000b' } })).toBe('claims_invalid')
})

test('a good token tells the agent, the person who answers for it, its roles and companies', async () => {
  expect(await verifier.verify(`Bearer ${await token()}`)).toEqual({
    caller: { id: 'agent-1', person: 'u17', kind: 'agent', roles: ['operator'], token_age_s: 60 },
    companies: ['12345678000195', '12ABC34501DE35'],
    rolesClaimed: true,
    tokenId: 't1',
  })
})

test('without an actor the caller is the person', async () => {
  const identity = await verifier.verifyToken(await token({ claims: { kind: 'human' }, without: 'act' }))
  expect(identity.caller).toMatchObject({ id: 'u17', person: 'u17', kind: 'human' })
})

test('a token without a roles claim says so', async () => {
  expect(await verifier.verifyToken(await token({ without: 'roles' }))).toMatchObject({ rolesClaimed: false })
})

test.each<[string, Forgery, string]>([
  ['another key', {}, 'token_invalid'],
  ['another ERP as audience', { claims: { aud: 'alcada:nibo' } }, 'wrong_audience'],
  ['several audiences', { claims: { aud: ['alcada:omie', 'alcada:nibo'] } }, 'wrong_audience'],
  ['a longer audience', { claims: { aud: 'alcada:omie2' } }, 'wrong_audience'],
  ['no audience', { without: 'aud' }, 'wrong_audience'],
  ['another issuer', { claims: { iss: 'https://other.example' } }, 'wrong_issuer'],
  ['no issuer', { without: 'iss' }, 'wrong_issuer'],
  ['an end in the past', { claims: { exp: NOW_S - 31 } }, 'token_expired'],
  ['no end', { without: 'exp' }, 'token_invalid'],
  ['no beginning', { without: 'iat' }, 'token_invalid'],
  ['a beginning to come', { claims: { nbf: NOW_S + 31 } }, 'token_invalid'],
  ['an issue to come', { claims: { iat: NOW_S + 31 } }, 'token_invalid'],
  ['another type', { header: { typ: 'receipt+jwt' } }, 'token_invalid'],
  ['no type', { header: { typ: undefined } }, 'token_invalid'],
  ['no person', { without: 'sub' }, 'token_invalid'],
  ['an empty person', { claims: { sub: '' } }, 'claims_invalid'],
  ['a person with a line break', { claims: { sub: 'u17\nadmin' } }, 'claims_invalid'],
  ['a number for a person', { claims: { sub: 17 } }, 'claims_invalid'],
  ['roles as a text', { claims: { roles: 'admin' } }, 'claims_invalid'],
  ['roles as an object', { claims: { roles: { 0: 'admin' } } }, 'claims_invalid'],
  ['roles with a number', { claims: { roles: ['operator', 1] } }, 'claims_invalid'],
  ['an empty list of roles', { claims: { roles: [] } }, 'claims_invalid'],
  ['roles null', { claims: { roles: null } }, 'claims_invalid'],
  ['a role twice', { claims: { roles: ['operator', 'operator'] } }, 'claims_invalid'],
  ['a company that is no CNPJ', { claims: { companies: ['*'] } }, 'claims_invalid'],
  ['companies as a text', { claims: { companies: '12345678000195' } }, 'claims_invalid'],
  ['an actor of an actor', { claims: { act: { sub: 'agent-1', act: { sub: 'agent-2' } } } }, 'claims_invalid'],
  ['an actor that is a text', { claims: { act: 'agent-1' } }, 'claims_invalid'],
  ['an empty actor', { claims: { act: { sub: '' } } }, 'claims_invalid'],
  ['an unknown kind', { claims: { kind: 'robot' } }, 'claims_invalid'],
  ['a human who is an agent', { claims: { kind: 'human' } }, 'claims_invalid'],
])('a token with %s is refused', async (name, forgery, code) => {
  expect(await codeOf(name === 'another key' ? { key: other.privateKey } : forgery)).toBe(code)
})

test('within half a minute the clocks may differ', async () => {
  expect(await codeOf({ claims: { exp: NOW_S - 29 } })).toBe('accepted')
  expect(await codeOf({ claims: { nbf: NOW_S + 29, iat: NOW_S + 29 } })).toBe('accepted')
})

test('a token without a signature, or by a shared secret, is refused', async () => {
  const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const unsigned = `${encode({ alg: 'none', typ: 'at+jwt' })}.${encode(GOOD)}.`
  await expect(verifier.verifyToken(unsigned)).rejects.toMatchObject({ code: 'token_invalid' })
  const { x } = await exportJWK(pair.publicKey)
  const shared = await new SignJWT(GOOD)
    .setProtectedHeader({ alg: 'HS256', kid: 'k1', typ: 'at+jwt' })
    .sign(Buffer.from(String(x), 'base64url'))
  await expect(verifier.verifyToken(shared)).rejects.toMatchObject({ code: 'token_invalid' })
})

test('an algorithm that is not allowed is refused, even by a trusted key of its kind', async () => {
  const ec = await generateKeyPair('ES256')
  const jwk = { ...(await exportJWK(ec.publicKey)), kid: 'k1' }
  const issuers = [{ issuer: ISSUER, jwks: { keys: [jwk] } }]
  const lenient = createVerifier({ issuers, audience: 'alcada:omie', now: () => NOW })
  const signed = await new SignJWT(GOOD)
    .setProtectedHeader({ alg: 'ES256', kid: 'k1', typ: 'at+jwt' })
    .sign(ec.privateKey)
  await expect(lenient.verifyToken(signed)).rejects.toMatchObject({ code: 'token_invalid' })
})

test('a token older than the policy allows, or with a role it does not define, is refused', async () => {
  const good = await token()
  const limits = { maxAgeS: 60, roles: ['operator'] }
  expect((await verifier.verifyToken(good, limits)).caller.person).toBe('u17')
  await expect(verifier.verifyToken(good, { ...limits, maxAgeS: 59 })).rejects.toMatchObject({ code: 'token_too_old' })
  await expect(verifier.verifyToken(good, { ...limits, roles: ['viewer'] })).rejects.toMatchObject({
    code: 'role_unknown',
  })
  expect((await verifier.verifyToken(good, { ...limits, roles: null })).caller.person).toBe('u17')
})

test('a token issued before a restore is refused, the one of the very second included', async () => {
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'EdDSA', use: 'sig' }
  const issuers = [{ issuer: ISSUER, jwks: { keys: [jwk] } }]
  const since = (issuedSince: number): Verifier =>
    createVerifier({ issuers, audience: 'alcada:omie', now: () => NOW, issuedSince })
  const good = await token()
  expect((await since((NOW_S - 60) * 1_000).verifyToken(good)).caller.person).toBe('u17')
  await expect(since((NOW_S - 60) * 1_000 + 1).verifyToken(good)).rejects.toMatchObject({ code: 'token_too_old' })
})

test('a token that was good once is looked at anew with every call: its age, its end, its roles, each byte', async () => {
  let nowMs = NOW
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'EdDSA', use: 'sig' }
  const issuers = [{ issuer: ISSUER, jwks: { keys: [jwk] } }]
  const patient = createVerifier({ issuers, audience: 'alcada:omie', now: () => nowMs })
  const good = await token()
  expect((await patient.verifyToken(good)).caller.token_age_s).toBe(60)
  nowMs += 300_000
  expect((await patient.verifyToken(good)).caller.token_age_s).toBe(360)
  const limits = { maxAgeS: 359, roles: ['operator'] }
  await expect(patient.verifyToken(good, limits)).rejects.toMatchObject({ code: 'token_too_old' })
  await expect(patient.verifyToken(good, { maxAgeS: 900, roles: ['admin'] })).rejects.toMatchObject({
    code: 'role_unknown',
  })
  const [header, payload, signature = ''] = good.split('.')
  const other = signature.startsWith('A') ? `B${signature.slice(1)}` : `A${signature.slice(1)}`
  await expect(patient.verifyToken(`${header}.${payload}.${other}`)).rejects.toMatchObject({ code: 'token_invalid' })
  nowMs += 331_000
  await expect(patient.verifyToken(good)).rejects.toMatchObject({ code: 'token_expired' })
})

test('an actor may be described further, as long as it is one', async () => {
  const identity = await verifier.verifyToken(await token({ claims: { act: { sub: 'agent-1', iss: ISSUER } } }))
  expect(identity.caller).toMatchObject({ id: 'agent-1', person: 'u17' })
})

test('a registered agent acts for the companies written down for it, whatever more its token names', async () => {
  const caller = { person: 'u17', companies: ['12345678000195'], roles: ['operator'], valid_until: null }
  const bound = async (forgery: Forgery, companies: string[]): Promise<string[]> => {
    const limits = { maxAgeS: 3_600, roles: null, callers: { 'agent-1': { ...caller, companies } } }
    return (await verifier.verifyToken(await token(forgery), limits)).companies
  }
  expect(await bound({}, ['12345678000195'])).toEqual(['12345678000195'])
  expect(await bound({ without: 'companies' }, ['12ABC34501DE35'])).toEqual(['12ABC34501DE35'])
  // Never none, which would mean the only company there is: the policy refuses what is left.
  expect(await bound({ claims: { companies: ['12345678000195'] } }, ['12ABC34501DE35'])).toEqual(['12345678000195'])
})

test('a caller called like a member of every object is nobody registered', async () => {
  const limits = { maxAgeS: 3_600, roles: null, callers: {} }
  const forged = await token({ claims: { act: { sub: 'constructor' } } })
  expect((await verifier.verifyToken(forged, limits)).companies).toHaveLength(2)
})

test.each<[string | undefined, string]>([
  [undefined, 'token_missing'],
  ['', 'token_missing'],
  ['Basic dTpw', 'token_malformed'],
  ['Bearer', 'token_malformed'],
  ['Bearer a b', 'token_malformed'],
  [`Bearer ${'a'.repeat(9_000)}`, 'token_malformed'],
  ['Bearer not.a.token', 'token_invalid'],
])('the header `%s` is refused', async (header, code) => {
  await expect(verifier.verify(header)).rejects.toMatchObject({ code })
})

test('a challenge names the metadata, and an error only where a token was sent', () => {
  const metadata = 'http://127.0.0.1:8080/.well-known/oauth-protected-resource/mcp'
  expect(challengeOf({ code: 'token_missing', message: 'x' }, metadata)).toBe(`Bearer resource_metadata="${metadata}"`)
  expect(challengeOf({ code: 'token_expired', message: 'the token "has" expired' }, metadata)).toBe(
    `Bearer error="invalid_token", error_description="the token 'has' expired", resource_metadata="${metadata}"`,
  )
})
