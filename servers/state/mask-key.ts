import { randomBytes } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

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
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, randomBytes(BYTES), { mode: 0o600, flush: true })
  try {
    // A link never replaces: of two processes that start at once, both use the key of the first.
    linkSync(draft, file)
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error
  } finally {
    rmSync(draft)
  }
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
