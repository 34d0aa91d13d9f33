import { randomUUID } from 'node:crypto'
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Ajv } from 'ajv'
import type { TrustedKey } from '../contract/bundle-claims.ts'
import { AccessError } from './access-error.ts'

/** bundle, revocation and checkpoint keys are named by trust.json; token keys by the issuer's JWK set. */
export const KEY_USES = ['bundle', 'revocation', 'checkpoint', 'token'] as const
export type KeyUse = (typeof KEY_USES)[number]

/** `keys/<id>.json`: one key, with its private half until it is retired. */
export interface KeyFile extends Omit<TrustedKey, 'use' | 'jwk'> {
  use: KeyUse
  jwk: { kty: 'OKP'; crv: 'Ed25519'; x: string; d?: string }
}

const TEXT = { type: 'string' }

const isKeyFile = new Ajv({ strict: true }).compile<KeyFile>({
  type: 'object',
  additionalProperties: false,
  required: ['id', 'use', 'development', 'not_before', 'not_after', 'jwk'],
  properties: {
    id: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
    use: { enum: KEY_USES },
    development: { type: 'boolean' },
    not_before: TEXT,
    not_after: TEXT,
    jwk: {
      type: 'object',
      additionalProperties: false,
      required: ['kty', 'crv', 'x'],
      properties: { kty: { const: 'OKP' }, crv: { const: 'Ed25519' }, x: TEXT, d: TEXT },
    },
  },
})

/**
 * The keys in a folder, newest first.
 * @throws AccessError KEY_EXPOSED, KEY_MALFORMED
 */
export async function readKeyFiles(folder: string): Promise<KeyFile[]> {
  const names = await readdir(join(folder, 'keys')).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw error
  })
  const files = names.filter((name) => name.endsWith('.json')).map((name) => join(folder, 'keys', name))
  const keys = await Promise.all(files.map(readKeyFile))
  return keys.sort((a, b) => compare(b.not_before, a.not_before) || compare(b.id, a.id))
}

async function readKeyFile(path: string): Promise<KeyFile> {
  const file = await open(path, 'r')
  try {
    const { mode } = await file.stat()
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const got = (mode & 0o777).toString(8)
      throw new AccessError(
        'KEY_EXPOSED',
        `expected \`${path}\` to have mode 600, got ${got}; run chmod 600, and rotate it`,
      )
    }
    const value: unknown = JSON.parse(await file.readFile('utf8'))
    if (isKeyFile(value)) return value
  } catch (cause) {
    if (cause instanceof AccessError) throw cause
    throw new AccessError('KEY_MALFORMED', `expected a key in \`${path}\`, got something else`, { cause })
  } finally {
    await file.close()
  }
  throw new AccessError('KEY_MALFORMED', `expected a key in \`${path}\`, got other fields`)
}

/**
 * The text of a key file, from wherever it came.
 * @throws AccessError KEY_MALFORMED, without the text
 */
export function parseKeyFile(text: string, from: string): KeyFile {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    // The error would show what it read.
    value = undefined
  }
  if (isKeyFile(value)) return value
  throw new AccessError(
    'KEY_MALFORMED',
    `expected a key in ${from}, as \`alcada keys new\` writes it, got something else`,
  )
}

export async function writeKeyFile(folder: string, key: KeyFile): Promise<void> {
  await replaceFile(keyPath(folder, key.id), `${JSON.stringify(key, null, 2)}\n`, 0o600)
}

export async function removeKeyFile(folder: string, id: string): Promise<void> {
  await rm(keyPath(folder, id))
}

/** Replaces a file at once; the temporary one never has more permissions than the final one. */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const temporary = `${path}.${randomUUID()}`
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** True when there is a file or a folder. */
export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null
}

function keyPath(folder: string, id: string): string {
  return join(folder, 'keys', `${id}.json`)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
