import { lstat, readdir, readFile, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { digestOf, sha256 } from '../../contract/canonical.ts'

/** The engine that judges: its own sources, its dependencies, Node and the compiler. */
export async function engineDigest(opa: string): Promise<string> {
  const engine = fileURLToPath(new URL('../..', import.meta.url))
  const lock = await readFile(join(engine, '..', 'package-lock.json')).catch(() => new Uint8Array())
  const { size, mtimeMs } = await stat(opa)
  return digestOf({
    engine: await folderDigest(engine, true),
    lock: sha256(lock),
    node: process.version,
    opa: [await realpath(opa), size, mtimeMs],
  })
}

/**
 * Everything that is written about one ERP below a project root, byte for byte, whether anybody reads it or not.
 * Null where there is neither a description nor a policy.
 */
export async function erpDigest(root: string, name: string): Promise<string | null> {
  const folders = [join(root, 'erps', name), join(root, 'policies', name)]
  const own = await Promise.all(folders.map((folder) => folderDigest(folder, false)))
  if (own.every((each) => each === null)) return null
  return digestOf([...own, await folderDigest(join(root, 'policies', 'shared'), false)])
}

/** Names of all that has a folder below erps/ or policies/. */
export async function erpNames(root: string): Promise<string[]> {
  const names = await Promise.all(['erps', 'policies'].map((folder) => readdir(join(root, folder)).catch(() => [])))
  return [...new Set(names.flat())].filter((name) => name !== 'shared' && !/^\.|\.md$/.test(name)).sort()
}

/** Names and bytes of the files in a folder; a link is where it points and what is there. Null where there is no folder. */
async function folderDigest(folder: string, deep: boolean): Promise<string | null> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null)
  if (entries === null) return (await lstat(folder).catch(() => null)) === null ? null : 'no folder'
  const parts = await Promise.all(
    entries.map(async (entry): Promise<[string, string | null]> => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return [entry.name, deep ? await folderDigest(path, true) : null]
      if (entry.isFile()) return [entry.name, sha256(await readFile(path))]
      const behind = await readFile(path).catch(() => 'nothing that can be read')
      return [entry.name, `link ${await realpath(path).catch(() => 'to nothing')} ${sha256(behind)}`]
    }),
  )
  return digestOf(parts.sort(([a], [b]) => (a < b ? -1 : 1)))
}
