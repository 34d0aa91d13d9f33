import type { SimpleGit } from 'simple-git'
import { ProposeError } from './repository.ts'

/** Last line of a commit that `propose` made: what has it may be built upon without asking. */
const TRAILER = 'Proposed-With: alcada'

export interface Onto {
  /** Newest commit of the default branch. */
  base: string
  /** Newest commit of the proposal's branch at GitHub; null: it is not there yet. */
  remote: string | null
  branch: string
  message: string
}

/**
 * The commit to push: the drafted tree on top of what the branch holds, so that nothing is ever overwritten by force.
 * Null where the branch holds exactly this already.
 * @throws ProposeError where somebody else's commits would lose their effect
 */
export async function proposalCommit(
  git: SimpleGit,
  { tree, parent }: { tree: string; parent: string },
  { base, remote, branch, message }: Onto,
): Promise<string | null> {
  if (remote === null) return commitTree(git, tree, [parent], message)
  await refuseForeign(git, { parent, base, remote, branch })
  const holds = (await git.revparse([`${remote}^{tree}`])).trim() === tree
  const behind = !(await isAncestor(git, parent, remote))
  if (holds && !behind) return null
  return commitTree(git, tree, behind ? [remote, parent] : [remote], message)
}

async function commitTree(git: SimpleGit, tree: string, parents: string[], message: string): Promise<string> {
  const flags = parents.flatMap((parent) => ['-p', parent])
  return (await git.raw(['commit-tree', tree, ...flags, '-m', message.trim(), '-m', TRAILER])).trim()
}

export async function isAncestor(git: SimpleGit, of: string, commit: string): Promise<boolean> {
  return (await git.raw(['merge-base', of, commit]).catch(() => '')).trim() === of
}

/** Commits on the branch that are neither in what the user has, nor on the default branch, nor made by `propose` for the same person. */
async function refuseForeign(
  git: SimpleGit,
  { parent, base, remote, branch }: { parent: string; base: string; remote: string; branch: string },
): Promise<void> {
  const mine = (await git.raw(['config', '--get', 'user.email'])).trim()
  const log = await git.raw(['log', '--format=%h%x1f%ae%x1f%an%x1f%s%x1f%B%x1e', remote, `^${parent}`, `^${base}`])
  const foreign = log
    .split('\x1e')
    .map((entry) => entry.trim().split('\x1f'))
    .filter(([hash = '', email = '', , , body = '']) => hash !== '' && !(email === mine && body.includes(TRAILER)))
  if (foreign.length === 0) return
  const named = foreign.map(([hash = '', , name = '', subject = '']) => `${hash} ${subject} (${name})`).join(', ')
  throw new ProposeError(
    'FOREIGN_COMMITS',
    `\`${branch}\` holds commits that are not yours to replace: ${named}; bring them in with \`git pull origin ${branch}\` and propose again, or give another --branch`,
  )
}

/** @throws ProposeError where the proposal and the default branch say different things in the same place */
export async function refuseConflict(git: SimpleGit, base: string, commit: string): Promise<void> {
  // Exit 1 with the tree and the files that conflict; simple-git takes that for a result where nothing is on stderr.
  const told = await git.raw(['merge-tree', '--write-tree', '--name-only', '--no-messages', base, commit]).catch(String)
  const [, ...files] = told.split('\n').filter((line) => line.trim() !== '')
  if (files.length === 0) return
  throw new ProposeError(
    'CONFLICT',
    `the default branch has changed ${files.map((file) => `\`${file}\``).join(', ')} in the same place; bring it in with \`git pull --rebase\` and propose again`,
  )
}
