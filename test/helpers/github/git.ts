import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Runs git without anybody's configuration and returns what it prints, without the last line's end. */
export async function git(cwd: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  return (await gitBytes(cwd, args, env)).toString('utf8').replace(/\n$/, '')
}

/** Exactly what git prints. */
export async function gitBytes(
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<Buffer> {
  const bare = {
    PATH: process.env['PATH'] ?? '',
    HOME: tmpdir(),
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  }
  const { stdout } = await run('git', [...args], {
    cwd,
    env: { ...bare, ...env },
    maxBuffer: 64_000_000,
    encoding: 'buffer',
  })
  return stdout
}

/** Names and addresses for a commit: who wrote it, and who put it there. */
export function signedBy(author: string, committer: string): Record<string, string> {
  return {
    GIT_AUTHOR_NAME: author,
    GIT_AUTHOR_EMAIL: `${author}@example.test`,
    GIT_COMMITTER_NAME: committer,
    GIT_COMMITTER_EMAIL: `${committer}@example.test`,
  }
}

/** The commit of a ref; null where there is none. */
export function shaOf(bare: string, ref: string): Promise<string | null> {
  return git(bare, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`]).catch(() => null)
}

export interface CommitInfo {
  sha: string
  parents: string[]
  author: string
  committer: string
  message: string
  tree: string
}

const FORMAT = '%H%x1f%P%x1f%ae%x1f%ce%x1f%B%x1f%T%x1e'

/** Commits of a range, newest first. */
export async function commits(bare: string, ...range: string[]): Promise<CommitInfo[]> {
  const text = await git(bare, ['log', `--format=${FORMAT}`, ...range])
  return text
    .split('\x1e')
    .map((line) => line.trimStart().split('\x1f'))
    .filter((parts) => parts.length === 6)
    .map(([sha = '', parents = '', author = '', committer = '', message = '', tree = '']) => ({
      sha,
      parents: parents.split(' ').filter(Boolean),
      author,
      committer,
      message: message.trimEnd(),
      tree,
    }))
}

/** Paths that differ between where head left base, and head. */
export async function changedFiles(
  bare: string,
  base: string,
  head: string,
): Promise<{ status: string; path: string }[]> {
  const text = await git(bare, ['diff', '--no-renames', '--name-status', `${base}...${head}`])
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => ({ status: line.slice(0, 1), path: line.slice(2) }))
}

/** Whether the two can be put together without a person. */
export async function mergedTree(bare: string, base: string, head: string): Promise<string | null> {
  return git(bare, ['merge-tree', '--write-tree', base, head]).then(
    (text) => text.split('\n')[0] ?? null,
    () => null,
  )
}

export type MergeMethod = 'merge' | 'squash' | 'rebase'

/** Puts head on base as GitHub's three buttons do and moves the branch. Returns the commits it brought, newest first. */
export async function mergeInto(
  bare: string,
  pull: {
    branch: string
    base: string
    head: string
    method: MergeMethod
    message: string
    author: string
    by: string
  },
): Promise<string[]> {
  const { branch, base, head, method, message } = pull
  const tip = method === 'rebase' ? await rebased(bare, base, head) : await joined(bare, pull)
  await git(bare, ['update-ref', '-m', message, `refs/heads/${branch}`, tip, base])
  return (await commits(bare, tip, `^${base}`)).map(({ sha }) => sha)
}

async function joined(
  bare: string,
  { base, head, method, message, author, by }: Parameters<typeof mergeInto>[1],
): Promise<string> {
  const tree = await mergedTree(bare, base, head)
  if (tree === null) throw new Error('expected no conflict')
  const parents = method === 'squash' ? ['-p', base] : ['-p', base, '-p', head]
  return git(
    bare,
    ['commit-tree', tree, ...parents, '-m', message],
    signedBy(method === 'squash' ? author : by, 'web-flow'),
  )
}

async function rebased(bare: string, base: string, head: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stand-in-rebase-'))
  try {
    await git(bare, ['worktree', 'add', '--quiet', '--detach', folder, base])
    // Always new commits: GitHub's rebase gives them a committer of its own.
    await git(folder, ['cherry-pick', '--allow-empty', `${base}..${head}`], {
      GIT_COMMITTER_NAME: 'web-flow',
      GIT_COMMITTER_EMAIL: 'web-flow@example.test',
    })
    return await git(folder, ['rev-parse', 'HEAD'])
  } finally {
    await git(bare, ['worktree', 'remove', '--force', folder]).catch(() => undefined)
    await rm(folder, { recursive: true, force: true })
  }
}
