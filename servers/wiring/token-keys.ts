import { readFile } from 'node:fs/promises'
import type { JWK } from 'jose'

/**
 * The token issuer's public keys, out of a JWK set. Keys that have ended are left out, and development keys where the
 * server is not a development server. Throws when the file is not there.
 */
export async function tokenKeys(file: string, development: boolean, nowMs: number = Date.now()): Promise<JWK[]> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new Error(`expected the public keys of the token issuer at \`${file}\` (ALCADA_TOKEN_KEYS_FILE)`)
  })
  const set: unknown = JSON.parse(text)
  const keys = typeof set === 'object' && set !== null && 'keys' in set && Array.isArray(set.keys) ? set.keys : []
  return keys.filter(
    (key: unknown): key is JWK =>
      isPublicKey(key) && isValid(key, nowMs) && (development || key['development'] !== true),
  )
}

function isPublicKey(key: unknown): key is Record<string, unknown> & JWK {
  if (typeof key !== 'object' || key === null || 'd' in key) return false
  return 'kty' in key && key.kty === 'OKP' && 'x' in key && 'kid' in key
}

function isValid(key: Record<string, unknown>, nowMs: number): boolean {
  const from = Date.parse(String(key['not_before'] ?? '1970-01-01T00:00:00Z'))
  const to = Date.parse(String(key['not_after'] ?? '9999-12-31T00:00:00Z'))
  return from <= nowMs && nowMs < to
}
