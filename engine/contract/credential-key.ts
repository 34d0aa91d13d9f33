import { createHash } from 'node:crypto'
import { CredentialStoreError } from './credential-error.ts'

/** A key of one ERP's credential store: 256 bits for A256GCM. */
export interface CredentialKey {
  /** Tells keys apart without telling anything of them. */
  id: string
  bytes: Uint8Array
}

const BYTES = 32
/** More would mean that old keys are never taken out. */
const MOST = 4

/**
 * Reads the keys of a store, one a line or separated by blanks or commas: the first seals, the others only open what
 * was sealed before. Each is 32 random bytes as base64, base64url or hex.
 * @throws CredentialStoreError STORE_KEY_MALFORMED
 */
export function parseCredentialKeys(text: string): CredentialKey[] {
  const keys = text
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map(credentialKey)
  if (keys.length < 1 || keys.length > MOST) throw malformed(`1 to ${MOST} keys, got ${keys.length}`)
  return keys
}

function credentialKey(text: string): CredentialKey {
  const bytes = /^[0-9a-f]{64}$/i.test(text)
    ? Buffer.from(text, 'hex')
    : /^[A-Za-z0-9+/_-]{43}=?$/.test(text)
      ? Buffer.from(text, 'base64')
      : null
  if (bytes?.length !== BYTES) throw malformed('32 bytes as base64 or hex, got something else')
  // A repeated byte or a typed word is no random key: of 32 random bytes 16 differ but for one case in 10^12.
  if (new Set(bytes).size < 16) throw malformed('32 random bytes, got some that repeat')
  const id = createHash('sha256').update('alcada credential key\0').update(bytes).digest('hex').slice(0, 16)
  return { id, bytes }
}

function malformed(expected: string): CredentialStoreError {
  const help = 'make one with `openssl rand -base64 32`'
  return new CredentialStoreError('STORE_KEY_MALFORMED', `expected a credential key of ${expected}; ${help}`)
}
