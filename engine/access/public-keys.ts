import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Trust, TrustedKey } from '../contract/bundle-claims.ts'
import { parseTrust } from '../contract/trust.ts'
import { type KeyFile, readKeyFiles, replaceFile } from './key-file.ts'

/** A token issuer's public key as a server takes it. Validity stands beside it; a JWK set may carry more members (RFC 7517). */
export interface IssuerKey {
  kty: 'OKP'
  crv: 'Ed25519'
  x: string
  kid: string
  alg: 'EdDSA'
  use: 'sig'
  development: boolean
  not_before: string
  not_after: string
}

export interface IssuerKeySet {
  keys: IssuerKey[]
}

export function trustPath(folder: string): string {
  return join(folder, 'trust.json')
}

export function issuerKeysPath(folder: string): string {
  return join(folder, 'token-keys.json')
}

/**
 * Writes what servers are given, from the keys in the folder: `trust.json` and `token-keys.json`.
 * Keys in trust.json whose private half is elsewhere (a key management service) stay as they are.
 * @param removed ids of keys whose file is gone for good: they are no keys from elsewhere
 */
export async function writePublicKeys(folder: string, removed: readonly string[] = []): Promise<void> {
  for (;;) {
    const keys = await readKeyFiles(folder)
    await replaceFile(trustPath(folder), `${JSON.stringify(await trustWith(folder, keys, removed), null, 2)}\n`, 0o644)
    await replaceFile(issuerKeysPath(folder), `${JSON.stringify(issuerKeySet(keys), null, 2)}\n`, 0o644)
    // Another process may have made a key meanwhile, and one of us has just written without the other's.
    if (JSON.stringify(await readKeyFiles(folder)) === JSON.stringify(keys)) return
  }
}

/** What a company's servers trust: `trust.json` without the keys of `up`, which would make a server a development server. */
export async function releaseTrust(folder: string): Promise<Trust> {
  const { keys } = await trustWith(folder, await readKeyFiles(folder), [])
  return { keys: keys.filter(({ development }) => !development) }
}

/** The public halves of token keys. */
export function issuerKeySet(keys: readonly KeyFile[]): IssuerKeySet {
  const own = keys.filter((key) => key.use === 'token')
  return {
    keys: own.map(({ id, development, not_before, not_after, jwk: { kty, crv, x } }) => {
      return { kty, crv, x, kid: id, alg: 'EdDSA', use: 'sig', development, not_before, not_after }
    }),
  }
}

async function trustWith(folder: string, keys: readonly KeyFile[], removed: readonly string[]): Promise<Trust> {
  const own = keys.map(trusted).filter((key) => key !== null)
  const text = await readFile(trustPath(folder), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '{"keys":[]}'
    throw error
  })
  const known = new Set([...removed, ...keys.map((key) => key.id)])
  const elsewhere = parseTrust(text).keys.filter((key) => !known.has(key.id))
  return { keys: [...own, ...elsewhere] }
}

function trusted({ id, use, development, not_before, not_after, jwk }: KeyFile): TrustedKey | null {
  if (use === 'token') return null
  return { id, use, development, not_before, not_after, jwk: { kty: jwk.kty, crv: jwk.crv, x: jwk.x } }
}
