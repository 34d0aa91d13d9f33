import { hasErrors } from '../compile/project.ts'
import type { ImpactComment } from '../report/impact-comment.ts'
import type { PullReport } from '../report/pull-request.ts'
import type { Gated } from './gate.ts'
import { neededApprovals } from './risk/approval.ts'
import { approversAt } from './risk/approvers.ts'

/** What a change would have done to past calls; null: there is no decision log yet. */
export type ImpactOf = (root: string, base: string) => Promise<ImpactComment | null>

/**
 * All that a reviewer is told of a judged change.
 * @param about.approversAt commit whose .github/approvers.yaml says who approves: never the change's own
 */
export async function reportOf(
  { verdict, base }: Gated,
  about: { root: string; approversAt: string; head: string; impact: ImpactOf },
): Promise<PullReport> {
  const { groups } = await approversAt(about.root, about.approversAt)
  const { people } = neededApprovals(verdict.risk.class, groups)
  const listed = new Set([...groups.first, ...groups.second]).size
  // What has findings cannot be replayed either.
  const impact = hasErrors(verdict.findings) ? null : await about.impact(about.root, base)
  return { verdict, approvers: { people, listed }, impact, base, head: about.head }
}
