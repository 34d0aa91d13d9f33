import { type FSWatcher, watch } from 'node:fs'
import { open } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { ChannelError, type ChannelSource, type Found, type ReadOptions } from './source.ts'

/** A folder that `publish` or `up` writes to. */
export function folderSource(folder: string): ChannelSource {
  const at = (path: string): string => join(folder, path)
  return {
    at,
    read: (path, options) => readFound(at(path), options),
    watch: (path, changed) => watchFile(at(path), changed),
    near: true,
    close: () => undefined,
  }
}

async function readFound(path: string, { maxBytes, known }: ReadOptions): Promise<Found | 'unchanged' | null> {
  try {
    const file = await open(path, 'r')
    try {
      const { dev, ino, size, mtimeNs, ctimeNs } = await file.stat({ bigint: true })
      const version = `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`
      if (version === known) return 'unchanged'
      if (size > maxBytes) {
        throw new ChannelError('CHANNEL_TOO_LARGE', `expected at most ${maxBytes} bytes at \`${path}\`, got ${size}`)
      }
      return { bytes: await file.readFile(), version }
    } finally {
      await file.close()
    }
  } catch (cause) {
    if (cause instanceof ChannelError) throw cause
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    if (code === 'ENOENT') return null
    throw new ChannelError('CHANNEL_UNAVAILABLE', `expected to read \`${path}\`, got ${code}`, { cause })
  }
}

// The folder is watched, not the file: a file that is replaced by a rename is another file. Where the system cannot
// watch (no such folder yet, a network mount, no watches left), looking finds out a little later.
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
