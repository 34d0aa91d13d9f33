import type { GitHub } from '../github/client.ts'
import { commitsOf, type Pull, reviewsOf } from '../github/pulls.ts'
import { approvedBy } from '../risk/approval.ts'
import type { ApproverGroups } from '../risk/approvers.ts'
import type { RiskClass } from '../risk/risk.ts'
import { refusedPull } from './refusal.ts'

/** GitHub shows no more commits of a pull request than this. */
const MOST_COMMITS = 250

/** Whose a change is, and who has looked at it. */
export interface Approved {
  author: string
  approvers: string[]
}

/**
 * Who has approved the head of a pull request as its risk needs, its authors left out.
 * @throws Refusal NOT_APPROVED
 */
export async function approversOf(
  { number, author, head }: Pull,
  { github, groups, risk }: { github: GitHub; groups: ApproverGroups; risk: RiskClass },
): Promise<Approved> {
  if (author === null) {
    throw refusedPull(
      number,
      'NOT_APPROVED',
      'its author is no longer on GitHub, so nobody can tell whose approval is not their own',
    )
  }
  const commits = await commitsOf(github, number)
  if (commits.length >= MOST_COMMITS) {
    throw refusedPull(
      number,
      'NOT_APPROVED',
      `it has ${MOST_COMMITS} commits or more, and GitHub does not show whose all of them are; propose it in parts`,
    )
  }
  const nobody = commits.find((commit) => commit.author === null)
  if (nobody !== undefined) {
    throw refusedPull(
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
  if (answer.approved) return { author, approvers: answer.approvers }
  throw refusedPull(number, 'NOT_APPROVED', `it is of risk ${risk}, and ${answer.missing}`)
}
