import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Files in a folder of their own, not in their places yet. */
export interface Staged {
  /** It looks like a project's root. */
  folder: string
  /**
   * Puts all in their places, or none of them.
   * @throws Error when something stands in a place already, or the disk fails: then nothing was changed
   */
  place(): Promise<void>
  discard(): Promise<void>
}

/**
 * Lays files out below the project's `.alcada`, on the disk that they are to stand on. `whole`: folders that are put
 * into their places at once, so that nobody sees half of one.
 */
export async function stageFiles(
  root: string,
  files: Readonly<Record<string, string>>,
  whole: readonly string[],
): Promise<Staged> {
  await mkdir(join(root, '.alcada'), { recursive: true, mode: 0o700 })
  const folder = await mkdtemp(join(root, '.alcada', 'new-erp-'))
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true })
    await writeFile(join(folder, path), text, { flag: 'wx' })
  }
  const single = Object.keys(files).filter((path) => !whole.some((one) => path.startsWith(`${one}/`)))
  return {
    folder,
    place: () => placeAll(root, folder, [...whole, ...single]),
    discard: () => rm(folder, { recursive: true, force: true }),
  }
}

async function placeAll(root: string, folder: string, paths: readonly string[]): Promise<void> {
  const placed: string[] = []
  try {
    for (const path of paths) {
      const to = join(root, path)
      await mkdir(dirname(to), { recursive: true })
      if (await isThere(to)) throw new Error(`\`${path}\` is there already`)
      await rename(join(folder, path), to)
      placed.push(to)
    }
  } catch (error) {
    await Promise.all(placed.map((path) => rm(path, { recursive: true, force: true })))
    throw error
  }
}

/** Whether anything stands at a path. */
export async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
