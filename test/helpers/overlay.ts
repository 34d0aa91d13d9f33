import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** One change to the good tree; each file may be changed several times, in order. */
export type Edit = { file: string } & (
  | { replace: string; with: string }
  | { write: string }
  | { append: string; times: number }
  | { hex: string }
  | { symlink: string }
  | { remove: true }
)

const GOOD = join(import.meta.dirname, '../fixtures/good')

/** Copies the good tree into a new folder, changes it, hands it over, and takes it away again. */
export async function withTree<T>(edits: readonly Edit[], use: (root: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'alcada-tree-'))
  const root = join(folder, 'project')
  try {
    await cp(GOOD, root, { recursive: true })
    await writeFile(join(folder, 'outside.yaml'), 'alerts: {}\n')
    for (const edit of edits) await apply(root, edit)
    return await use(root)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function apply(root: string, edit: Edit): Promise<void> {
  const path = join(root, edit.file)
  if ('remove' in edit) return rm(path, { recursive: true })
  await mkdir(dirname(path), { recursive: true })
  if ('write' in edit) return writeFile(path, edit.write)
  if ('hex' in edit) return writeFile(path, Buffer.from(edit.hex, 'hex'))
  if ('symlink' in edit) {
    await rm(path, { force: true })
    return symlink(edit.symlink, path)
  }
  const text = await readFile(path, 'utf8')
  if ('append' in edit) return writeFile(path, text + edit.append.repeat(edit.times))
  const count = text.split(edit.replace).length - 1
  if (count !== 1) throw new Error(`${edit.file}: expected \`${edit.replace}\` once, found it ${count} times`)
  return writeFile(
    path,
    text.replace(edit.replace, () => edit.with),
  )
}
