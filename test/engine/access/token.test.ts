import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DevelopmentKeys, developmentKeys } from '../../../engine/access/development-keys.ts'
import { issueToken, type TokenRequest } from '../../../engine/access/token.ts'
import { createVerifier, type Verifier } from '../../../servers/identity/verifier.ts'

const NOW_MS = Date.parse('2026-11-25T13:00:00Z')
const now = (): number => NOW_MS
const folder = mkdtempSync(join(tmpdir(), 'alcada-token-'))
let keys: DevelopmentKeys

beforeAll(async () => {
  keys = await developmentKeys(folder, now)
})
afterAll(() => rmSync(folder, { recursive: true }))

const REQUEST: TokenRequest = {
  erp: 'omie',
  sub: 'agent-payables',
  for: 'u17',
  kind: 'agent',
  roles: ['operator'],
  companies: ['12345678000195', '12ABC34501DE35'],
}

function server(erp: string): Verifier {
  const jwks = JSON.parse(readFileSync(keys.tokenKeysFile, 'utf8'))
  return createVerifier({ issuers: [{ issuer: 'alcada', jwks }], audience: `alcada:${erp}`, now })
}

test('a token names the person as subject and the agent as actor, for one ERP and a day', () => {
  const { claims } = issueToken(REQUEST, keys.token, now)
  expect(claims).toEqual({
    iss: 'alcada',
    aud: 'alcada:omie',
    sub: 'u17',
    act: { sub: 'agent-payables' },
    kind: 'agent',
    roles: ['operator'],
    companies: ['12345678000195', '12ABC34501DE35'],
    iat: 1_795_611_600,
    exp: 1_795_698_000,
    jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
})

test('the server of that ERP takes it, given only the public key set', async () => {
  const { token } = issueToken(REQUEST, keys.token, now)
  const identity = await server('omie').verifyToken(token)
  expect(identity.caller).toMatchObject({ id: 'agent-payables', person: 'u17', kind: 'agent', roles: ['operator'] })
  expect(identity.companies).toEqual(['12345678000195', '12ABC34501DE35'])
})

test('the server of another ERP refuses it', async () => {
  const { token } = issueToken(REQUEST, keys.token, now)
  await expect(server('nibo').verifyToken(token)).rejects.toMatchObject({ code: 'wrong_audience' })
})

test('a person’s own token has no actor, and no roles claim where none were given', async () => {
  const { token, claims } = issueToken(
    { ...REQUEST, sub: 'u17', for: undefined, kind: 'human', roles: [] },
    keys.token,
    now,
  )
  expect(Object.keys(claims)).not.toContain('act')
  expect(await server('omie').verifyToken(token)).toMatchObject({
    caller: { id: 'u17', person: 'u17', kind: 'human' },
    rolesClaimed: false,
  })
})

test('no two tokens are the same', () => {
  expect(issueToken(REQUEST, keys.token, now).claims.jti).not.toBe(issueToken(REQUEST, keys.token, now).claims.jti)
})

test.each<[string, Partial<TokenRequest>]>([
  ['an agent nobody answers for', { for: undefined }],
  ['a human somebody else answers for', { kind: 'human', sub: 'u17', for: 'u18' }],
  ['a CNPJ with a wrong check digit', { companies: ['12345678000196'] }],
  ['an alphanumeric CNPJ with a wrong check digit', { companies: ['12ABC34501DE36'] }],
  ['a CNPJ with punctuation', { companies: ['12.345.678/0001-95'] }],
  ['a company twice', { companies: ['12345678000195', '12345678000195'] }],
  ['a role twice', { roles: ['viewer', 'viewer'] }],
  ['a role with a space', { roles: ['operator admin'] }],
  ['a subject with a line break', { sub: 'agent\nroot' }],
  ['an empty person', { for: '' }],
  ['an ERP that is a path', { erp: '../omie' }],
  ['a validity under a minute', { ttlS: 59 }],
  ['a validity over a week', { ttlS: 604_801 }],
  ['a validity that is no whole number', { ttlS: 90.5 }],
])('%s gets no token', (_what, change) => {
  expect(() => issueToken({ ...REQUEST, ...change }, keys.token, now)).toThrow(
    expect.objectContaining({ code: 'TOKEN_REQUEST_WRONG' }),
  )
})

test('a bundle key issues no tokens', () => {
  expect(() => issueToken(REQUEST, keys.bundle, now)).toThrow(expect.objectContaining({ code: 'TOKEN_REQUEST_WRONG' }))
})
