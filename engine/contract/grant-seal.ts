import { Ajv } from 'ajv'
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from 'jose'
import type { CredentialKey } from './credential-key.ts'

/** What lets a server call an ERP on behalf of one company. */
export interface GrantTokens {
  access: string
  /** Absent where a new one is asked for with the client's credential. */
  refresh?: string
}

/** Whose they are: what is sealed for one is not opened for another. */
export interface GrantOwner {
  erp: string
  company: string
}

const GRANT_TYPE = 'alcada-grant+jwe'

const isTokens = new Ajv({ strict: true }).compile<GrantTokens>({
  type: 'object',
  additionalProperties: false,
  required: ['access'],
  properties: { access: { type: 'string' }, refresh: { type: 'string' } },
})

/** A compact JWE (RFC 7516) as the credential store is one, sealed with the first of its keys. */
export async function sealGrant(
  tokens: GrantTokens,
  { erp, company }: GrantOwner,
  keys: readonly CredentialKey[],
): Promise<string> {
  const [newest] = keys
  if (newest === undefined) throw new Error('expected a key to seal the grant with')
  return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(tokens)))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', typ: GRANT_TYPE, kid: newest.id, erp, company })
    .encrypt(newest.bytes)
}

/** Null when none of the keys sealed it, it was altered, or it is another's. */
export async function openGrant(
  sealed: string,
  { erp, company }: GrantOwner,
  keys: readonly CredentialKey[],
): Promise<GrantTokens | null> {
  const key = keys.find(({ id }) => id === sealedWith(sealed))
  if (key === undefined) return null
  try {
    const { plaintext, protectedHeader } = await compactDecrypt(sealed, key.bytes, {
      keyManagementAlgorithms: ['dir'],
      contentEncryptionAlgorithms: ['A256GCM'],
    })
    const { typ, erp: itsErp, company: itsCompany } = protectedHeader
    if (typ !== GRANT_TYPE || itsErp !== erp || itsCompany !== company) return null
    const tokens: unknown = JSON.parse(new TextDecoder().decode(plaintext))
    return isTokens(tokens) ? tokens : null
  } catch {
    return null
  }
}

/** Id of the key that sealed it; null where it is no seal. */
export function sealedWith(sealed: string): string | null {
  try {
    const { kid } = decodeProtectedHeader(sealed)
    return typeof kid === 'string' ? kid : null
  } catch {
    return null
  }
}
