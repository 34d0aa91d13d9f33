import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { simpleGit } from 'simple-git'

/** A ref that is not there, or a folder that is no git repository. The message says what to do. */
export class RefError extends Error {
  readonly code = 'REF_UNKNOWN'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'RefError'
  }
}

export interface TreeAt {
  /** A folder of its own with erps/ and policies/ as they were. */
  root: string
  /** Full name of the commit. */
  commit: string
  remove(): Promise<void>
}

/**
 * Lays erps/ and policies/ of a commit out in a folder, touching neither the working tree nor the index.
 * @param ref anything git resolves to a commit: `origin/main`, `HEAD~1`, a tag
 * @throws RefError
 */
export async function treeAt(project: string, ref: string): Promise<TreeAt> {
  const commit = await commitOf(project, ref)
  const root = await mkdtemp(join(tmpdir(), 'alcada-base-'))
  const remove = (): Promise<void> => rm(root, { recursive: true, force: true })
  try {
    // A clone that borrows the objects: neither the project's index nor its list of work trees is touched.
    await simpleGit().raw(['clone', '--quiet', '--shared', '--no-checkout', project, root])
    const clone = simpleGit({ baseDir: root })
    const there = (await clone.raw(['ls-tree', '--name-only', commit, 'erps', 'policies'])).split('\n').filter(Boolean)
    if (there.length > 0) await clone.raw(['checkout', '--quiet', commit, '--', ...there])
    return { root, commit, remove }
  } catch (error) {
    await remove()
    throw error
  }
}

/**
 * The full name of the commit that a ref names.
 * @throws RefError
 */
export async function commitOf(project: string, ref: string): Promise<string> {
  const git = simpleGit({ baseDir: project })
  const name = await git.revparse(['--verify', '--end-of-options', `${ref}^{commit}`]).catch((cause: unknown) => {
    throw new RefError(`\`${ref}\` names no commit here: fetch it, or give one that \`git log\` shows`, { cause })
  })
  return name.trim()
}
