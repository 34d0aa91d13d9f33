import { randomUUID } from 'node:crypto'
import { open } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { ownFolder } from './own-file.ts'

/** What is done with a store. Names and companies, never a value. */
export interface CredentialAct {
  action: 'set' | 'login' | 'list' | 'read' | 'remove' | 'rotate' | 'rotate_key' | 'drop_old_keys'
  erp: string
  company: string | null
}

/**
 * Does something with a store between two lines of its audit log, `<store>.audit.jsonl` (0600, only ever added to): one
 * before anything is read, one with what came of it. Where the first cannot be written, nothing is done.
 */
export async function audited<T>(
  store: string,
  act: CredentialAct,
  now: () => number,
  work: () => Promise<{ value: T; names?: readonly string[]; key?: string }>,
): Promise<T> {
  const id = randomUUID()
  const told = (fields: object): Promise<void> =>
    append(store, { at: new Date(now()).toISOString(), id, ...act, by: user(), ...fields })
  await told({ outcome: 'begun' })
  try {
    const { value, ...more } = await work()
    await told({ outcome: 'done', ...more })
    return value
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'INTERNAL'
    await told({ outcome: 'failed', code })
    throw error
  }
}

/** Who is logged in here. A container may run under a number that has no name. */
function user(): string {
  try {
    return userInfo().username
  } catch {
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

export function auditPath(store: string): string {
  return `${store}.audit.jsonl`
}

async function append(store: string, line: object): Promise<void> {
  await ownFolder(dirname(store))
  // One write to a file opened for appending: lines of two processes do not mix (POSIX, write).
  const file = await open(auditPath(store), 'a', 0o600)
  try {
    await file.write(`${JSON.stringify(line)}\n`)
    await file.sync()
  } finally {
    await file.close()
  }
}
