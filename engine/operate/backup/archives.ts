import { mkdir, readdir, readFile, rename } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isApart } from './exchange.ts'
import { copyIn, syncAll } from './folder.ts'

/**
 * Brings the archives of a backup to where a server keeps its own. What is there and is none of the backup's, or is another
 * than the backup has, is put aside, for the ledger that comes back would write over it.
 * @returns the folder with what was put aside; null: nothing was
 */
export async function placeArchives(from: string, to: string, stamp: string): Promise<string | null> {
  const aside = join(to, `before-restore_${stamp}`)
  await mkdir(to, { recursive: true, mode: 0o700 })
  const wanted = new Set(await filesIn(from))
  let moved = 0
  for (const name of await filesIn(to)) {
    if (isApart(name.split('/')[0] ?? '')) continue
    if (wanted.has(name) && (await readFile(join(from, name))).equals(await readFile(join(to, name)))) {
      wanted.delete(name)
      continue
    }
    await mkdir(dirname(join(aside, name)), { recursive: true, mode: 0o700 })
    await rename(join(to, name), join(aside, name))
    moved += 1
  }
  for (const name of wanted) await copyIn(join(from, name), join(to, name))
  await syncAll(to)
  return moved > 0 ? aside : null
}

/** Paths below a folder, with `/`; none where it is not there. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return []
      throw error
    },
  )
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(folder.length + 1)
        .replaceAll('\\', '/'),
    )
    .sort()
}
