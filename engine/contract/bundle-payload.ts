import { Ajv } from 'ajv'
import type { BundleClaims } from './bundle-claims.ts'
import { BundleError } from './bundle-error.ts'
import { BUNDLE_FORMAT, checkFormat } from './bundle-format.ts'
import { ROLLBACK_SCHEMA } from './rollback-claim.ts'

/** One file as a signature names it. */
export interface SignedFile {
  name: string
  /** Lower-case hex. */
  hash: string
  algorithm: 'SHA-256'
}

/** What is signed: the claims and the list of files, as OPA expects them. */
export interface BundlePayload extends Omit<BundleClaims, 'check_run'> {
  /** Absent in bundles of before formats were numbered. */
  format?: number
  check_run?: number | null
  files: SignedFile[]
}

const NAME = { type: 'string', minLength: 1, maxLength: 200 }
// Epoch seconds, up to the end of the year 9999.
const INSTANT = { type: 'integer', minimum: 0, maximum: 253_402_300_799 }

const isPayload = new Ajv({ strict: true, allowUnionTypes: true }).compile<BundlePayload>({
  type: 'object',
  additionalProperties: false,
  required: ['files', 'scope', 'revision', 'commit', 'pull_request', 'author', 'approvers', 'iat', 'exp', 'compiler'],
  properties: {
    format: { type: 'integer', minimum: 1, maximum: BUNDLE_FORMAT },
    files: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['name', 'hash', 'algorithm'],
        properties: {
          name: NAME,
          hash: { type: 'string', pattern: '^[0-9a-f]{64}$' },
          algorithm: { const: 'SHA-256' },
        },
      },
    },
    scope: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,62}$' },
    revision: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    commit: { type: ['string', 'null'], pattern: '^[0-9a-f]{40}$' },
    pull_request: { type: ['integer', 'null'], minimum: 1 },
    author: { type: ['string', 'null'], minLength: 1, maxLength: 200 },
    approvers: { type: 'array', maxItems: 100, uniqueItems: true, items: NAME },
    // Bundles signed before there was this claim do not have it.
    check_run: { type: ['integer', 'null'], minimum: 1 },
    rollback: ROLLBACK_SCHEMA,
    iat: INSTANT,
    exp: INSTANT,
    compiler: NAME,
  },
})

/**
 * Brings what was signed into shape.
 * @throws BundleError BUNDLE_FORMAT_NEWER, BUNDLE_MALFORMED
 */
export function readPayload(value: unknown): BundlePayload {
  checkFormat(value)
  if (isPayload(value)) return value
  const [first] = isPayload.errors ?? []
  const place = first?.instancePath ?? ''
  throw new BundleError('BUNDLE_MALFORMED', `the signed claims${place} ${first?.message ?? 'are wrong'}`)
}

/** The claims without the files, in a fixed order. */
export function claimsOf(payload: BundlePayload): BundleClaims {
  const { scope, revision, commit, pull_request, author, approvers, check_run = null, iat, exp, compiler } = payload
  const { rollback } = payload
  const claims = { scope, revision, commit, pull_request, author, approvers, check_run, iat, exp, compiler }
  return rollback === undefined ? claims : { ...claims, rollback }
}

// Clocks of a build machine and a server may differ by this much.
const SKEW_S = 300

/**
 * Judges the claims: this ERP, now, and, unless a development key signed it, with its whole provenance.
 * @throws BundleError BUNDLE_SCOPE_WRONG, BUNDLE_EXPIRED, BUNDLE_NOT_YET_VALID, BUNDLE_PROVENANCE_MISSING
 */
export function checkClaims(claims: BundleClaims, at: { erp: string; nowMs: number; development: boolean }): void {
  const { erp, nowMs, development } = at
  if (claims.scope !== erp) {
    throw new BundleError('BUNDLE_SCOPE_WRONG', `expected a bundle of \`${erp}\`, got one of \`${claims.scope}\``)
  }
  if (claims.exp * 1000 <= nowMs) {
    throw new BundleError('BUNDLE_EXPIRED', `the bundle expired at ${new Date(claims.exp * 1000).toISOString()}`)
  }
  if ((claims.iat - SKEW_S) * 1000 > nowMs) {
    throw new BundleError('BUNDLE_NOT_YET_VALID', `the bundle is of ${new Date(claims.iat * 1000).toISOString()}`)
  }
  if (development) return
  const missing = [
    claims.commit === null ? 'the commit' : '',
    claims.pull_request === null ? 'the pull request' : '',
    claims.author === null ? 'the author' : '',
    claims.approvers.every((approver) => approver === claims.author) ? 'an approver who is not the author' : '',
    claims.check_run === null ? 'the check run' : '',
  ].filter((name) => name !== '')
  if (missing.length > 0) {
    throw new BundleError('BUNDLE_PROVENANCE_MISSING', `the bundle does not name ${missing.join(', ')}`)
  }
}
