import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { folderSource } from '../channel/folder.ts'
import { type ChannelWriter, MAX_STANDING_BYTES } from './channel.ts'
import { withLock } from './lock.ts'
import { replaceFile } from './replace-file.ts'

/** Publishes to a folder, made where it is missing: under a lock, the file replaced atomically. */
export function folderWriter(folder: string): ChannelWriter {
  const source = folderSource(folder)
  return {
    at: source.at,
    async update(path, make, waitMs) {
      const file = join(folder, path)
      await mkdir(dirname(file), { recursive: true })
      await withLock(join(dirname(file), '.lock'), waitMs, async () => {
        const found = await source.read(path, { maxBytes: MAX_STANDING_BYTES })
        const standing = found === null || found === 'unchanged' ? null : found.bytes
        await replaceFile(file, (await make(standing, 0)).bytes)
      })
    },
    close: source.close,
  }
}
