import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { LedgerError } from './store.ts'

/**
 * Of a state folder that is being restored from a backup, or whose restore was cut off, nothing is read or written.
 * @throws LedgerError
 */
export function refuseWhileRestoring(path: string): void {
  if (!existsSync(join(path, 'restoring'))) return
  throw new LedgerError(
    `the state in \`${path}\` is being restored; if that was cut off, run \`alcada restore\` again: it begins with the old state put back`,
  )
}
