import { Ajv } from 'ajv'
import type { Trust, TrustedKey } from './bundle-claims.ts'
import { BundleError } from './bundle-error.ts'

const INSTANT = { type: 'string', pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,3})?Z$' }

const isTrust = new Ajv({ strict: true }).compile<Trust>({
  type: 'object',
  additionalProperties: false,
  required: ['keys'],
  properties: {
    keys: {
      type: 'array',
      maxItems: 100,
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['id', 'use', 'development', 'not_before', 'not_after', 'jwk'],
        properties: {
          id: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
          use: { enum: ['bundle', 'revocation', 'checkpoint'] },
          development: { type: 'boolean' },
          not_before: INSTANT,
          not_after: INSTANT,
          jwk: {
            type: 'object',
            // The private half (`d`) has no place here, nor has anything else.
            additionalProperties: false,
            required: ['kty', 'crv', 'x'],
            properties: {
              kty: { const: 'OKP' },
              crv: { const: 'Ed25519' },
              x: { type: 'string', pattern: '^[A-Za-z0-9_-]{43}$' },
            },
          },
        },
      },
    },
  },
})

/**
 * Parses `trust.json`.
 * @throws BundleError TRUST_MALFORMED: not JSON, a field that is unknown or missing, an id twice, a validity that ends before it begins
 */
export function parseTrust(text: string): Trust {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new BundleError('TRUST_MALFORMED', 'expected trust.json to be JSON, got something else', { cause })
  }
  if (!isTrust(value)) {
    const [first] = isTrust.errors ?? []
    throw new BundleError('TRUST_MALFORMED', `trust.json${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'}`)
  }
  const ids = value.keys.map((key) => key.id)
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw new BundleError('TRUST_MALFORMED', `trust.json holds key \`${twice}\` twice`)
  // An instant that is none (month 13) is NaN, which is never less.
  const wrong = value.keys.find((key) => !(Date.parse(key.not_before) < Date.parse(key.not_after)))
  if (wrong !== undefined) {
    throw new BundleError('TRUST_MALFORMED', `expected key \`${wrong.id}\` to begin before it ends`)
  }
  return value
}

/**
 * The key with this id and use, when it is valid at `nowMs` (epoch milliseconds).
 * @throws BundleError BUNDLE_KEY_UNKNOWN
 */
export function trustedKey(trust: Trust, id: string, use: TrustedKey['use'], nowMs: number): TrustedKey {
  const key = trust.keys.find((candidate) => candidate.id === id && candidate.use === use)
  if (key === undefined) throw new BundleError('BUNDLE_KEY_UNKNOWN', `no trusted ${use} key is called \`${id}\``)
  if (!isValidAt(key, nowMs)) {
    const span = `${key.not_before} to ${key.not_after}`
    throw new BundleError('BUNDLE_KEY_UNKNOWN', `key \`${id}\` is trusted only from ${span}`)
  }
  return key
}

/** True from `not_before` up to, and not including, `not_after`. */
export function isValidAt(key: { not_before: string; not_after: string }, nowMs: number): boolean {
  return Date.parse(key.not_before) <= nowMs && nowMs < Date.parse(key.not_after)
}

/** Trusting one development key, for whatever use, makes a server a development server. */
export function isDevelopmentTrust(trust: Trust): boolean {
  return trust.keys.some((key) => key.development)
}
