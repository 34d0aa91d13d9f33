import { randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeOnce } from './own-file.ts'

const BYTES = 32

/**
 * The key of one ERP's tokens, kept in its state folder (0600) and made at the first start. Losing it loses the
 * equality between old and new tokens, nothing else.
 * @param given a file that replicas share in place of it; it is never made here
 * @throws Error when the file does not hold a key
 */
export function maskKey(path: string, given: string | null = null): Buffer {
  mkdirSync(path, { recursive: true, mode: 0o700 })
  const file = join(path, 'mask.key')
  const key = given === null ? (read(file) ?? make(file)) : readFileSync(given)
  if (key.length !== BYTES) throw new Error(`expected ${BYTES} bytes in ${given ?? 'mask.key'}, got ${key.length}`)
  return key
}

function make(file: string): Buffer {
  makeOnce(file, () => randomBytes(BYTES))
  return readFileSync(file)
}

function read(file: string): Buffer | null {
  try {
    const key = readFileSync(file)
    chmodSync(file, 0o600)
    return key
  } catch (error) {
    if (isCode(error, 'ENOENT')) return null
    throw error
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}

/**
 * The key that a server's tokens were made with, for whoever looks through its ledger; never made here.
 * @throws Error where there is none, or the file does not hold one
 */
export function readMaskKey(path: string, given: string | null): Buffer {
  const key = read(given ?? join(path, 'mask.key'))
  if (key?.length !== BYTES) throw new Error(`expected the key of the ledger's tokens in ${given ?? path}`)
  return key
}
