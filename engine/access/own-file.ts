import { constants } from 'node:fs'
import { mkdir, open, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AccessError } from './access-error.ts'
import { replaceFile } from './key-file.ts'

const MAX_BYTES = 16_777_216

/**
 * The text of a file that nobody but its owner may read; null where there is none.
 * @throws AccessError FILE_EXPOSED, FILE_UNREADABLE
 */
export async function readOwnFile(path: string): Promise<string | null> {
  // O_NONBLOCK: a pipe in place of the file must not hang.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null
    throw new AccessError('FILE_UNREADABLE', `expected to read \`${path}\`, got ${cause.code ?? 'an error'}`, { cause })
  })
  if (file === null) return null
  try {
    const found = await file.stat()
    if (!found.isFile() || found.size > MAX_BYTES) {
      throw new AccessError('FILE_UNREADABLE', `expected a file at \`${path}\`, got something else`)
    }
    const mode = found.mode & 0o777
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      const got = mode.toString(8).padStart(4, '0')
      throw new AccessError('FILE_EXPOSED', `expected \`${path}\` to have mode 0600, got ${got}: run chmod 600 on it`)
    }
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** Replaces a file (0600) whole and durably: after a crash there is either the old text or the new. */
export async function replaceOwnFile(path: string, text: string): Promise<void> {
  await ownFolder(dirname(path))
  await replaceFile(path, text, 0o600)
  const folder = await open(dirname(path), 'r')
  await folder.sync().finally(() => folder.close())
}

/**
 * Makes a folder (0700) where there is none.
 * @throws AccessError FILE_EXPOSED where others may replace what stands in it
 */
export async function ownFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  const { mode } = await stat(path)
  if (process.platform !== 'win32' && (mode & 0o022) !== 0) {
    const got = (mode & 0o777).toString(8).padStart(4, '0')
    throw new AccessError(
      'FILE_EXPOSED',
      `expected \`${path}\` to be written by its owner alone (0700), got ${got}: run chmod 700 on it`,
    )
  }
}
