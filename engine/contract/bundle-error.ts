export type BundleErrorCode =
  /** Nothing could be read where the bundle should be. */
  | 'BUNDLE_UNAVAILABLE'
  | 'BUNDLE_TOO_LARGE'
  | 'BUNDLE_MALFORMED'
  /** Made for newer servers than this one. */
  | 'BUNDLE_FORMAT_NEWER'
  | 'BUNDLE_UNSIGNED'
  | 'BUNDLE_KEY_UNKNOWN'
  | 'BUNDLE_SIGNATURE_INVALID'
  | 'BUNDLE_SCOPE_WRONG'
  | 'BUNDLE_EXPIRED'
  /** Signed in the future: a clock is wrong. */
  | 'BUNDLE_NOT_YET_VALID'
  | 'BUNDLE_PROVENANCE_MISSING'
  /** An emergency rollback that is not signed by two, or not of content that was published. */
  | 'BUNDLE_ROLLBACK_INVALID'
  | 'BUNDLE_FILES_DIFFER'
  | 'BUNDLE_HASH_MISMATCH'
  | 'BUNDLE_ROLLED_BACK'
  | 'BUNDLE_REVISION_REUSED'
  /** The WASM cannot be instantiated with its data. */
  | 'BUNDLE_POLICY_BROKEN'
  | 'BUNDLE_CANARY_FAILED'
  /** Another ERP address was asked for, and this bundle or that address does not allow it. */
  | 'BUNDLE_ADDRESS_REFUSED'
  /** What was accepted before cannot be read or written, so nothing new can be judged. */
  | 'BUNDLE_MEMORY_BROKEN'
  | 'TRUST_MALFORMED'

/** Trust that is broken: one error with one code. The bundle in use, if any, stays. */
export class BundleError extends Error {
  readonly code: BundleErrorCode

  constructor(code: BundleErrorCode, message: string, options: { cause?: unknown } = {}) {
    super(message, options)
    this.name = 'BundleError'
    this.code = code
  }
}
