import { open } from 'node:fs/promises'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { AccessError } from './access-error.ts'

const PAUSE_MS = 20
const SQLITE_BUSY = 5

/**
 * Runs `work` while nobody else holds the same lock file (0600). The lock is SQLite's, since Node has none of its own:
 * it ends with the process that held it, so a crash leaves nothing to clean up.
 * @throws AccessError STORE_BUSY when it is not had within `waitMs` milliseconds
 */
export async function withStoreLock<T>(file: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  await (await open(file, 'a', 0o600)).close()
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    for (let waited = 0; !acquire(database); waited += PAUSE_MS) {
      if (waited >= waitMs) throw new AccessError('STORE_BUSY', `another command holds \`${file}\`: try again`)
      await setTimeout(PAUSE_MS)
    }
    return await work()
  } finally {
    database.close()
  }
}

function acquire(database: DatabaseSync): boolean {
  try {
    database.exec('BEGIN EXCLUSIVE')
    return true
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false
    throw error
  }
}
