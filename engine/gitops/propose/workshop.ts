import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { type SimpleGit, simpleGit } from 'simple-git'
import { ProposeError } from './repository.ts'
import { SetError, type Setting, withValue } from './set-value.ts'

/** A clone of one's own that borrows the user's objects: their branch, index and files are never touched. */
export interface Workshop {
  folder: string
  /** Where erps/ and policies/ stand in it. */
  project: string
  git: SimpleGit
  /** Of the user's HEAD. */
  head: string
  /** Top of the user's working tree. */
  top: string
  remove(): Promise<void>
}

/** @throws ProposeError outside a git repository, or before its first commit */
export async function openWorkshop(project: string): Promise<Workshop> {
  const own = simpleGit({ baseDir: project })
  const top = (await own.revparse(['--show-toplevel']).catch(() => '')).trim()
  if (top === '')
    throw new ProposeError('NO_REPOSITORY', `\`${project}\` is in no git repository: clone your policy repository`)
  const head = (await own.revparse(['--verify', 'HEAD^{commit}']).catch(() => '')).trim()
  if (head === '')
    throw new ProposeError('NO_COMMIT', 'this repository has no commit yet: commit and push what is there first')
  const [name, email] = await Promise.all([identity(own, 'user.name'), identity(own, 'user.email')])
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'alcada-propose-')))
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true })
  try {
    await own.raw(['clone', '--quiet', '--shared', '--no-checkout', top, folder])
    const git = simpleGit({ baseDir: folder })
    await git.addConfig('user.name', name)
    await git.addConfig('user.email', email)
    return {
      folder,
      project: join(folder, relative(await realpath(top), await realpath(project))),
      git,
      head,
      top,
      remove,
    }
  } catch (error) {
    await remove()
    throw error
  }
}

async function identity(git: SimpleGit, key: string): Promise<string> {
  const value = (await git.raw(['config', '--get', key]).catch(() => '')).trim()
  if (value !== '') return value
  throw new ProposeError('NO_IDENTITY', `git does not know who you are: \`git config --global ${key} …\``)
}

/** A state of the files as git's tree, on top of a commit. */
export interface Drafted {
  tree: string
  /** The commit it was made from. */
  parent: string
  /** Files that git does not know and that are not below erps/ or policies/: they stay where they are. */
  leftOut: string[]
}

/** What the user's working tree holds: every change of a file that git knows, files they added, and new ones below erps/ and policies/. */
export async function draftOfWorkingTree({ git, head, top, folder, project }: Workshop): Promise<Drafted> {
  await git.raw(['read-tree', head])
  const users = simpleGit({ baseDir: top, unsafe: { allowUnsafeConfigPaths: true } })
  const at = ['--git-dir', join(folder, '.git'), '--work-tree', top]
  const within = relative(folder, project)
  await users.raw([...at, 'add', '--update', '--', '.'])
  await users.raw([...at, 'add', '--all', '--', join(within, 'erps'), join(within, 'policies')])
  const known = await users.raw(['diff', '--cached', '--name-only', '--no-renames', '--diff-filter=A', '-z', head])
  const theirs = known.split('\0').filter(Boolean)
  if (theirs.length > 0) await users.raw([...at, 'add', '--force', '--', ...theirs.map((path) => `:(literal)${path}`)])
  const others = await users.raw([...at, 'ls-files', '--others', '--exclude-standard', '-z'])
  return { tree: (await git.raw(['write-tree'])).trim(), parent: head, leftOut: others.split('\0').filter(Boolean) }
}

/** Exactly these values set, on top of a commit; what the user is in the middle of plays no part. */
export async function draftOfSettings(
  { git, folder, project }: Workshop,
  base: string,
  settings: readonly Setting[],
): Promise<Drafted> {
  await git.raw(['checkout', '--quiet', '--detach', base])
  for (const setting of settings) {
    const path = join(project, setting.file)
    const text = await readFile(path, 'utf8').catch(() => {
      throw new SetError(`\`${setting.file}\` is not on the default branch`)
    })
    await writeFile(path, withValue(text, setting))
  }
  await git.raw(['add', '--update', '--', relative(folder, project) || '.'])
  return { tree: (await git.raw(['write-tree'])).trim(), parent: base, leftOut: [] }
}
