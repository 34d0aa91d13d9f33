import { generateKeyPairSync, sign } from 'node:crypto'
import { expect, test } from 'vitest'
import { signOverlay } from '../../../engine/bundle/sign-overlay.ts'
import type { Trust } from '../../../engine/contract/bundle-claims.ts'
import { canonicalText } from '../../../engine/contract/canonical.ts'
import { stopsCaller, stopsOf, stopsTool } from '../../../engine/contract/overlay.ts'
import { overlayTokens, verifyOverlay } from '../../../engine/contract/overlay-verify.ts'

const NOW = Date.parse('2026-11-25T13:00:00Z')
const DAY = 86_400_000
const pair = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519')

function trust(use: 'revocation' | 'bundle' = 'revocation', endMs: number = NOW + DAY): Trust {
  const { x = '' } = pair.publicKey.export({ format: 'jwk' })
  const span = { not_before: new Date(NOW - DAY).toISOString(), not_after: new Date(endMs).toISOString() }
  return { keys: [{ id: 'k1', use, development: true, ...span, jwk: { kty: 'OKP', crv: 'Ed25519', x } }] }
}

const PAYLOAD = {
  erp: 'omie',
  sequence: 7,
  stops: { callers: ['agent-1'] },
  from: '2026-11-25T13:00:00Z',
  until: '2026-11-26T13:00:00Z',
  reason: 'chave vazada',
}

function forged(changes: object, key: typeof pair = pair, header: object = {}): string {
  const encode = (value: object): string => Buffer.from(canonicalText(value)).toString('base64url')
  const content = `${encode({ alg: 'EdDSA', kid: 'k1', typ: 'alcada-overlay+jwt', ...header })}.${encode({ ...PAYLOAD, ...changes })}`
  return `${content}.${sign(null, Buffer.from(content), key.privateKey).toString('base64url')}`
}

const codeOf = (token: string, trusted: Trust = trust()): string => {
  try {
    verifyOverlay(token, { erp: 'omie', trust: trusted, nowMs: NOW })
    return 'taken'
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
}

test('what the revocation key signed is taken, and is what was signed', async () => {
  const token = await signOverlay(PAYLOAD, { keyId: 'k1', sign: (content) => sign(null, content, pair.privateKey) })
  const { overlay, sequence } = verifyOverlay(token, { erp: 'omie', trust: trust(), nowMs: NOW })
  expect(sequence).toBe(7)
  expect(overlay).toMatchObject({ id: '7', by: 'k1', within: null, reason: 'chave vazada', until_ms: NOW + DAY })
  expect(overlay.stops).toEqual(stopsOf({ callers: ['agent-1'] }))
})

test('whatever its reason says of a person, none of it goes on', () => {
  const reason = 'CPF 529.982.247-25, ana@exemplo.com.br e (11) 98765-4321 vazaram'
  const { overlay } = verifyOverlay(forged({ reason }), { erp: 'omie', trust: trust(), nowMs: NOW })
  expect(overlay.reason).toBe('CPF ***.982.247-**, a***@exemplo.com.br e ***4321 vazaram')
})

test.each([
  ['another key', forged({}, other), trust(), 'OVERLAY_SIGNATURE_INVALID'],
  ['a bundle key', forged({}), trust('bundle'), 'OVERLAY_KEY_UNKNOWN'],
  ['a key that has ended', forged({}), trust('revocation', NOW), 'OVERLAY_KEY_UNKNOWN'],
  ['another kind of token', forged({}, pair, { typ: 'JWT' }), trust(), 'OVERLAY_SIGNATURE_INVALID'],
  ['no algorithm', forged({}, pair, { alg: 'none' }), trust(), 'OVERLAY_SIGNATURE_INVALID'],
  ['another ERP', forged({ erp: 'nibo' }), trust(), 'OVERLAY_SCOPE_WRONG'],
  ['more than seven days', forged({ until: '2026-12-02T13:00:01Z' }), trust(), 'OVERLAY_PERIOD_WRONG'],
  [
    'seven days from later on',
    forged({ from: '2027-01-01T00:00:00Z', until: '2027-01-05T00:00:00Z' }),
    trust(),
    'OVERLAY_PERIOD_WRONG',
  ],
  ['an end before the beginning', forged({ until: '2026-11-24T13:00:00Z' }), trust(), 'OVERLAY_PERIOD_WRONG'],
  ['an unknown field', forged({ allows: ['agent-2'] }), trust(), 'OVERLAY_MALFORMED'],
  ['an unknown list', forged({ stops: { allows: ['agent-2'] } }), trust(), 'OVERLAY_MALFORMED'],
  ['nothing to stop', forged({ stops: {} }), trust(), 'OVERLAY_MALFORMED'],
  ['no reason', forged({ reason: '' }), trust(), 'OVERLAY_MALFORMED'],
  ['something else', 'a.b', trust(), 'OVERLAY_MALFORMED'],
])('%s is refused', (_name, token, trusted, code) => {
  expect(codeOf(token, trusted)).toBe(code)
})

test('a list with anything beside its overlays is refused', () => {
  expect(() => overlayTokens('{"overlays":[],"allow":[]}')).toThrow(/expected a list/)
  expect(overlayTokens('{"overlays":["a"]}')).toEqual(['a'])
})

const CALLER = { id: 'agent-1', person: 'u17', roles: ['operator', 'viewer'], company: '12345678000195' }

test.each([
  [{ callers: ['agent-1'] }, true],
  [{ callers: ['agent-2'] }, false],
  [{ persons: ['u17'] }, true],
  [{ roles: ['viewer'] }, true],
  [{ companies: ['12345678000195'] }, true],
  [{ companies: ['12ABC34501DE35'] }, false],
  [{ all: true }, true],
  [{ tools: ['create_payment'], effects: ['settle'] as 'settle'[] }, false],
])('%j stops the caller: %s', (some, stopped) => {
  expect(stopsCaller({ stops: stopsOf(some), within: null }, CALLER)).toBe(stopped)
})

test('a tool is stopped by name, by the beginning of its name, and by what the arguments make of it', () => {
  const tool = { name: 'create_payment_draft', effects: ['create', 'settle'] as const }
  const stops = (some: Parameters<typeof stopsOf>[0]): boolean =>
    stopsTool({ stops: stopsOf(some), within: null }, CALLER, tool)
  expect(stops({ tools: ['create_payment_draft'] })).toBe(true)
  expect(stops({ tools: ['create_payment*'] })).toBe(true)
  expect(stops({ tools: ['create_payment'] })).toBe(false)
  expect(stops({ effects: ['settle'] })).toBe(true)
  expect(stops({ effects: ['delete'] })).toBe(false)
})

test('a stop for some companies stops no other, and nothing while none is chosen', () => {
  const stop = { stops: stopsOf({ all: true }), within: ['12345678000195'] }
  expect(stopsCaller(stop, CALLER)).toBe(true)
  expect(stopsCaller(stop, { ...CALLER, company: '12ABC34501DE35' })).toBe(false)
  expect(stopsCaller(stop, { ...CALLER, company: null })).toBe(false)
})
