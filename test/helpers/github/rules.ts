import { changedFiles, git } from './git.ts'
import {
  type Account,
  type Repo,
  type Rule,
  type Ruleset,
  rightOf,
  type StoredPull,
  type StoredReview,
} from './world.ts'

/** The role that a ruleset's list of bypasses calls by this number. */
const REPOSITORY_ADMIN = 5

export function rulesetsOf(repo: Repo, branch: string): Ruleset[] {
  return repo.rulesets.filter(
    ({ enforcement, target, conditions }) =>
      enforcement === 'active' && target === 'branch' && matchesRef(conditions.ref_name, repo, branch),
  )
}

function matchesRef(
  names: { include?: string[]; exclude?: string[] } | undefined,
  repo: Repo,
  branch: string,
): boolean {
  const hit = (pattern: string): boolean =>
    pattern === '~ALL' ||
    pattern === `refs/heads/${branch}` ||
    (pattern === '~DEFAULT_BRANCH' && branch === repo.defaultBranch)
  return (names?.include ?? []).some(hit) && !(names?.exclude ?? []).some(hit)
}

/** Whether somebody need not keep to a ruleset. */
function passes({ bypass_actors: actors }: Ruleset, repo: Repo, account: Account): boolean {
  return actors.some(
    ({ actor_type: type, actor_id: id }) =>
      (type === 'RepositoryRole' && id === REPOSITORY_ADMIN && rightOf(repo, account) === 'admin') ||
      (type === 'Integration' && id === account.app?.id),
  )
}

function rulesFor(repo: Repo, branch: string, account: Account): Rule[] {
  return rulesetsOf(repo, branch).flatMap((ruleset) => (passes(ruleset, repo, account) ? [] : ruleset.rules))
}

/** Branches that somebody may not push to. */
export function closedBranches(repo: Repo, account: Account, branches: readonly string[]): string[] {
  return branches.filter((branch) => rulesFor(repo, branch, account).some(({ type }) => type === 'pull_request'))
}

/** Why a pull request may not be merged, in GitHub's words; [] when it may. */
export async function mergeFaults(repo: Repo, pull: StoredPull, by: Account): Promise<string[]> {
  const faults: string[] = []
  for (const { type, parameters = {} } of rulesFor(repo, pull.baseRef, by)) {
    if (type === 'pull_request') faults.push(...(await reviewFaults(repo, pull, parameters)))
    if (type === 'required_status_checks') faults.push(...checkFaults(repo, pull, parameters))
  }
  return faults
}

async function reviewFaults(repo: Repo, pull: StoredPull, asked: Record<string, unknown>): Promise<string[]> {
  const latest = latestReviews(repo, pull)
  const approved = latest.filter(({ state }) => state === 'APPROVED')
  const faults: string[] = []
  if (latest.some(({ state }) => state === 'CHANGES_REQUESTED')) faults.push('Changes have been requested.')
  const count = Number(asked['required_approving_review_count'] ?? 0)
  if (approved.length < count) {
    faults.push(`At least ${count} approving review is required by reviewers with write access.`)
  }
  if (asked['require_last_push_approval'] === true && approved.every(({ by }) => by.login === pull.pushedBy)) {
    faults.push('New changes require approval from someone other than the last pusher.')
  }
  if (asked['require_code_owner_review'] === true && !(await ownersApproved(repo, pull, approved))) {
    faults.push('Waiting on code owner review.')
  }
  return faults
}

/** The last word of each reviewer who may write; a comment is none. */
function latestReviews(repo: Repo, pull: StoredPull): StoredReview[] {
  const last = new Map<string, StoredReview>()
  for (const review of pull.reviews) {
    if (review.state !== 'COMMENTED' && rightOf(repo, review.by) !== 'read') last.set(review.by.login, review)
  }
  return [...last.values()]
}

async function ownersApproved(repo: Repo, pull: StoredPull, approved: readonly StoredReview[]): Promise<boolean> {
  const text = await codeOwners(repo, pull.baseRef)
  const files = await changedFiles(repo.bare, `refs/heads/${pull.baseRef}`, pull.headSha)
  return files.every(({ path }) => {
    const owners = ownersOf(text, path)
    return owners.length === 0 || approved.some(({ by }) => owners.includes(`@${by.login}`))
  })
}

/** The file on the base branch; '' where there is none. */
export async function codeOwners(repo: Repo, branch: string): Promise<string> {
  for (const path of ['.github/CODEOWNERS', 'CODEOWNERS', 'docs/CODEOWNERS']) {
    const text = await git(repo.bare, ['show', `refs/heads/${branch}:${path}`]).catch(() => null)
    if (text !== null) return text
  }
  return ''
}

/** The last line that matches decides. Patterns: `*`, a file or folder from the top, with or without its slash. */
export function ownersOf(text: string, path: string): string[] {
  const lines = text.split('\n').map((line) => line.replace(/#.*/, '').trim().split(/\s+/))
  const line = lines.findLast(([pattern = '']) => {
    const plain = pattern.replace(/^\//, '')
    return pattern === '*' || plain === path || (plain !== '' && `${path}/`.startsWith(`${plain.replace(/\/$/, '')}/`))
  })
  return line?.slice(1) ?? []
}

function checkFaults(repo: Repo, pull: StoredPull, asked: Record<string, unknown>): string[] {
  const wanted = Array.isArray(asked['required_status_checks']) ? asked['required_status_checks'] : []
  return wanted.flatMap(({ context, integration_id: app }: { context: string; integration_id?: number }) => {
    const run = repo.checks.findLast(
      ({ sha, name, app: by }) => sha === pull.headSha && name === context && (app === undefined || by.id === app),
    )
    const status = repo.statuses.findLast(
      ({ sha, context: name, by }) =>
        sha === pull.headSha && name === context && (app === undefined || by.app?.id === app),
    )
    const passed = ['success', 'neutral', 'skipped'].includes(run?.conclusion ?? '') || status?.state === 'success'
    return passed ? [] : [`Required status check "${context}" is expected.`]
  })
}
