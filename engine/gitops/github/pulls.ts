import type { RestEndpointMethodTypes } from '@octokit/rest'
import type { GitHub } from './client.ts'

type PullAnswer = RestEndpointMethodTypes['pulls']['get']['response']['data']
type ListedPull = RestEndpointMethodTypes['pulls']['list']['response']['data'][number]

/** A pull request, as far as it matters here. */
export interface Pull {
  number: number
  title: string
  body: string
  url: string
  state: 'open' | 'closed'
  draft: boolean
  /** Login; null for an account that is gone. */
  author: string | null
  head: { sha: string; ref: string; repository: string | null }
  base: { sha: string; ref: string }
  /** An instant; null: not merged. */
  mergedAt: string | null
  /** What it became on the base: of squash and rebase the last commit there. */
  mergeCommit: string | null
}

export interface Review {
  author: string | null
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING'
  /** The head that was looked at; null where it is gone. */
  commit: string | null
  /** An instant; null while pending. */
  at: string | null
}

/** A commit of a pull request, and whose it is on GitHub: null where its address belongs to no account. */
export interface PullCommit {
  sha: string
  author: string | null
  committer: string | null
}

export interface NewPull {
  title: string
  body: string
  /** Branch of the same repository. */
  head: string
  base: string
}

export async function createPull({ octokit, at }: GitHub, pull: NewPull): Promise<Pull> {
  return pullOf((await octokit.rest.pulls.create({ ...at, ...pull })).data)
}

export async function updatePull(
  { octokit, at }: GitHub,
  number: number,
  change: { title?: string; body?: string },
): Promise<Pull> {
  return pullOf((await octokit.rest.pulls.update({ ...at, pull_number: number, ...change })).data)
}

export async function getPull({ octokit, at }: GitHub, number: number): Promise<Pull> {
  return pullOf((await octokit.rest.pulls.get({ ...at, pull_number: number })).data)
}

/** Open pull requests of a branch of this repository, oldest first. */
export async function openPullsOf({ octokit, at }: GitHub, branch: string): Promise<Pull[]> {
  const asked = { ...at, state: 'open', head: `${at.owner}:${branch}`, per_page: 100 } as const
  const found = await octokit.paginate(octokit.rest.pulls.list, { ...asked, sort: 'created', direction: 'asc' })
  // Without a match on `head` GitHub lists all of them.
  return found.map(pullOf).filter(({ head }) => head.ref === branch)
}

/** Pull requests that a commit belongs to: for one on the default branch, those that brought it there. */
export async function pullsOfCommit({ octokit, at }: GitHub, commit: string): Promise<Pull[]> {
  const asked = { ...at, commit_sha: commit, per_page: 100 }
  return (await octokit.paginate(octokit.rest.repos.listPullRequestsAssociatedWithCommit, asked)).map(pullOf)
}

/** All reviews, in the order in which they were given. */
export async function reviewsOf({ octokit, at }: GitHub, number: number): Promise<Review[]> {
  const found = await octokit.paginate(octokit.rest.pulls.listReviews, { ...at, pull_number: number, per_page: 100 })
  return found.map(({ user, state, commit_id: commit, submitted_at: when }) => ({
    author: user?.login ?? null,
    state: reviewState(state),
    commit,
    at: when ?? null,
  }))
}

/** All commits, oldest first; GitHub shows 250 at most, and then this throws nothing: the caller counts. */
export async function commitsOf({ octokit, at }: GitHub, number: number): Promise<PullCommit[]> {
  const found = await octokit.paginate(octokit.rest.pulls.listCommits, { ...at, pull_number: number, per_page: 100 })
  return found.map(({ sha, author, committer }) => ({ sha, author: loginOf(author), committer: loginOf(committer) }))
}

/** Paths that it changes, old names of moved files included. */
export async function filesOf({ octokit, at }: GitHub, number: number): Promise<string[]> {
  const found = await octokit.paginate(octokit.rest.pulls.listFiles, { ...at, pull_number: number, per_page: 100 })
  return found.flatMap(({ filename, previous_filename: before }) => [filename, ...(before ? [before] : [])])
}

function pullOf(pull: PullAnswer | ListedPull): Pull {
  const { number, title, body, html_url: url, state, draft, user, head, base, merged_at, merge_commit_sha } = pull
  return {
    number,
    title,
    body: body ?? '',
    url,
    state: state === 'open' ? 'open' : 'closed',
    draft: draft ?? false,
    author: user?.login ?? null,
    head: { sha: head.sha, ref: head.ref, repository: head.repo?.full_name ?? null },
    base: { sha: base.sha, ref: base.ref },
    mergedAt: merged_at,
    // Of an open one GitHub gives its own trial merge.
    mergeCommit: merged_at === null ? null : merge_commit_sha,
  }
}

function reviewState(state: string): Review['state'] {
  const known = ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED', 'DISMISSED', 'PENDING'] as const
  // What is not known is no approval.
  return known.find((one) => one === state) ?? 'COMMENTED'
}

function loginOf(account: object | null): string | null {
  return account !== null && 'login' in account && typeof account.login === 'string' ? account.login : null
}
