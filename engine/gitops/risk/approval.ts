import type { ApproverGroups } from './approvers.ts'
import type { RiskClass } from './risk.ts'

/** Whose approval a change of a class needs: of one of these people, who is not its author. */
export interface NeededApprovals {
  count: 1
  group: 'any' | 'second'
  /** Logins in lower case, sorted, each once. */
  people: string[]
}

/** A review as GitHub's API gives it (`GET /repos/{owner}/{repo}/pulls/{pull_number}/reviews`). */
export interface Review {
  login: string
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING'
  /** The commit that was looked at. */
  commit: string
  /** ISO 8601. */
  submittedAt: string
}

export interface ApprovalQuestion {
  /** Login of who opened the pull request. */
  author: string
  /** Logins of whoever else committed to it: they do not approve their own work either. */
  committers?: readonly string[]
  /** In any order. */
  reviews: readonly Review[]
  /** As the base commit has them. */
  groups: ApproverGroups
  risk: RiskClass
  /** The exact commit that is merged. */
  head: string
}

export interface ApprovalAnswer {
  approved: boolean
  /** Whose approvals count, in lower case and sorted. */
  approvers: string[]
  /** What is missing, or stands against it, in a sentence; null when nothing does. */
  missing: string | null
}

/** What widens, or changes code, is approved by the second group; anything else by either. */
export function neededApprovals(risk: RiskClass, groups: ApproverGroups): NeededApprovals {
  const second = risk === 'widening' || risk === 'code'
  const people = second ? groups.second : [...groups.first, ...groups.second]
  return { count: 1, group: second ? 'second' : 'any', people: [...new Set(people)].sort() }
}

/**
 * Judges the reviews of a pull request. Of each person the latest that approves, asks for changes or was dismissed
 * counts; an approval only of exactly the merged commit, and never an author's. Whoever of either group asks for changes
 * stops it until they approve or their review is dismissed. A label says nothing.
 */
export function approvedBy({ author, committers = [], reviews, groups, risk, head }: ApprovalQuestion): ApprovalAnswer {
  const own = new Set([author, ...committers].map((login) => login.toLowerCase()))
  const latest = latestOf(reviews)
  const listed = neededApprovals('neutral', groups).people
  const against = listed.filter((login) => latest.get(login)?.state === 'CHANGES_REQUESTED')
  const { group, people } = neededApprovals(risk, groups)
  const others = people.filter((login) => !own.has(login))
  const approved = others.filter((login) => latest.get(login)?.state === 'APPROVED')
  const current = approved.filter((login) => latest.get(login)?.commit === head)
  const missing = ((): string | null => {
    if (against.length > 0) return `${named(against)} asked for changes`
    if (current.length > 0) return null
    const whom = group === 'second' ? 'somebody of the second group' : 'somebody of the approvers'
    if (others.length === 0) return `needs the approval of ${whom} who is not its author, and nobody is listed there`
    if (approved.length > 0)
      return `${named(approved)} approved an earlier commit: ${head.slice(0, 7)} was not looked at`
    return `needs the approval of ${whom} who is not its author: ${others.join(' or ')}`
  })()
  return { approved: missing === null, approvers: missing === null ? current : [], missing }
}

const DECISIVE: ReadonlySet<Review['state']> = new Set(['APPROVED', 'CHANGES_REQUESTED', 'DISMISSED'])

function latestOf(reviews: readonly Review[]): Map<string, Review> {
  const latest = new Map<string, Review>()
  const inOrder = reviews
    .filter(({ state }) => DECISIVE.has(state))
    .sort((a, b) => Date.parse(a.submittedAt) - Date.parse(b.submittedAt))
  for (const review of inOrder) latest.set(review.login.toLowerCase(), review)
  return latest
}

function named(logins: readonly string[]): string {
  return logins.join(' and ')
}
