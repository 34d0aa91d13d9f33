import { createPublicKey, type KeyObject, verify } from 'node:crypto'
import { Ajv } from 'ajv'
import { canonicalText } from './canonical.ts'
import type { ArchivedSegment } from './ledger-archive.ts'

/** What a server says of its chain: row `seq` has this hash, and with it every row before. */
export interface Checkpoint {
  erp: string
  /** '' where there is one server only. */
  replica: string
  /** From 1, without gaps: a missing one shows, also where they are kept elsewhere. */
  number: number
  seq: number
  hash: string
  at_ms: number
  /** Segments that were closed since the checkpoint before: what a chain that no longer has them begins after. */
  archived?: ArchivedSegment[]
}

export interface SignedCheckpoint {
  checkpoint: Checkpoint
  /** Id of the key. */
  key: string
  /** Ed25519 over signedBytes, base64url. */
  signature: string
}

/** A public key that signs checkpoints, as trust.json has it. */
export interface CheckpointKey {
  id: string
  jwk: { kty: 'OKP'; crv: 'Ed25519'; x: string }
}

const TEXT = { type: 'string', maxLength: 256 }
const COUNT = { type: 'integer', minimum: 1 }
const HASH = { type: 'string', pattern: '^[0-9a-f]{64}$' }

const isSigned = new Ajv({ strict: true }).compile<SignedCheckpoint>({
  type: 'object',
  additionalProperties: false,
  required: ['checkpoint', 'key', 'signature'],
  properties: {
    checkpoint: {
      type: 'object',
      additionalProperties: false,
      required: ['erp', 'replica', 'number', 'seq', 'hash', 'at_ms'],
      properties: {
        erp: TEXT,
        replica: TEXT,
        number: COUNT,
        seq: COUNT,
        hash: HASH,
        at_ms: { type: 'integer', minimum: 0 },
        archived: {
          type: 'array',
          items: {
            type: 'object',
            additionalProperties: false,
            required: ['number', 'first_seq', 'last_seq', 'prev', 'hash', 'until_ms', 'file', 'sha256', 'bytes'],
            properties: {
              number: COUNT,
              first_seq: COUNT,
              last_seq: COUNT,
              prev: HASH,
              hash: HASH,
              until_ms: { type: 'integer' },
              file: { type: 'string', pattern: '^[a-z0-9_]+/[a-z0-9_-]+/[0-9]+-[0-9]+\\.jsonl\\.gz$' },
              sha256: HASH,
              bytes: COUNT,
            },
          },
        },
      },
    },
    key: TEXT,
    signature: { type: 'string', pattern: '^[A-Za-z0-9_-]{86}$' },
  },
})

/** Parses a checkpoint from outside; null when it is none. Its signature is not looked at. */
export function readCheckpoint(text: string): SignedCheckpoint | null {
  try {
    const value: unknown = JSON.parse(text)
    return isSigned(value) ? value : null
  } catch {
    return null
  }
}

/** What is signed. The words before it keep a signature from being one of something else by the same key. */
export function signedBytes(checkpoint: Checkpoint): Uint8Array {
  return Buffer.from(`alcada ledger checkpoint\n${canonicalText(checkpoint)}`)
}

/** Whether one of these keys has signed it. */
export function isSignedBy({ checkpoint, key, signature }: SignedCheckpoint, keys: readonly CheckpointKey[]): boolean {
  const found = keys.find(({ id }) => id === key)
  if (found === undefined) return false
  const publicKey: KeyObject = createPublicKey({ key: found.jwk, format: 'jwk' })
  return verify(null, signedBytes(checkpoint), publicKey, Buffer.from(signature, 'base64url'))
}

/** Where a checkpoint stands at an anchor, below its address. */
export function anchorPath({ erp, replica, number }: Pick<Checkpoint, 'erp' | 'replica' | 'number'>): string {
  return `${erp}/${replica === '' ? '_' : replica}/${String(number).padStart(9, '0')}.json`
}
