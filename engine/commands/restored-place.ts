import { access, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { backupName, copyIn } from '../operate/backup/folder.ts'
import { BackupError } from '../operate/backup/manifest.ts'
import { stateDir } from './audit.ts'
import type { BackupPlace } from './backup.ts'

export interface RestoreOptions extends BackupPlace {
  /** Folder of the backup. */
  from: string
  /** Commands that stop and start the service; absent: it is stopped already, and stays so. */
  stop?: string
  start?: string
  /** Holds the public key that signed the backup, where neither trust.json nor the state here knows it. */
  signedBy?: string
}

/** A server that was killed counts as alive for 10 s; one that was asked to stop lets calls end. */
export const STOPPED_WITHIN_MS = 20_000

/** What a restore has done. */
export interface Told {
  erp: string
  entry: string
  /** Folder or schema with the state that was there before. */
  safety: string
  /** Requests for approval that are void now. */
  approvals: number
  /** Calls whose outcome is unknown now. */
  unknown: number
  /** Files beside the state that were not there and are now; and those that were there and stay as they are. */
  placed: string[]
  kept: string[]
  /** Why the ledger that was there could not be read; null: it could, or there was none. */
  unread: string | null
}

/** `YYYYMMDD_HHMMSS` */
export function stampOf(instant: Date): string {
  return backupName('', instant.toISOString()).slice(1)
}

/** @throws BackupError BACKUP_FOREIGN where both have a key of the ledger's tokens, and not the same */
export async function sameServer(maskKey: string, from: string): Promise<void> {
  const [own, other] = await Promise.all(
    [maskKey, join(from, 'state', 'mask.key')].map((path) => readFile(path).catch(() => null)),
  )
  if (own && other && !own.equals(other)) {
    throw new BackupError(
      'BACKUP_FOREIGN',
      `expected a backup of the server of \`${maskKey}\`, got one of another server`,
    )
  }
}

/** Where this server has the key of the ledger's tokens. */
export function maskKeyFile(options: RestoreOptions): string {
  return options.environment.passed['ALCADA_MASK_KEY_FILE'] ?? join(stateDir(options, options.erp), 'mask.key')
}

/** Of the policy in force the newest that is known: a server takes no older one from its channel. */
export async function keepRevisions(state: string, draft: string): Promise<void> {
  const folder = join(state, 'policy')
  const names = (await isThere(folder)) ? await readdir(folder) : []
  for (const name of names.filter((one) => one.endsWith('.json'))) {
    const [here, there] = [await revisionIn(join(folder, name)), await revisionIn(join(draft, 'policy', name))]
    // One that cannot be read is kept: its server refuses to begin anew, as it did before.
    if (here !== null && there !== null && here < there) continue
    for (const file of [name.replace(/json$/, 'tar.gz'), name]) {
      await copyIn(join(folder, file), join(draft, 'policy', file))
    }
  }
}

async function revisionIn(file: string): Promise<number | null> {
  try {
    const { revision }: { revision?: unknown } = JSON.parse(await readFile(file, 'utf8'))
    return typeof revision === 'number' ? revision : null
  } catch {
    return null
  }
}

/** On another machine everything is missing; on this one git, or a person, is newer than a backup. */
export async function placeMissing(
  beside: readonly [path: string, name: string][],
  from: string,
): Promise<Pick<Told, 'placed' | 'kept'>> {
  const placed: string[] = []
  const kept: string[] = []
  for (const [path, name] of beside) {
    if (!(await isThere(join(from, name)))) continue
    if (await isThere(path)) kept.push(path)
    else {
      await copyIn(join(from, name), path)
      placed.push(path)
    }
  }
  return { placed, kept }
}

export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
