import { createPublicKey, verify } from 'node:crypto'
import type { Trust, TrustedKey } from './bundle-claims.ts'
import { BundleError } from './bundle-error.ts'
import { canonicalText } from './canonical.ts'
import { trustedKey } from './trust.ts'

export interface VerifiedSignature {
  key: TrustedKey
  /** What was signed, parsed and not yet looked at. */
  payload: unknown
  /** The compact token: header, payload, signature. */
  token: string
}

/** What a bundle's token is, as OPA writes it, and which key signs it. */
export const BUNDLE_RULES = { typ: 'JWT', use: 'bundle' } as const

/** The same of a candidate: another type, so that whoever moves one cannot make a policy of it. */
export const CANDIDATE_RULES = { typ: 'candidate+jwt', use: 'bundle' } as const

/**
 * The one token in the text of `.signatures.json`.
 * Stricter than OPA, which ignores unsigned fields beside the token (`plugin`): the text must be ours to the byte.
 * @throws BundleError BUNDLE_UNSIGNED, BUNDLE_MALFORMED
 */
export function tokenIn(text: string): string {
  const value = parseJson(Buffer.from(text))
  const list = isRecord(value) ? value['signatures'] : undefined
  if (!Array.isArray(list) || list.length === 0) throw new BundleError('BUNDLE_UNSIGNED', 'the bundle has no signature')
  const [token] = list
  if (typeof token !== 'string' || text !== canonicalText({ signatures: [token] })) {
    throw malformed('expected one signature and nothing else')
  }
  return token
}

/** What a token says it is: for choosing how to verify it, never for trusting it. */
export function typeOf(token: string): unknown {
  const header = parseJson(decode(token.split('.')[0] ?? ''))
  return isRecord(header) ? header['typ'] : undefined
}

export interface TokenRules {
  /** What the header must say it is. */
  typ: string
  use: TrustedKey['use']
  trust: Trust
  nowMs: number
}

/**
 * Verifies one EdDSA token in compact form, by the trusted key of this use that its header names.
 * @throws BundleError BUNDLE_MALFORMED, BUNDLE_KEY_UNKNOWN, BUNDLE_SIGNATURE_INVALID
 */
export function verifyToken(token: string, { typ, use, trust, nowMs }: TokenRules): VerifiedSignature {
  const [header = '', payload = '', signature = '', ...rest] = token.split('.')
  if (rest.length > 0 || signature === '') throw malformed('expected a token of three parts')
  const key = trustedKey(trust, keyIdOf(parseJson(decode(header)), typ), use, nowMs)
  const publicKey = createPublicKey({ key: key.jwk, format: 'jwk' })
  if (!verify(null, Buffer.from(`${header}.${payload}`), publicKey, decode(signature))) {
    throw new BundleError('BUNDLE_SIGNATURE_INVALID', `the signature is not one of key \`${key.id}\` over this content`)
  }
  return { key, payload: parseJson(decode(payload)), token }
}

/**
 * What the text of `.signatures.json` claims, its signature not looked at: for reading a number, never for trusting it.
 * @throws BundleError BUNDLE_UNSIGNED, BUNDLE_MALFORMED
 */
export function unverifiedPayload(text: string): unknown {
  return unverifiedToken(tokenIn(text))
}

/**
 * What a token in compact form claims, its signature not looked at.
 * @throws BundleError BUNDLE_MALFORMED
 */
export function unverifiedToken(token: string): unknown {
  const [, payload = ''] = token.split('.')
  return parseJson(decode(payload))
}

// The algorithm is ours to choose, never the token's: anything but EdDSA is refused before a key is looked at.
function keyIdOf(header: unknown, typ: string): string {
  if (!isRecord(header) || header['alg'] !== 'EdDSA' || header['typ'] !== typ) {
    throw new BundleError('BUNDLE_SIGNATURE_INVALID', 'expected a signature with EdDSA')
  }
  const id = header['kid']
  if (typeof id !== 'string' || Object.keys(header).length !== 3) throw malformed('expected alg, kid and typ only')
  return id
}

function decode(part: string): Buffer {
  const bytes = Buffer.from(part, 'base64url')
  // Node ignores characters that are no base64url, so the same bytes could be written in several ways.
  if (bytes.toString('base64url') !== part) throw malformed('expected base64url without padding')
  return bytes
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes))
  } catch (cause) {
    throw new BundleError('BUNDLE_MALFORMED', 'the signature: expected JSON', { cause })
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function malformed(message: string): BundleError {
  return new BundleError('BUNDLE_MALFORMED', `the signature: ${message}`)
}
