import { type FSWatcher, watch } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { BundleError } from '../../engine/contract/bundle-error.ts'
import { MAX_BUNDLE_BYTES } from '../../engine/contract/bundle-verify.ts'
import { channelPath } from '../../engine/contract/channel.ts'

export interface Channel {
  /** What revisions are remembered under: they mean something only within one channel. */
  id: string
  /** @throws BundleError BUNDLE_UNAVAILABLE, BUNDLE_TOO_LARGE */
  fetch(): Promise<Uint8Array>
  /** Differs whenever the bundle was replaced; null where there is none. */
  version(): Promise<string | null>
  /** Calls back, soon and perhaps more than once, when the bundle was replaced. It may miss some: ask `version` as well. */
  watch(changed: () => void): () => void
}

/** A folder that `publish` or `up` writes to: `<folder>/<erp>/bundle.tar.gz`, or another file there. */
export function folderChannel(folder: string, erp: string, file: string = channelPath(erp)): Channel {
  const path = join(resolve(folder), file)
  return {
    id: path,
    fetch: () => readBounded(path),
    version: async () => {
      const found = await stat(path, { bigint: true }).catch(() => null)
      return found === null ? null : `${found.dev}:${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`
    },
    watch: (changed) => watchFile(path, changed),
  }
}

async function readBounded(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path, 'r')
    try {
      const { size } = await file.stat()
      if (size > MAX_BUNDLE_BYTES) {
        throw new BundleError('BUNDLE_TOO_LARGE', `expected at most ${MAX_BUNDLE_BYTES} bytes, got ${size}`)
      }
      return await file.readFile()
    } finally {
      await file.close()
    }
  } catch (cause) {
    if (cause instanceof BundleError) throw cause
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw new BundleError('BUNDLE_UNAVAILABLE', `expected a bundle at \`${path}\`, got ${code}`, { cause })
  }
}

// The folder is watched, not the file: a file that is replaced by a rename is another file. Where the system cannot
// watch (no such folder yet, a network mount, no watches left), asking for the version finds out a little later.
function watchFile(path: string, changed: () => void): () => void {
  let watcher: FSWatcher | undefined
  try {
    watcher = watch(dirname(path), { persistent: false }, (_event, name) => {
      if (name === null || name === basename(path)) changed()
    })
    watcher.on('error', () => watcher?.close())
  } catch {
    watcher = undefined
  }
  return () => watcher?.close()
}
