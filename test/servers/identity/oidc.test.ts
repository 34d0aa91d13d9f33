import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { IssuerConfig } from '../../../engine/contract/identity-config.ts'
import { createVerifier, type TokenLimits, type Verifier } from '../../../servers/identity/verifier.ts'
import { type IdentityProvider, startProvider } from '../../helpers/identity/provider.ts'

const CLAIMS = {
  answers_for: 'u17',
  erp: { groups: ['Finance Operators', 'Everybody'], companies: ['12345678000195'] },
}

/** Where they stand in its tokens. */
const PLACES = { person: '/answers_for', agent: '/client_id', roles: '/erp/groups', companies: '/erp/companies' }

/** The provider as security.yaml would name it. */
function issuerOf(provider: IdentityProvider, changes: Partial<IssuerConfig> = {}): IssuerConfig {
  return {
    issuer: provider.issuer,
    keys: { discovery: provider.discovery },
    audience: null,
    algorithms: ['ES256'],
    scopes: ['erp'],
    claims: PLACES,
    role_names: { 'Finance Operators': 'operator' },
    ...changes,
  }
}

function limitsFor(...issuers: IssuerConfig[]): TokenLimits {
  return { maxAgeS: 3_600, roles: ['operator'], identity: { embedded: false, issuers } }
}

function verifier(
  remote: { refreshMs?: number; keepMs?: number; cooldownMs?: number; retryMs?: number } = {},
): Verifier {
  return createVerifier({
    issuers: [],
    audience: 'alcada:omie',
    now: Date.now,
    remote: { development: true, cooldownMs: 0, retryMs: 0, ...remote },
  })
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'accepted',
    (error: { code: string }) => error.code,
  )
}

describe('a provider that runs', () => {
  let provider: IdentityProvider
  beforeAll(async () => {
    provider = await startProvider(CLAIMS)
  })
  afterAll(() => provider.stop())

  test('its token tells agent, person, roles and companies, from where the YAML says they stand', async () => {
    const identity = await verifier().verifyToken(await provider.token(), limitsFor(issuerOf(provider)))
    expect(identity).toMatchObject({
      caller: { id: 'agent-oidc', person: 'u17', kind: 'agent', roles: ['operator'] },
      companies: ['12345678000195'],
      rolesClaimed: true,
    })
  })

  test('its keys are found where its document says, and where the YAML names them itself', async () => {
    const token = await provider.token()
    const keys = { jwks: provider.jwks }
    expect(await codeOf(verifier().verifyToken(token, limitsFor(issuerOf(provider, { keys }))))).toBe('accepted')
  })

  test('an agent whose token names nobody is answered for by whom rbac.yaml names, and by nobody else', async () => {
    const claims = { ...PLACES, person: 'registered' }
    const limits = limitsFor(issuerOf(provider, { claims }))
    const caller = { person: 'u90', companies: ['12345678000195'], roles: ['operator'], valid_until: null }
    const token = await provider.token()
    const known = await verifier().verifyToken(token, { ...limits, callers: { 'agent-oidc': caller } })
    expect(known.caller).toMatchObject({ id: 'agent-oidc', person: 'u90' })
    expect(await codeOf(verifier().verifyToken(token, limits))).toBe('caller_unregistered')
  })

  test.each<[string, Partial<IssuerConfig>, string]>([
    ['an algorithm that is not on the list', { algorithms: ['RS256', 'EdDSA'] }, 'token_invalid'],
    ['another audience', { audience: 'https://erp.example' }, 'wrong_audience'],
    ['a person that is missing', { claims: { ...PLACES, person: '/nobody' } }, 'claims_invalid'],
    ['roles that are no list', { claims: { ...PLACES, roles: '/answers_for' } }, 'claims_invalid'],
    ['only groups that are no role', { role_names: { Auditors: 'auditor' } }, 'role_unknown'],
    ['a role the policy does not define', { role_names: { 'Finance Operators': 'boss' } }, 'role_unknown'],
    ['groups taken for roles', { role_names: null }, 'claims_invalid'],
    ['a scope that was not given', { scopes: ['erp', 'write'] }, 'insufficient_scope'],
  ])('a token with %s is refused', async (_what, changes, code) => {
    expect(await codeOf(verifier().verifyToken(await provider.token(), limitsFor(issuerOf(provider, changes))))).toBe(
      code,
    )
  })

  test('an opaque token, as given to whoever names no resource, is refused', async () => {
    const token = await provider.token({ resource: null })
    expect(token.split('.')).toHaveLength(1)
    expect(await codeOf(verifier().verifyToken(token, limitsFor(issuerOf(provider))))).toBe('token_invalid')
  })

  test('a scope that the provider does not know is dropped by it without a word, and the token refused here', async () => {
    const token = await provider.token({ scope: 'payables:everything' })
    await expect(verifier().verifyToken(token, limitsFor(issuerOf(provider)))).rejects.toMatchObject({
      code: 'insufficient_scope',
      scopes: ['erp'],
    })
  })

  test('a token for another ERP, of an issuer that the policy does not name, or of the embedded one it left out, is refused', async () => {
    const limits = limitsFor(issuerOf(provider))
    const other = await provider.token({ resource: 'alcada:nibo' })
    expect(await codeOf(verifier().verifyToken(other, limits))).toBe('wrong_audience')
    expect(await codeOf(verifier().verifyToken(await provider.token(), limitsFor()))).toBe('wrong_issuer')
  })

  test('over http no key is taken, unless the server is a development server', async () => {
    const strict = createVerifier({
      issuers: [],
      audience: 'alcada:omie',
      now: Date.now,
      remote: { development: false },
    })
    expect(await codeOf(strict.verifyToken(await provider.token(), limitsFor(issuerOf(provider))))).toBe('wrong_issuer')
  })

  test('a document that speaks for another issuer gives no keys', async () => {
    const other = await startProvider(CLAIMS)
    const keys = { discovery: other.discovery }
    const limits = limitsFor(issuerOf(provider, { keys }))
    expect(await codeOf(verifier().verifyToken(await provider.token(), limits))).toBe('issuer_unavailable')
    await other.stop()
  })
})

describe('a provider that changes', () => {
  let provider: IdentityProvider
  beforeEach(async () => {
    provider = await startProvider(CLAIMS)
  })
  afterEach(() => provider.stop())

  test('a new key is learnt with the first token it signed, and the old one is forgotten', async () => {
    const [verify, limits] = [verifier(), limitsFor(issuerOf(provider))]
    const before = await provider.token()
    expect(await codeOf(verify.verifyToken(before, limits))).toBe('accepted')
    await provider.rotate()
    expect(await codeOf(verify.verifyToken(await provider.token(), limits))).toBe('accepted')
    expect(await codeOf(verify.verifyToken(before, limits))).toBe('token_invalid')
  })

  test('tokens with keys that nobody knows do not make us ask the provider again and again', async () => {
    const [verify, limits] = [verifier({ cooldownMs: 60_000 }), limitsFor(issuerOf(provider))]
    expect(await codeOf(verify.verifyToken(await provider.token(), limits))).toBe('accepted')
    await provider.rotate()
    const renewed = await provider.token()
    for (let tried = 0; tried < 20; tried += 1) {
      expect(await codeOf(verify.verifyToken(renewed, limits))).toBe('token_invalid')
    }
    expect(provider.keysAsked()).toBe(1)
  })

  test('while it is down its last keys are good for a bounded time, and then nothing is', async () => {
    const [verify, limits] = [verifier({ keepMs: 3_000 }), limitsFor(issuerOf(provider))]
    const token = await provider.token()
    expect(await codeOf(verify.verifyToken(token, limits))).toBe('accepted')
    await provider.stop()
    expect(await codeOf(verify.verifyToken(token, limits))).toBe('accepted')
    await sleep(3_100)
    expect(await codeOf(verify.verifyToken(token, limits))).toBe('issuer_unavailable')
    await provider.start()
    expect(await codeOf(verify.verifyToken(token, limits))).toBe('accepted')
  })

  test('keys in use are fetched again in the background, so that a key that was taken back is not trusted for long', async () => {
    const [verify, limits] = [verifier({ refreshMs: 0 }), limitsFor(issuerOf(provider))]
    const token = await provider.token()
    expect(await codeOf(verify.verifyToken(token, limits))).toBe('accepted')
    await provider.rotate()
    for (let code = 'accepted'; code === 'accepted'; ) code = await codeOf(verify.verifyToken(token, limits))
    expect(await codeOf(verify.verifyToken(token, limits))).toBe('token_invalid')
  })

  test('a policy that changes something else forgets no keys', async () => {
    const verify = verifier({ cooldownMs: 60_000 })
    const token = await provider.token()
    expect(await codeOf(verify.verifyToken(token, limitsFor(issuerOf(provider))))).toBe('accepted')
    await provider.stop()
    expect(await codeOf(verify.verifyToken(token, limitsFor(issuerOf(provider, { scopes: [] }))))).toBe('accepted')
  })

  test('whoever was never reached is asked again only after a pause', async () => {
    const [verify, limits] = [verifier({ retryMs: 60_000 }), limitsFor(issuerOf(provider))]
    const token = await provider.token()
    await provider.stop()
    expect(await codeOf(verify.verifyToken(token, limits))).toBe('issuer_unavailable')
    await provider.start()
    expect(await codeOf(verify.verifyToken(token, limits))).toBe('issuer_unavailable')
  })
})
