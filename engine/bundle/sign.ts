import { BUNDLE_FILES, type BundleClaims } from '../contract/bundle-claims.ts'
import { readContent } from '../contract/bundle-content.ts'
import { type BundlePayload, readPayload } from '../contract/bundle-payload.ts'
import { canonicalText, sha256 } from '../contract/canonical.ts'

/** Whoever holds the private half: a key file, or a key management service. */
export interface Signer {
  /** Id of the key in `trust.json`. */
  keyId: string
  /** Ed25519 over these bytes (RFC 8032): 64 bytes. */
  sign(content: Uint8Array): Uint8Array | Promise<Uint8Array>
}

/**
 * Signs a bundle's files as OPA does: one JWT over the claims and the SHA-256 of every file, in `.signatures.json`.
 * EdDSA is deterministic, so same files and same claims give the same bytes.
 * @returns the files and `.signatures.json`; one that was there before is left out
 * @throws BundleError BUNDLE_MALFORMED or BUNDLE_FILES_DIFFER: what no server would take is not signed
 */
export async function signBundle(
  files: ReadonlyMap<string, Uint8Array>,
  claims: BundleClaims,
  signer: Signer,
): Promise<Map<string, Uint8Array>> {
  const unsigned = new Map([...files].filter(([name]) => name !== BUNDLE_FILES.signatures))
  readContent(unsigned, claims.scope)
  const payload = readPayload({ files: signedFiles(unsigned), ...claims })
  const header = { alg: 'EdDSA', kid: signer.keyId, typ: 'JWT' }
  const content = `${encode(header)}.${encode(payload)}`
  const signature = await signer.sign(new TextEncoder().encode(content))
  const token = `${content}.${Buffer.from(signature).toString('base64url')}`
  const text = canonicalText({ signatures: [token] })
  return new Map([...unsigned, [BUNDLE_FILES.signatures, new TextEncoder().encode(text)]])
}

// data.json and .manifest are hashed by OPA over their value; readContent made sure that their text is that of OPA's hash.
function signedFiles(files: ReadonlyMap<string, Uint8Array>): BundlePayload['files'] {
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, content]) => ({ name, hash: sha256(content), algorithm: 'SHA-256' }))
}

function encode(value: unknown): string {
  return Buffer.from(canonicalText(value)).toString('base64url')
}
