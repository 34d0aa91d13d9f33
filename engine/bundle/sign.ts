import { BUNDLE_FILES, type BundleClaims } from '../contract/bundle-claims.ts'
import { readContent } from '../contract/bundle-content.ts'
import { BUNDLE_FORMAT } from '../contract/bundle-format.ts'
import { type BundlePayload, readPayload } from '../contract/bundle-payload.ts'
import { canonicalText, sha256 } from '../contract/canonical.ts'
import { ROLLBACK_RULES } from '../contract/rollback-verify.ts'
import { BUNDLE_RULES, CANDIDATE_RULES } from '../contract/signature.ts'
import { type Signer, signToken } from './sign-token.ts'

/**
 * Signs a bundle's files as OPA does: one JWT over the claims and the SHA-256 of every file, in `.signatures.json`.
 * EdDSA is deterministic, so same files and same claims give the same bytes.
 * @param kind a candidate is never enforced by any server, whatever it claims
 * @returns the files and `.signatures.json`; one that was there before is left out
 * @throws BundleError BUNDLE_MALFORMED or BUNDLE_FILES_DIFFER: what no server would take is not signed
 */
export async function signBundle(
  files: ReadonlyMap<string, Uint8Array>,
  claims: BundleClaims,
  signer: Signer,
  kind: 'bundle' | 'candidate' = 'bundle',
): Promise<Map<string, Uint8Array>> {
  const unsigned = new Map([...files].filter(([name]) => name !== BUNDLE_FILES.signatures))
  readContent(unsigned, claims.scope)
  const payload = readPayload({ format: BUNDLE_FORMAT, files: signedFiles(unsigned), ...claims })
  // Who signs what is told apart by the token's type: a rollback in an emergency is signed by persons on call.
  const { typ } = kind === 'candidate' ? CANDIDATE_RULES : claims.rollback === undefined ? BUNDLE_RULES : ROLLBACK_RULES
  const token = await signToken(payload, typ, signer)
  const text = canonicalText({ signatures: [token] })
  return new Map([...unsigned, [BUNDLE_FILES.signatures, new TextEncoder().encode(text)]])
}

// data.json and .manifest are hashed by OPA over their value; readContent made sure that their text is that of OPA's hash.
function signedFiles(files: ReadonlyMap<string, Uint8Array>): BundlePayload['files'] {
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, content]) => ({ name, hash: sha256(content), algorithm: 'SHA-256' }))
}
