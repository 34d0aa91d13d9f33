import { Ajv } from 'ajv'
import { BundleError } from './bundle-error.ts'

const NUMBER = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER }
const REASON = { type: 'string', pattern: '^[^\\p{C}]{3,500}$' }
const DIGEST = { type: 'string', pattern: '^[0-9a-f]{64}$' }
const TOKEN = { type: 'string', minLength: 1, maxLength: 100_000 }
const FROM = {
  type: 'object',
  additionalProperties: false,
  required: ['revision', 'digest'],
  properties: { revision: NUMBER, digest: DIGEST },
}

/** RollbackClaim of bundle-claims.ts. */
export const ROLLBACK_SCHEMA: object = {
  type: 'object',
  additionalProperties: false,
  required: ['to', 'from', 'reason', 'original', 'request'],
  properties: { to: NUMBER, from: FROM, reason: REASON, original: TOKEN, request: TOKEN },
}

/** What the first of the two persons signs: which content gets which number, at which ERP, and why. */
export interface RollbackRequest {
  erp: string
  to: number
  /** The number it gets. */
  revision: number
  from: { revision: number; digest: string }
  /** Of the content of `to`. */
  digest: string
  reason: string
  /** Epoch seconds. */
  iat: number
}

const isRequest = new Ajv({ strict: true }).compile<RollbackRequest>({
  type: 'object',
  additionalProperties: false,
  required: ['erp', 'to', 'revision', 'from', 'digest', 'reason', 'iat'],
  properties: {
    erp: { type: 'string', pattern: '^[a-z][a-z0-9_]{0,62}$' },
    to: NUMBER,
    revision: NUMBER,
    from: FROM,
    digest: DIGEST,
    reason: REASON,
    iat: { type: 'integer', minimum: 0, maximum: 253_402_300_799 },
  },
})

/**
 * Brings what was signed, or is to be, into shape.
 * @throws BundleError BUNDLE_MALFORMED
 */
export function readRollbackRequest(value: unknown): RollbackRequest {
  if (isRequest(value)) return value
  const [first] = isRequest.errors ?? []
  throw new BundleError('BUNDLE_MALFORMED', `the request${first?.instancePath ?? ''} ${first?.message ?? 'is wrong'}`)
}
