import { type SimpleGit, simpleGit } from 'simple-git'
import type { GitHub } from '../github/client.ts'
import { type Pull, pullsOfCommit } from '../github/pulls.ts'
import { gitFault } from '../propose/git-fault.ts'
import { gitWithToken, type Remote } from '../propose/repository.ts'
import { Refusal } from './refusal.ts'

/** What one merged pull request did to main: by a merge commit or a squash, one commit; by a rebase, some. */
export interface Merge {
  pull: Pull
  /** main before it, and after it. */
  before: string
  after: string
}

export interface Range {
  /** The clone. */
  root: string
  github: GitHub
  /** Where heads are fetched from that the clone does not hold: it keeps no token, as a workflow’s checkout should not. */
  remote: Remote
  /** Name of the branch that is published. */
  branch: string
  /** Full names of commits, both on that branch: from the one after `since` up to `head`. */
  since: string
  head: string
}

/**
 * The merged pull requests that brought main from one commit to another, oldest first: every commit on the way has
 * to have come by one, whatever has been merged after it.
 * @throws Refusal HISTORY_REWRITTEN, NO_PULL_REQUEST, CONTENT_DIFFERS
 * @throws GitHubError where a head cannot be fetched
 */
export async function mergesBetween({ root, github, remote, branch, since, head }: Range): Promise<Merge[]> {
  const git = simpleGit({ baseDir: root })
  const commits = await firstParents(git, since, head)
  const merges: Merge[] = []
  let before = since
  let brought: Pull | null = null
  for (const commit of commits) {
    const pull: Pull = await pullOf(github, commit, branch)
    if (brought !== null && brought.number !== pull.number) throw unfinished(brought)
    brought = pull
    if (commit !== pull.mergeCommit) continue
    const merge = { pull, before, after: commit }
    await checkContent({ root, git, remote }, merge)
    merges.push(merge)
    before = commit
    brought = null
  }
  if (brought !== null) throw unfinished(brought)
  return merges
}

async function firstParents(git: SimpleGit, since: string, head: string): Promise<string[]> {
  const line = (await git.raw(['rev-list', '--first-parent', '--reverse', head])).trim().split('\n')
  const at = line.indexOf(since)
  if (at >= 0) return line.slice(at + 1)
  throw new Refusal(
    'HISTORY_REWRITTEN',
    `the last published commit \`${since.slice(0, 7)}\` is not on the way to \`${head.slice(0, 7)}\`: somebody has rewritten main, or this clone is shallow; fetch all of it, or put main back`,
  )
}

async function pullOf(github: GitHub, commit: string, branch: string): Promise<Pull> {
  const merged = (await pullsOfCommit(github, commit)).filter(
    ({ mergedAt, base }) => mergedAt !== null && base.ref === branch,
  )
  // The one that ended with this commit, where several hold it.
  const pull = merged.find(({ mergeCommit }) => mergeCommit === commit) ?? merged[0]
  if (pull !== undefined) return pull
  throw new Refusal(
    'NO_PULL_REQUEST',
    `commit \`${commit.slice(0, 7)}\` came to ${branch} without a merged pull request: revert it, and propose it`,
  )
}

function unfinished({ number, mergeCommit }: Pull): Refusal {
  const where = mergeCommit === null ? '' : `, which ended with \`${mergeCommit.slice(0, 7)}\``
  return new Refusal(
    'CONTENT_DIFFERS',
    `main does not hold the end of #${number}${where}: somebody has rewritten it; put main back`,
  )
}

interface CloneOf {
  root: string
  git: SimpleGit
  remote: Remote
}

/**
 * What is on main after the merge is what git makes of main before it and of the head that was reviewed: no line more.
 * It holds for squash, rebase and merge commits alike, since it looks at the files and at nothing else.
 */
async function checkContent(clone: CloneOf, { pull, before, after }: Merge): Promise<void> {
  const { number, head } = pull
  await bring(clone, number, head.sha)
  const { git } = clone
  const merged = await git.raw(['merge-tree', '--write-tree', before, head.sha]).catch(() => '')
  const there = (await git.revparse([`${after}^{tree}`])).trim()
  if (merged.trim() === there) return
  throw new Refusal(
    'CONTENT_DIFFERS',
    `commit \`${after.slice(0, 7)}\` is not what #${number} at \`${head.sha.slice(0, 7)}\` comes to on \`${before.slice(0, 7)}\`: it holds what nobody reviewed; revert it, and propose it`,
  )
}

/** GitHub keeps the head of every pull request, its branch gone or not. */
async function bring({ root, git, remote }: CloneOf, number: number, sha: string): Promise<void> {
  const has = (): Promise<boolean> =>
    git.raw(['cat-file', '-e', `${sha}^{commit}`]).then(
      () => true,
      () => false,
    )
  if (await has()) return
  try {
    await gitWithToken(root, remote).raw(['fetch', '--quiet', '--no-tags', remote.url, `refs/pull/${number}/head`])
  } catch (error) {
    throw gitFault(error, `fetching what #${number} was reviewed at`, remote.repository, 'read')
  }
  if (await has()) return
  throw new Refusal(
    'CONTENT_DIFFERS',
    `the head \`${sha.slice(0, 7)}\` of #${number} is not what GitHub keeps of it, so nobody can tell what was reviewed; revert the merge, and propose it again`,
  )
}
