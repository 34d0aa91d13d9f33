import { hkdfSync } from 'node:crypto'
import { CompactEncrypt, compactDecrypt } from 'jose'

/** A key for one purpose out of the ERP's own key: one file to keep and to back up, and no purpose opens another's. */
export function purposeKey(key: Uint8Array, purpose: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, new Uint8Array(), `alcada ${purpose}`, 32))
}

/** Seals a value for one request: JWE, A256GCM (RFC 7516, 7518). What is sealed for another cannot be put in its place. */
export async function seal(value: object, id: string, key: Uint8Array): Promise<string> {
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(value)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', kid: id })
    .encrypt(key)
}

/** Throws when it was altered, sealed for another request or with another key. */
export async function unseal<Value extends object>(sealed: string, id: string, key: Uint8Array): Promise<Value> {
  const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
    keyManagementAlgorithms: ['dir'],
    contentEncryptionAlgorithms: ['A256GCM'],
  })
  if (protectedHeader.kid !== id) throw new Error('what is sealed belongs to another request')
  return JSON.parse(new TextDecoder().decode(plaintext))
}
