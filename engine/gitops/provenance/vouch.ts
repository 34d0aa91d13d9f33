import { checksOf } from '../github/checks.ts'
import type { GitHub } from '../github/client.ts'
import { commitsOf, reviewsOf } from '../github/pulls.ts'
import { approvedBy } from '../risk/approval.ts'
import { APPROVERS_FILE, type ApproverGroups, approversAt } from '../risk/approvers.ts'
import type { RiskClass } from '../risk/risk.ts'
import type { JudgedChange } from './base-engine.ts'
import type { Merge } from './merges.ts'
import { Refusal } from './refusal.ts'

/** How a change came to main: what a bundle's signature says of it. */
export interface Vouched {
  pull_request: number
  author: string
  approvers: string[]
  check_run: number
  risk: RiskClass
}

export interface VouchOptions {
  root: string
  github: GitHub
  /** Name of the required check, and of the app that runs it. */
  check: { name: string; app: string }
  judged: JudgedChange
}

/** GitHub shows no more commits of a pull request than this. */
const MOST_COMMITS = 250

/**
 * Whether a merged change was judged good, checked, and approved on exactly the merged head by whom its risk needs:
 * asked of GitHub and of the commit before it, never of what the change says of itself.
 * @throws Refusal GATE_RED, TOO_FEW_PEOPLE, CHECK_MISSING, NOT_APPROVED
 */
export async function vouchFor(merge: Merge, { root, github, check, judged }: VouchOptions): Promise<Vouched> {
  const { number, author, head } = merge.pull
  checkFindings(merge, judged)
  const groups = await groupsAt(root, merge.before)
  if (author === null)
    throw refused(
      number,
      'NOT_APPROVED',
      'its author is no longer on GitHub, so nobody can tell whose approval is not their own',
    )
  const approvers = await approversOf(merge, author, { github, groups, risk: judged.risk.class })
  const found = (await checksOf(github, head.sha)).find(
    ({ name, app, state }) => name === check.name && app?.slug === check.app && state === 'success',
  )
  if (found === undefined || found.id === null) {
    throw refused(
      number,
      'CHECK_MISSING',
      `the check \`${check.name}\` of ${check.app} was not green on \`${head.sha.slice(0, 7)}\``,
    )
  }
  return { pull_request: number, author, approvers, check_run: found.id, risk: judged.risk.class }
}

function checkFindings({ pull, before }: Merge, { findings }: JudgedChange): void {
  const errors = findings.filter(({ severity }) => severity === 'error')
  const [first] = errors
  if (first === undefined) return
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : ''
  const { code, file, line, message } = first
  throw refused(
    pull.number,
    'GATE_RED',
    `the gate of \`${before.slice(0, 7)}\` finds ${code} ${file}:${line}: ${message}${more}; propose what mends it`,
  )
}

async function groupsAt(root: string, commit: string): Promise<ApproverGroups> {
  const { groups } = await approversAt(root, commit)
  const people = new Set([...groups.first, ...groups.second])
  if (people.size >= 2) return groups
  throw new Refusal(
    'TOO_FEW_PEOPLE',
    `${APPROVERS_FILE} lists ${people.size === 1 ? 'one person' : 'nobody'} at \`${commit.slice(0, 7)}\`: the smallest team is an author and one approver; list two`,
  )
}

async function approversOf(
  { pull: { number, head } }: Merge,
  author: string,
  { github, groups, risk }: { github: GitHub; groups: ApproverGroups; risk: RiskClass },
): Promise<string[]> {
  const commits = await commitsOf(github, number)
  if (commits.length >= MOST_COMMITS) {
    throw refused(
      number,
      'NOT_APPROVED',
      `it has ${MOST_COMMITS} commits or more, and GitHub does not show whose all of them are; propose it in parts`,
    )
  }
  const nobody = commits.find((commit) => commit.author === null)
  if (nobody !== undefined) {
    throw refused(
      number,
      'NOT_APPROVED',
      `commit \`${nobody.sha.slice(0, 7)}\` belongs to no account, so an approver may have written it; add its address to an account`,
    )
  }
  const committers = commits.flatMap((commit) => [commit.author, commit.committer]).filter((login) => login !== null)
  const reviews = (await reviewsOf(github, number)).flatMap(({ author: login, state, commit, at }) =>
    login === null || at === null ? [] : [{ login, state, commit: commit ?? '', submittedAt: at }],
  )
  const answer = approvedBy({ author, committers, reviews, groups, risk, head: head.sha })
  if (answer.approved) return answer.approvers
  throw refused(number, 'NOT_APPROVED', `it is of risk ${risk}, and ${answer.missing}`)
}

function refused(number: number, code: Refusal['code'], why: string): Refusal {
  return new Refusal(code, `#${number}: ${why}`)
}
