import { describe, expect, test } from 'vitest'
import { isDevelopmentTrust, parseTrust, trustedKey } from '../../../engine/contract/trust.ts'

const KEY = {
  id: 'release-1',
  use: 'bundle',
  development: false,
  not_before: '2026-01-01T00:00:00Z',
  not_after: '2027-01-01T00:00:00Z',
  jwk: { kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' },
}
const text = (...keys: object[]): string => JSON.stringify({ keys })

test('a trust.json is parsed', () => {
  expect(parseTrust(text(KEY))).toEqual({ keys: [KEY] })
})

describe('a trust.json is refused with', () => {
  test.each<[string, string]>([
    ['something else than JSON', 'keys: []'],
    ['no list', '{}'],
    ['a private half', text({ ...KEY, jwk: { ...KEY.jwk, d: 'nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A' } })],
    ['another curve', text({ ...KEY, jwk: { ...KEY.jwk, crv: 'X25519' } })],
    ['a key of the wrong length', text({ ...KEY, jwk: { ...KEY.jwk, x: 'AAAA' } })],
    ['another use', text({ ...KEY, use: 'token' })],
    ['no word on development', text({ ...KEY, development: undefined })],
    ['development that is no flag', text({ ...KEY, development: 'false' })],
    ['an unknown field', text({ ...KEY, comment: 'ours' })],
    ['the same id twice', text(KEY, { ...KEY, use: 'revocation' })],
    ['a local time', text({ ...KEY, not_after: '2027-01-01T00:00:00' })],
    ['a month that is none', text({ ...KEY, not_after: '2027-13-01T00:00:00Z' })],
    ['an end before the beginning', text({ ...KEY, not_after: '2025-01-01T00:00:00Z' })],
  ])('%s', (_what, wrong) => {
    expect(() => parseTrust(wrong)).toThrow(expect.objectContaining({ code: 'TRUST_MALFORMED' }))
  })
})

describe('a key is found', () => {
  const trust = parseTrust(text(KEY))
  const at = (instant: string): string => trustedKey(trust, 'release-1', 'bundle', Date.parse(instant)).id

  test('by id and use, from its first instant to just before its last', () => {
    expect(at('2026-01-01T00:00:00Z')).toBe('release-1')
    expect(at('2026-12-31T23:59:59.999Z')).toBe('release-1')
  })

  test('neither before nor after, nor for another use, nor under another id', () => {
    const unknown = expect.objectContaining({ code: 'BUNDLE_KEY_UNKNOWN' })
    const now = Date.parse('2026-06-01T00:00:00Z')
    expect(() => at('2025-12-31T23:59:59.999Z')).toThrow(unknown)
    expect(() => at('2027-01-01T00:00:00Z')).toThrow(unknown)
    expect(() => trustedKey(trust, 'release-1', 'revocation', now)).toThrow(unknown)
    expect(() => trustedKey(trust, 'release-2', 'bundle', now)).toThrow(unknown)
  })
})

test('one development key, for whatever use, makes a development server', () => {
  const other = { ...KEY, id: 'dev-1', use: 'checkpoint', development: true }
  expect(isDevelopmentTrust(parseTrust(text(KEY)))).toBe(false)
  expect(isDevelopmentTrust(parseTrust(text(KEY, other)))).toBe(true)
})
