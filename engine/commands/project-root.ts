import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'

/** Where `erps/` and `policies/` stand: `root` when given, else the nearest folder at or above `from` that has both. */
export function projectRoot(root: string | undefined, from: string): string {
  if (root !== undefined) return hasFolders(resolve(root)) ? resolve(root) : missing(root)
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (hasFolders(folder)) return folder
    if (dirname(folder) === folder) return missing(from)
  }
}

function hasFolders(folder: string): boolean {
  return existsSync(join(folder, 'erps')) && existsSync(join(folder, 'policies'))
}

function missing(folder: string): never {
  throw new Error(
    `expected the folders \`erps\` and \`policies\` in \`${folder}\`; go to your policy repository, or give --root`,
  )
}
