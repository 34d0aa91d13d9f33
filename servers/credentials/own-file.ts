import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import { CredentialsError } from './credentials.ts'

const MAX_BYTES = 16_777_216

/**
 * The bytes of a file that belongs to its reader alone: 0600 or 0400, or 0440 of root for the reader's own group, as Kubernetes
 * mounts a secret (fsGroup) and PostgreSQL takes a key too.
 * @param what what it is called in messages: `secrets file`
 * @throws CredentialsError SECRETS_UNREADABLE, SECRETS_NOT_A_FILE, SECRETS_OPEN_TO_OTHERS
 */
export async function readOwnFile(path: string, what: string): Promise<Uint8Array> {
  // O_NONBLOCK: opening a pipe in place of the file must not hang the start.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw new CredentialsError('SECRETS_UNREADABLE', `expected a readable ${what}, got none`, { cause })
  })
  try {
    const stat = await file.stat()
    if (!stat.isFile() || stat.size > MAX_BYTES) {
      throw new CredentialsError('SECRETS_NOT_A_FILE', `expected a regular file as the ${what}`)
    }
    // Windows keeps no such bits; there the folder's access list is what protects the file.
    if (process.platform !== 'win32' && !isReadersAlone(stat, process)) {
      const mode = (stat.mode & 0o777).toString(8).padStart(4, '0')
      throw new CredentialsError(
        'SECRETS_OPEN_TO_OTHERS',
        `expected the ${what} to be readable by its owner alone (0600), got ${mode}: run chmod 600 on it`,
      )
    }
    return await file.readFile()
  } finally {
    await file.close()
  }
}

/** Whether nobody but this process, root and the owner can read the file. */
export function isReadersAlone(
  { mode, uid, gid }: { mode: number; uid: number; gid: number },
  reader: { getuid?: () => number; getgid?: () => number },
): boolean {
  if ((mode & 0o077) === 0) return true
  const mounted = uid === 0 && (mode & 0o037) === 0
  // Root's own group has members of whom nothing is known here.
  return mounted && gid !== 0 && gid === reader.getgid?.() && reader.getuid?.() !== 0
}
