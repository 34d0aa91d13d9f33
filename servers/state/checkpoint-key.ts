import { createHash, createPrivateKey, generateKeyPairSync, sign } from 'node:crypto'
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Ajv } from 'ajv'
import {
  type Checkpoint,
  type CheckpointKey,
  type SignedCheckpoint,
  signedBytes,
} from '../../engine/contract/checkpoint.ts'
import { makeOnce } from './own-file.ts'

const FILE = 'checkpoint-key.json'
/** Public halves of keys that this server made for itself before. */
const FORMER = 'checkpoint-keys-before.json'

/** As `alcada keys new --use checkpoint` writes it, and as a server makes its own. */
interface KeyFile {
  id: string
  use: 'checkpoint'
  jwk: CheckpointKey['jwk'] & { d: string }
}

const TEXT = { type: 'string' }
const isKeyFile = new Ajv({ strict: true }).compile<KeyFile>({
  type: 'object',
  required: ['id', 'use', 'jwk'],
  properties: {
    id: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
    use: { const: 'checkpoint' },
    jwk: {
      type: 'object',
      required: ['kty', 'crv', 'x', 'd'],
      properties: { kty: { const: 'OKP' }, crv: { const: 'Ed25519' }, x: TEXT, d: TEXT },
    },
  },
})

const PUBLIC = {
  type: 'object',
  required: ['id', 'jwk'],
  properties: {
    id: TEXT,
    jwk: {
      type: 'object',
      required: ['kty', 'crv', 'x'],
      properties: { kty: { const: 'OKP' }, crv: { const: 'Ed25519' }, x: TEXT },
    },
  },
}
const isPublic = new Ajv({ strict: true }).compile<CheckpointKey>(PUBLIC)
const isFormer = new Ajv({ strict: true }).compile<CheckpointKey[]>({ type: 'array', items: PUBLIC })

export interface CheckpointSigner {
  key: CheckpointKey
  sign(checkpoint: Checkpoint): SignedCheckpoint
  /** Signs another text than that of a checkpoint; base64url. */
  signText(text: string): string
}

/**
 * The key that signs this server's checkpoints: the given file, or one of its own in the state folder, made at the first
 * start (0600).
 * @throws Error when the file holds no such key, or others than its owner may read it
 */
export function checkpointSigner(path: string, given: string | null): CheckpointSigner {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  if (given === null) makeOnce(checkpointKeyFile(path, null), ownKey)
  return readSigner(path, given)
}

/** Where the key stands. */
export function checkpointKeyFile(path: string, given: string | null): string {
  return given ?? join(path, FILE)
}

/** The key as it stands in its file now. Throws as `checkpointSigner`, and where there is none. */
export function readSigner(path: string, given: string | null): CheckpointSigner {
  const { id, jwk } = readKey(checkpointKeyFile(path, given))
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' })
  return {
    key: { id, jwk: { kty: jwk.kty, crv: jwk.crv, x: jwk.x } },
    sign(checkpoint) {
      const signature = sign(null, signedBytes(checkpoint), privateKey).toString('base64url')
      return { checkpoint, key: id, signature }
    },
    signText: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url'),
  }
}

/** The public half of the key a server has made for itself; null where it has none. */
export function ownCheckpointKey(path: string): CheckpointKey | null {
  try {
    const { id, jwk } = readKey(join(path, FILE))
    return { id, jwk: { kty: jwk.kty, crv: jwk.crv, x: jwk.x } }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}

/** A public key as `alcada audit key --format json` tells it. @throws Error where the file holds none */
export function publicCheckpointKey(file: string): CheckpointKey {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (isPublic(value)) return value
  throw new Error(`expected in \`${file}\` what \`alcada audit key --format json\` says on the server that made it`)
}

/** Public halves of the keys in the state folder before this one, newest first. */
export function formerCheckpointKeys(path: string): CheckpointKey[] {
  try {
    const value: unknown = JSON.parse(readFileSync(join(path, FORMER), 'utf8'))
    if (isFormer(value)) return value
    throw new Error(`expected public keys in \`${join(path, FORMER)}\``)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

/** Keeps the public half of a key that another takes the place of: what it signed has to be verified still. */
export function keepFormer(path: string, key: CheckpointKey): void {
  const former = [key, ...formerCheckpointKeys(path).filter(({ id }) => id !== key.id)]
  writeFileSync(join(path, FORMER), JSON.stringify(former), { mode: 0o600, flush: true })
}

function readKey(file: string): KeyFile {
  if (process.platform !== 'win32' && (statSync(file).mode & 0o077) !== 0) {
    throw new Error(`expected \`${file}\` to have mode 600: it holds the key that vouches for the ledger`)
  }
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
  if (!isKeyFile(value)) throw new Error(`expected a key of use \`checkpoint\` in \`${file}\``)
  return value
}

function ownKey(): string {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const id = `server-${createHash('sha256').update(x).digest('hex').slice(0, 16)}`
  return JSON.stringify({ id, use: 'checkpoint', jwk: { kty: 'OKP', crv: 'Ed25519', x, d } })
}
