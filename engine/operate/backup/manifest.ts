import { createHash, createPublicKey, verify } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Ajv } from 'ajv'
import { digestOf } from '../../contract/canonical.ts'
import type { CheckpointKey } from '../../contract/checkpoint.ts'

/** What a backup holds, to the byte. */
export interface Manifest {
  /** 2: signed. */
  format: 2
  erp: string
  /** ISO 8601. */
  made_at: string
  /** Version of alcada that made it. */
  alcada: string
  /** Where each chain of the ledger ends. */
  chains: { replica: string; rows: number; head: string }[]
  /** All of them, in order of their names; paths with `/` below the folder of the backup. */
  files: FileSum[]
}

/** Whose word the manifest is: that of the key which signs the ledger's checkpoints, of which a backup has no private half. */
export interface Signer {
  key: CheckpointKey
  /** base64url */
  signText(text: string): string
}

interface Signed extends Manifest {
  digest: string
  key: string
  signature: string
}

export interface FileSum {
  path: string
  bytes: number
  sha256: string
}

/** A backup that is not taken. damaged: other than it was written. foreign: of another ERP or another server. */
export class BackupError extends Error {
  readonly code: 'BACKUP_DAMAGED' | 'BACKUP_FOREIGN' | 'BACKUP_LEDGER_BROKEN'

  constructor(code: BackupError['code'], message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options)
    this.name = 'BackupError'
    this.code = code
  }
}

export const MANIFEST = 'manifest.json'

const TEXT = { type: 'string' }
const WHOLE = { type: 'integer', minimum: 0 }
const DIGEST = { type: 'string', pattern: '^[0-9a-f]{64}$' }
const rows = (properties: Record<string, object>): object => ({
  type: 'array',
  items: { type: 'object', required: Object.keys(properties), additionalProperties: false, properties },
})
const isSigned = new Ajv({ strict: true }).compile<Signed>({
  type: 'object',
  required: ['format', 'erp', 'made_at', 'alcada', 'chains', 'files', 'digest', 'key', 'signature'],
  additionalProperties: false,
  properties: {
    format: { const: 2 },
    erp: TEXT,
    made_at: TEXT,
    alcada: TEXT,
    chains: rows({ replica: TEXT, rows: WHOLE, head: DIGEST }),
    files: rows({ path: TEXT, bytes: WHOLE, sha256: DIGEST }),
    digest: DIGEST,
    key: TEXT,
    signature: TEXT,
  },
})

/** The text of a manifest, with the digest over the rest of it, and the signature over that. */
export function manifestText(manifest: Manifest, { key, signText }: Signer): string {
  const digest = digestOf(manifest)
  return `${JSON.stringify({ ...manifest, digest, key: key.id, signature: signText(signedText(digest)) }, null, 2)}\n`
}

// It can be taken for no checkpoint, which is JSON.
function signedText(digest: string): string {
  return `alcada backup manifest ${digest}`
}

/**
 * Reads the manifest of a backup and holds every file to it: none changed, cut short, missing or put in.
 * @param keys that may have signed it
 * @throws BackupError BACKUP_DAMAGED; BACKUP_FOREIGN where it is of another ERP, or signed by another key
 */
export async function checkedManifest(folder: string, erp: string, keys: readonly CheckpointKey[]): Promise<Manifest> {
  const text = await readFile(join(folder, MANIFEST), 'utf8').catch((cause: unknown) => {
    throw new BackupError('BACKUP_DAMAGED', `expected \`${MANIFEST}\` in \`${folder}\``, { cause })
  })
  const value = json(text)
  if (!isSigned(value)) throw new BackupError('BACKUP_DAMAGED', `\`${MANIFEST}\` is none of a backup`)
  const { digest, key, signature, ...manifest } = value
  if (digestOf(manifest) !== digest) throw new BackupError('BACKUP_DAMAGED', `\`${MANIFEST}\` is not what was written`)
  if (manifest.erp !== erp) {
    throw new BackupError('BACKUP_FOREIGN', `expected a backup of \`${erp}\`, got one of \`${manifest.erp}\``)
  }
  const signers = keys.filter(({ id }) => id === key)
  if (signers.length === 0) {
    throw new BackupError(
      'BACKUP_FOREIGN',
      `it is signed by the key \`${key}\`, which neither trust.json nor the state here knows: ask the server that made it (\`alcada audit key ${erp}\`), and give what it says with --signed-by`,
    )
  }
  const bytes = Buffer.from(signedText(digest))
  if (
    !signers.some(({ jwk }) =>
      verify(null, bytes, createPublicKey({ key: { ...jwk }, format: 'jwk' }), Buffer.from(signature, 'base64url')),
    )
  ) {
    throw new BackupError('BACKUP_FOREIGN', `its signature is not that of the key \`${key}\``)
  }
  const there = await sumsOf(folder)
  const known = new Map(manifest.files.map((file) => [file.path, file]))
  for (const { path, bytes, sha256 } of there.filter(({ path }) => path !== MANIFEST)) {
    const written = known.get(path)
    if (written === undefined) throw new BackupError('BACKUP_DAMAGED', `\`${path}\` is not of this backup`)
    if (written.bytes !== bytes) {
      throw new BackupError('BACKUP_DAMAGED', `expected ${written.bytes} bytes in \`${path}\`, got ${bytes}`)
    }
    if (written.sha256 !== sha256) throw new BackupError('BACKUP_DAMAGED', `\`${path}\` is not what was written`)
    known.delete(path)
  }
  for (const path of known.keys()) throw new BackupError('BACKUP_DAMAGED', `\`${path}\` is missing`)
  return manifest
}

/** Every file below a folder. @throws BackupError where there is something that is neither file nor folder */
export async function sumsOf(folder: string): Promise<FileSum[]> {
  const found: FileSum[] = []
  for (const entry of (await readdir(folder, { recursive: true })).sort()) {
    const path = join(folder, entry)
    const stat = await lstat(path)
    if (stat.isDirectory()) continue
    // A link would bring in, or write to, what is no part of the backup.
    if (!stat.isFile()) throw new BackupError('BACKUP_DAMAGED', `\`${entry}\` is neither a file nor a folder`)
    const hash = createHash('sha256')
    await pipeline(createReadStream(path), hash)
    found.push({ path: entry.replaceAll('\\', '/'), bytes: stat.size, sha256: hash.digest('hex') })
  }
  return found
}

function json(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
