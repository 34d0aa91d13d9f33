import { lstat, readdir, readFile, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { Finding } from '../contract/finding.ts'

/** Several times the largest file of ours, far below what would hold up a check (the YAML parser takes seconds for a megabyte). */
export const MAX_FILE_BYTES: number = 262_144

/** What was recorded of an ERP is read by few commands, and may take them a second. */
export const MAX_STAND_IN_BYTES: number = 4 * MAX_FILE_BYTES

export type TextReading = { text: string; finding: null } | { text: null; finding: Finding }

/** Reads one text file below `root`: no way out of the tree, no guessed encoding, no endless file. */
export async function readText(root: string, path: string, most: number = MAX_FILE_BYTES): Promise<TextReading> {
  const refuse = (code: string, message: string, help: string): TextReading => ({
    text: null,
    finding: { code, severity: 'error', file: path, line: 1, column: 1, message, help },
  })
  const full = join(root, path)
  const inside = await staysInside(root, full)
  if (inside === null) return refuse('FILE_MISSING', `file \`${path}\` is missing`, 'create it, or restore it from git')
  if (!inside) {
    return refuse(
      'FILE_SYMLINK',
      `\`${path}\` leads out of the project`,
      'put the file itself here: what is reviewed must be in the repository',
    )
  }
  const { size } = await lstat(await realpath(full))
  if (size > most) {
    return refuse(
      'FILE_TOO_LARGE',
      `expected at most ${most} bytes, got ${size}`,
      'split the file, or take out what does not belong here',
    )
  }
  const bytes = await readFile(full)
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) {
    return refuse('FILE_ENCODING', 'expected UTF-8 without a byte order mark, got one', 'save the file as plain UTF-8')
  }
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), finding: null }
  } catch {
    return refuse('FILE_ENCODING', 'expected UTF-8, got other bytes', 'save the file as plain UTF-8')
  }
}

/** Names of the folders (or of the files ending in `suffix`) in a folder below `root`, sorted; none where there is no folder. */
export async function listNames(root: string, path: string, suffix: string | null): Promise<string[]> {
  const entries = await readdir(join(root, path), { withFileTypes: true }).catch(emptyWhenMissing)
  return entries
    .filter((entry) => (suffix === null ? entry.isDirectory() || entry.isSymbolicLink() : entry.name.endsWith(suffix)))
    .map((entry) => entry.name)
    .filter((name) => !name.startsWith('.'))
    .sort()
}

async function staysInside(root: string, full: string): Promise<boolean | null> {
  const top = await realpath(root)
  const real = await realpath(full).catch(() => null)
  if (real !== null) return real.startsWith(top + sep) && (await lstat(real)).isFile()
  // A link whose target does not exist is no missing file: it still names a place outside of what is reviewed.
  return (await lstat(full).catch(() => null)) === null ? null : false
}

function emptyWhenMissing(error: unknown): [] {
  if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return []
  throw error
}
