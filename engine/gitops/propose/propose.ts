import { hasErrors } from '../../compile/project.ts'
import type { PullReport } from '../../report/pull-request.ts'
import { pullBody, withSummary } from '../../report/pull-request-body.ts'
import type { Gated } from '../gate.ts'
import type { GitHub } from '../github/client.ts'
import { GitHubError } from '../github/error.ts'
import { createPull, openPullsOf, type Pull, updatePull } from '../github/pulls.ts'
import { getRepository } from '../github/repository.ts'
import { type ImpactOf, reportOf } from '../pull-report.ts'
import { branchName } from './branch-name.ts'
import { proposalCommit, refuseConflict } from './commit.ts'
import { fetchBranches, pushCommit } from './fetch.ts'
import { ProposeError, type Remote } from './repository.ts'
import type { Setting } from './set-value.ts'
import { type Drafted, draftOfSettings, draftOfWorkingTree, openWorkshop, type Workshop } from './workshop.ts'

export interface ProposeOptions {
  /** The user's project: read, never changed. */
  project: string
  /** First line: the title. The rest: why. */
  message: string
  /** Empty: what the working tree holds. */
  settings: readonly Setting[]
  /** Default: made from the message. */
  branch?: string | undefined
  github: GitHub
  remote: Remote
  /** What a laid-out project comes to against a commit: the gate. */
  judge: (root: string, ref: string) => Promise<Gated>
  impact: ImpactOf
  /** Only says what would be done. */
  dryRun: boolean
  onProgress(line: string): void
}

export interface Proposal {
  branch: string
  /** What was pushed; null: nothing, since it has findings, is a dry run, or stands there already. */
  pushed: string | null
  /** null: not made, for the same reasons. */
  pull: Pull | null
  /** Whether the pull request was there before. */
  updated: boolean
  gated: Gated
  title: string
  body: string
  leftOut: string[]
}

/** Longest title of a pull request, in characters. */
const MAX_TITLE = 256

/**
 * Brings a change to GitHub as a pull request: judged first, never pushed with a finding that is an error, never by force.
 * @throws ProposeError, SetError, GitHubError
 */
export async function propose(options: ProposeOptions): Promise<Proposal> {
  const { project, message, settings, github, remote, dryRun, onProgress } = options
  const branch = options.branch ?? branchName(message)
  const workshop = await openWorkshop(project)
  try {
    const { defaultBranch, mine } = await getRepository(github)
    if (branch === defaultBranch)
      throw new ProposeError(
        'BRANCH_DEFAULT',
        `\`${branch}\` takes changes by pull request only; give another --branch`,
      )
    if (!dryRun && mine?.push === false) {
      throw new GitHubError(
        'GITHUB_NO_RIGHTS',
        `you may read \`${github.repository}\` and not push to it: ask for write, or propose from a fork in the browser`,
      )
    }
    const fetched = await fetchBranches(workshop, remote, { base: defaultBranch, branch })
    const draft = await drafted(workshop, settings, fetched.base)
    const onto = { base: fetched.base, remote: fetched.branch, branch, message }
    const commit = await proposalCommit(workshop.git, draft, onto)
    const head = commit ?? fetched.branch ?? draft.parent
    await refuseConflict(workshop.git, fetched.base, head)
    onProgress('checking what it comes to')
    const { gated, report } = await judged(workshop, options, { base: fetched.base, head })
    const title = (message.trim().split('\n')[0] ?? '').slice(0, MAX_TITLE)
    const why = message.trim().split('\n').slice(1).join('\n')
    const found = { branch, gated, title, body: pullBody(why, report), leftOut: draft.leftOut }
    if (hasErrors(gated.verdict.findings) || dryRun) return { ...found, pushed: null, pull: null, updated: false }
    if (commit !== null) {
      onProgress(`pushing ${commit.slice(0, 7)} to ${branch}`)
      await pushCommit(workshop, remote, commit, branch)
    }
    const done = await onePull(github, { title, body: found.body, head: branch, base: defaultBranch }, report)
    return { ...found, pushed: commit, ...done }
  } finally {
    await workshop.remove()
  }
}

async function drafted(workshop: Workshop, settings: readonly Setting[], base: string): Promise<Drafted> {
  const draft =
    settings.length === 0 ? await draftOfWorkingTree(workshop) : await draftOfSettings(workshop, base, settings)
  const fork = (await workshop.git.raw(['merge-base', draft.parent, base])).trim()
  const before = (await workshop.git.revparse([`${fork}^{tree}`])).trim()
  if (draft.tree !== before) return draft
  const left = draft.leftOut.length === 0 ? '' : `; not looked at: ${draft.leftOut.slice(0, 5).join(', ')}`
  throw new ProposeError(
    'NOTHING_CHANGED',
    `nothing differs from the default branch: edit a file below policies/ or erps/, or use --set${left}`,
  )
}

async function judged(
  { git, project }: Workshop,
  { judge, impact }: ProposeOptions,
  { base, head }: { base: string; head: string },
): Promise<{ gated: Gated; report: PullReport }> {
  await git.raw(['checkout', '--quiet', '--force', '--detach', head])
  const fork = (await git.raw(['merge-base', base, head])).trim()
  const gated = await judge(project, fork)
  return { gated, report: await reportOf(gated, { root: project, approversAt: base, head, impact }) }
}

/** The branch's open pull request with the summary of now, made where there is none. */
async function onePull(
  github: GitHub,
  pull: { title: string; body: string; head: string; base: string },
  report: PullReport,
): Promise<{ pull: Pull; updated: boolean }> {
  const [open] = await openPullsOf(github, pull.head)
  if (open === undefined) return { pull: await createPull(github, pull), updated: false }
  const body = withSummary(open.body, report)
  return { pull: await updatePull(github, open.number, { title: pull.title, body }), updated: true }
}
