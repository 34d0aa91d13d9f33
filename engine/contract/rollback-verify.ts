import type { Trust, TrustedKey } from './bundle-claims.ts'
import { BundleError } from './bundle-error.ts'
import { type BundlePayload, claimsOf, readPayload } from './bundle-payload.ts'
import { canonicalText } from './canonical.ts'
import { type RollbackRequest, readRollbackRequest } from './rollback-claim.ts'
import { BUNDLE_RULES, verifyToken } from './signature.ts'

/** What the token of a bundle that two persons publish in an emergency is: signed by a key of a person on call, never by the release's. */
export const ROLLBACK_RULES = { typ: 'alcada-rollback+jwt', use: 'revocation' } as const
/** The same of the first person's request. */
export const REQUEST_RULES = { typ: 'alcada-rollback-request+jwt', use: 'revocation' } as const

/** As long as any emergency measure: what is to last longer takes a pull request. In seconds. */
export const MAX_ROLLBACK_S: number = 7 * 86_400
/** The second person signs at most this long after the first, in seconds. */
export const MAX_REQUEST_AGE_S: number = 86_400

export interface RollbackContext {
  /** The key that the bundle's own token was verified with. */
  key: TrustedKey
  /** Of the content. */
  digest: string
  trust: Trust
  nowMs: number
}

/**
 * Judges a rollback in an emergency: two persons' keys over the same request, and content that a bundle key signed
 * once, with its provenance. So two persons together can bring back what was merged, and nothing else; one can do nothing.
 * @throws BundleError BUNDLE_ROLLBACK_INVALID, and what verifyToken and readPayload throw
 */
export function checkRollback(signed: BundlePayload, { key, digest, trust, nowMs }: RollbackContext): void {
  const { rollback } = signed
  if (rollback === undefined) throw notByTwo('a revocation key signs rollbacks only')
  const first = verifyToken(rollback.request, { ...REQUEST_RULES, trust, nowMs })
  // The same pair under two names is one person still.
  if (first.key.id === key.id || first.key.jwk.x === key.jwk.x) throw notByTwo('both signatures are of one key')
  checkRequest(readRollbackRequest(first.payload), signed, digest)
  const original = verifyToken(rollback.original, { ...BUNDLE_RULES, trust, nowMs })
  if (original.key.development !== key.development) throw notByTwo('a development key signed the content')
  checkOriginal(readPayload(original.payload), signed)
  if (signed.exp - signed.iat > MAX_ROLLBACK_S) throw notByTwo('it is to last longer than seven days')
}

function checkRequest({ iat, ...request }: RollbackRequest, signed: BundlePayload, digest: string): void {
  const { scope, revision, rollback } = signed
  const wanted = { erp: scope, revision, to: rollback?.to, from: rollback?.from, reason: rollback?.reason, digest }
  if (canonicalText(request) !== canonicalText(wanted)) throw notByTwo('the two persons signed different requests')
  if (signed.iat < iat || signed.iat - iat > MAX_REQUEST_AGE_S) throw notByTwo('the second signature is a day later')
}

/** What was published then, and how it had come there, is what is claimed now. */
function checkOriginal(original: BundlePayload, signed: BundlePayload): void {
  if (original.revision !== signed.rollback?.to) {
    throw notByTwo(`expected the content of revision ${signed.rollback?.to}, got that of ${original.revision}`)
  }
  if (toldBy(signed) !== toldBy(original)) {
    throw notByTwo('it is not the content that was published then, or not its provenance')
  }
}

function toldBy(payload: BundlePayload): string {
  const { scope, commit, pull_request, author, approvers, check_run, compiler } = claimsOf(payload)
  const { files } = payload
  return canonicalText({ scope, commit, pull_request, author, approvers, check_run, compiler, files })
}

export function notByTwo(why: string): BundleError {
  return new BundleError('BUNDLE_ROLLBACK_INVALID', `the rollback in an emergency is not valid: ${why}`)
}
