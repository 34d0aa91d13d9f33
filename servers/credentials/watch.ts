import { type FSWatcher, watch } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename, dirname } from 'node:path'

/** Renames come as several notices; one look a little later serves them all. */
const SETTLE_MS = 50

export interface WatchFilesOptions {
  /** Between looks that need no notice, in milliseconds. Default 2_000. */
  pollMs?: number
  /** What is taken again although no file changed: a key command may answer now, a ledger may be writable. */
  mustTry?: () => boolean
}

/** Calls back when one of the files was replaced or changed, by notice and by looking. @returns stops it */
export async function watchFiles(
  paths: readonly string[],
  changed: () => Promise<void>,
  { pollMs = 2_000, mustTry = () => false }: WatchFilesOptions = {},
): Promise<() => void> {
  let seen = await versionOf(paths)
  let settling: NodeJS.Timeout | undefined
  let looking = false
  let again = false

  const look = async (): Promise<void> => {
    again = looking
    if (looking) return
    looking = true
    try {
      const version = await versionOf(paths)
      if (version === seen && !mustTry()) return
      seen = version
      await changed()
    } finally {
      looking = false
      if (again) notice()
    }
  }
  const notice = (): void => {
    settling ??= setTimeout(() => {
      settling = undefined
      void look()
    }, SETTLE_MS).unref()
  }
  const poll = setInterval(() => void look(), pollMs).unref()
  const watchers = paths.map((path) => watchOne(path, notice))
  return () => {
    clearInterval(poll)
    clearTimeout(settling)
    for (const watcher of watchers) watcher?.close()
  }
}

async function versionOf(paths: readonly string[]): Promise<string> {
  const versions = paths.map(async (path) => {
    const found = await stat(path, { bigint: true }).catch(() => null)
    return found === null ? '' : `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`
  })
  return (await Promise.all(versions)).join(' ')
}

// The folder is watched, not the file: a file that is replaced by a rename is another file. Where the system cannot
// watch, looking finds out a little later.
function watchOne(path: string, changed: () => void): FSWatcher | undefined {
  try {
    const watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name === null || name === basename(path)) changed()
    })
    watcher.on('error', () => watcher.close())
    return watcher
  } catch {
    return undefined
  }
}
