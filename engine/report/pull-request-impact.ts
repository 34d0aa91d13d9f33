import { notReplayedWords } from './impact.ts'
import type { CommentLine, ImpactComment } from './impact-comment.ts'
import { markdownText } from './markdown.ts'
import { shortened } from './pull-request.ts'

/** What was refused and no longer would be comes first. Without a log it says so: never that there is no impact. */
export function impactSection(impact: ImpactComment | null, rows: number): string {
  if (impact === null) {
    return 'No decision log yet, so this could not be tried out on past calls. `alcada audit export ERP --replay` writes one.'
  }
  const { to_allow, to_deny, approvals, masks, not_replayed, coverage, digest } = impact
  const kind = (name: string, lines: readonly CommentLine[]): string[][] =>
    lines.map(({ sentence, count }) => [name, markdownText(sentence), String(count)])
  const cells = [
    ...kind('**refused before, and no longer**', to_allow),
    ...kind('refused from now on', to_deny),
    ...kind('other approvals', approvals),
    ...kind('other fields hidden', masks),
  ]
  const { decisions, replayed, from, to } = coverage
  const span = from === null || to === null ? '' : ` (${from} to ${to})`
  const none = cells.length > 0 ? '' : `None of the ${replayed} past calls that were tried out ends differently.`
  const missed = not_replayed.map(({ erp, reason, count }) => [
    erp === '' ? 'all' : markdownText(erp),
    markdownText(notReplayedWords({ erp, reason, count, where: [] })),
    String(count),
  ])
  return [
    none,
    shortened(['', 'Who, what, and how', 'Calls'], cells, rows),
    missed.length === 0 ? '' : `Could not be tried out:\n\n${shortened(['ERP', 'Why', 'Calls'], missed, rows)}`,
    `<sub>${replayed} of ${decisions} decisions in the log were tried out${span}. Digest ${markdownText(digest)}</sub>`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}
