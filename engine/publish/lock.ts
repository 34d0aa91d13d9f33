import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { PublishError } from './publish-error.ts'

const PAUSE_MS = 20

/**
 * Runs `work` while no other process or task holds the same lock file.
 * The lock is SQLite's: Node has no file locks of its own, and this one ends with the process that held it,
 * so a crash leaves nothing to clean up and nothing is ever judged to be stale.
 * @throws PublishError CHANNEL_BUSY when the lock is not had within `waitMs` milliseconds
 */
export async function withLock<T>(file: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const database = new DatabaseSync(file, { timeout: 0 })
  try {
    for (let waited = 0; !acquire(database); waited += PAUSE_MS) {
      if (waited >= waitMs) throw new PublishError('CHANNEL_BUSY', `another publish holds \`${file}\``)
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

const SQLITE_BUSY = 5
