import { Ajv } from 'ajv'
import { type CompactJWEHeaderParameters, compactDecrypt, decodeProtectedHeader } from 'jose'
import { CredentialStoreError } from './credential-error.ts'
import type { CredentialKey } from './credential-key.ts'

/** One company's values by name, and when they were last changed. */
export interface StoredCompany {
  changed_at: string
  values: Record<string, string>
}

/** What is sealed: CNPJ → its credentials in one ERP. */
export interface CredentialContent {
  companies: Record<string, StoredCompany>
}

/**
 * The protected header of a store: a compact JWE (RFC 7516), sealed directly with the key (`dir`). All of it is
 * authenticated with the content, so a store stays bound to the ERP it was written for, whoever holds its key.
 */
export interface StoreHeader extends CompactJWEHeaderParameters {
  alg: 'dir'
  enc: 'A256GCM'
  typ: typeof STORE_TYPE
  kid: string
  erp: string
}

export const STORE_TYPE = 'alcada-credentials+jwe'

const TEXT = { type: 'string' }
const ajv = new Ajv({ strict: true })
const isHeader = ajv.compile<StoreHeader>({
  type: 'object',
  additionalProperties: false,
  required: ['alg', 'enc', 'typ', 'kid', 'erp'],
  properties: { alg: { const: 'dir' }, enc: { const: 'A256GCM' }, typ: { const: STORE_TYPE }, kid: TEXT, erp: TEXT },
})
const isContent = ajv.compile<CredentialContent>({
  type: 'object',
  additionalProperties: false,
  required: ['companies'],
  properties: {
    companies: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        required: ['changed_at', 'values'],
        properties: { changed_at: TEXT, values: { type: 'object', additionalProperties: TEXT } },
      },
    },
  },
})

export interface OpenedStore {
  /** Id of the key it is sealed with. */
  keyId: string
  content: CredentialContent
}

/** Opens one ERP's store with whichever of the keys sealed it. Throws CredentialStoreError. */
export async function openCredentialStore(
  sealed: string,
  { erp, keys }: { erp: string; keys: readonly CredentialKey[] },
): Promise<OpenedStore> {
  const text = sealed.trim()
  const header = headerOf(text)
  if (header.erp !== erp) {
    throw new CredentialStoreError('STORE_OTHER_ERP', `expected the credential store of \`${erp}\`, got another ERP's`)
  }
  const key = keys.find(({ id }) => id === header.kid)
  if (key === undefined) throw keyWrong(header.kid, keys)
  return { keyId: key.id, content: contentOf(await decrypted(text, key)) }
}

function headerOf(text: string): StoreHeader {
  try {
    const header: unknown = decodeProtectedHeader(text)
    // `dir` has no encrypted key; initialization vector and tag have one length (RFC 7518, 5.3).
    if (isHeader(header) && /^[\w-]+\.\.[\w-]{16}\.[\w-]+\.[\w-]{22}$/.test(text)) return header
  } catch (cause) {
    throw malformed('a credential store, got something that is none', cause)
  }
  throw malformed('a whole credential store, got one that is cut off or of another kind')
}

async function decrypted(text: string, { bytes }: CredentialKey): Promise<Uint8Array> {
  try {
    const options = { keyManagementAlgorithms: ['dir'], contentEncryptionAlgorithms: ['A256GCM'] }
    return (await compactDecrypt(text, bytes, options)).plaintext
  } catch (cause) {
    const message = 'the credential store was altered since it was sealed: bring back a copy, or set the values anew'
    throw new CredentialStoreError('STORE_ALTERED', message, { cause })
  }
}

function contentOf(bytes: Uint8Array): CredentialContent {
  // What was sealed was written by us, so what does not parse came from another version.
  const content: unknown = JSON.parse(new TextDecoder().decode(bytes))
  if (isContent(content)) return content
  throw malformed('a credential store of this version, got other content')
}

function keyWrong(kid: string, keys: readonly CredentialKey[]): CredentialStoreError {
  const got = keys.map(({ id }) => `\`${id}\``).join(', ')
  const wanted = /^[0-9a-f]{16}$/.test(kid) ? `\`${kid}\`` : 'another'
  return new CredentialStoreError(
    'STORE_KEY_WRONG',
    `expected the credential key ${wanted}, got ${got}: give the key that this store was sealed with`,
  )
}

function malformed(expected: string, cause?: unknown): CredentialStoreError {
  return new CredentialStoreError(
    'STORE_MALFORMED',
    `expected ${expected}: bring back a copy, or set the values anew`,
    {
      cause,
    },
  )
}
