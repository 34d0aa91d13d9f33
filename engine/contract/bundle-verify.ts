import { gunzipSync } from 'node:zlib'
import { BUNDLE_FILES, type BundleClaims, type Trust } from './bundle-claims.ts'
import { type BundleContent, readContent } from './bundle-content.ts'
import { BundleError } from './bundle-error.ts'
import { checkClaims, claimsOf, readPayload, type SignedFile } from './bundle-payload.ts'
import { contentDigest, sha256 } from './canonical.ts'
import { checkRollback, notByTwo, ROLLBACK_RULES } from './rollback-verify.ts'
import { BUNDLE_RULES, CANDIDATE_RULES, tokenIn, typeOf, verifyToken } from './signature.ts'
import { readTar } from './tar.ts'

/** A larger bundle is not read. */
export const MAX_BUNDLE_BYTES: number = 16 * 1024 * 1024
/** Nor one that unpacks to more. */
export const MAX_UNPACKED_BYTES: number = 64 * 1024 * 1024

export interface VerifyOptions {
  /** Whose bundle it must be. */
  erp: string
  trust: Trust
  /** Epoch milliseconds: keys and claims are judged at this instant. */
  nowMs: number
  /** True: a candidate, which nobody has approved yet, and nothing else. Default a bundle, and no candidate. */
  candidate?: boolean
}

export interface VerifiedBundle extends BundleContent {
  claims: BundleClaims
  /** Key that signed it, and whether that is a development key. */
  keyId: string
  development: boolean
  /** Digest of the unsigned content: the same for every build of the same sources. */
  digest: string
  /** SHA-256 of the signed token: of the content and of everything claimed about it. */
  seal: string
  /** Epoch milliseconds: when the claims expire or the key is no longer trusted, whichever comes first. */
  validUntilMs: number
}

/**
 * Verifies a signed bundle as it came from a channel: unpacks it within limits, then signature, claims,
 * list of files, hashes and content. Knows nothing of earlier bundles: which revisions are taken is the server's memory.
 * @throws BundleError with the code of the first check that failed
 */
export function verifyBundle(
  bytes: Uint8Array,
  { erp, trust, nowMs, candidate = false }: VerifyOptions,
): VerifiedBundle {
  const files = readTar(gunzip(bytes))
  const token = tokenIn(signaturesIn(files))
  const emergency = !candidate && typeOf(token) === ROLLBACK_RULES.typ
  const rules = candidate ? CANDIDATE_RULES : emergency ? ROLLBACK_RULES : BUNDLE_RULES
  const { key, payload } = verifyToken(token, { ...rules, trust, nowMs })
  const signed = readPayload(payload)
  const claims = claimsOf(signed)
  // What is only looked at needs no approval.
  checkClaims(claims, { erp, nowMs, development: key.development || candidate })
  checkFiles(files, signed.files)
  if (emergency) checkRollback(signed, { key, digest: contentDigest(files), trust, nowMs })
  else if (claims.rollback !== undefined) throw notByTwo('a bundle key signs no rollback in an emergency')
  const content = readContent(files, erp)
  return {
    ...content,
    claims,
    keyId: key.id,
    development: key.development,
    digest: contentDigest(files),
    seal: sha256(token),
    validUntilMs: Math.min(claims.exp * 1000, Date.parse(key.not_after)),
  }
}

/**
 * Unpacks within limits.
 * @throws BundleError BUNDLE_TOO_LARGE, BUNDLE_MALFORMED
 */
export function gunzip(bytes: Uint8Array): Uint8Array {
  if (bytes.length > MAX_BUNDLE_BYTES) {
    throw new BundleError('BUNDLE_TOO_LARGE', `expected at most ${MAX_BUNDLE_BYTES} bytes, got ${bytes.length}`)
  }
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_UNPACKED_BYTES })
  } catch (cause) {
    if (cause instanceof RangeError) {
      throw new BundleError('BUNDLE_TOO_LARGE', `the bundle unpacks to more than ${MAX_UNPACKED_BYTES} bytes`, {
        cause,
      })
    }
    throw new BundleError('BUNDLE_MALFORMED', 'expected a gzip archive', { cause })
  }
}

function signaturesIn(files: ReadonlyMap<string, Uint8Array>): string {
  const content = files.get(BUNDLE_FILES.signatures)
  if (content === undefined) throw new BundleError('BUNDLE_UNSIGNED', 'the bundle has no signature')
  return Buffer.from(content).toString('utf8')
}

const OWN = new Set<string>([
  BUNDLE_FILES.manifest,
  BUNDLE_FILES.data,
  BUNDLE_FILES.wasm,
  BUNDLE_FILES.catalogue,
  BUNDLE_FILES.canaries,
])

/** Both ways: every signed file is there, every file there is signed, none of a kind that has no place in a bundle. */
function checkFiles(files: ReadonlyMap<string, Uint8Array>, signed: readonly SignedFile[]): void {
  const names = new Set(signed.map((file) => file.name))
  if (names.size !== signed.length) throw new BundleError('BUNDLE_FILES_DIFFER', 'a file is signed twice')
  for (const name of files.keys()) {
    if (name === BUNDLE_FILES.signatures) continue
    if (!names.has(name)) throw new BundleError('BUNDLE_FILES_DIFFER', `\`${name}\` is not signed`)
    if (!OWN.has(name) && !name.endsWith('.rego')) {
      throw new BundleError('BUNDLE_FILES_DIFFER', `\`${name}\` has no place in a bundle`)
    }
  }
  for (const { name, hash } of signed) {
    const content = files.get(name)
    if (content === undefined) throw new BundleError('BUNDLE_FILES_DIFFER', `\`${name}\` is signed but not there`)
    if (sha256(content) !== hash) {
      throw new BundleError('BUNDLE_HASH_MISMATCH', `\`${name}\` is not the file that was signed`)
    }
  }
}
