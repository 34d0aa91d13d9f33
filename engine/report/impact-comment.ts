import type { Coverage, Impact, ImpactGroup } from '../contract/impact.ts'
import { bandWords, groupWords } from './impact.ts'

/** What of an impact may stand in a comment that everybody reads who reads the repository. */
export interface ImpactComment {
  to_allow: CommentLine[]
  to_deny: CommentLine[]
  approvals: CommentLine[]
  masks: CommentLine[]
  /** Reasons without places: the name of an argument is somebody's. */
  not_replayed: { erp: string; reason: string; count: number }[]
  drift: { erp: string; count: number }[]
  coverage: Omit<Coverage, 'erps' | 'from' | 'to'> & {
    /** Days, YYYY-MM-DD. */
    from: string | null
    to: string | null
    erps: { erp: string; pairs: number; held: number }[]
  }
  digest: string
}

export interface CommentLine {
  erp: string
  role: string
  tool: string
  /** `above R$ 1.000,00 up to R$ 5.000,00`: limits of the policies; empty where the amount stands between none. */
  band: string
  codes: string[]
  /** The whole of it in one sentence, but for the count. */
  sentence: string
  count: number
}

/**
 * Counts, roles, tools, bands and reason codes: what the policies know by name, and nothing out of a call. Examples,
 * places in arguments and hours stay where the log is.
 */
export function impactForComment(impact: Impact): ImpactComment {
  const { to_allow, to_deny, approvals, masks, not_replayed, drift, coverage, digest } = impact
  const { erps, from, to, ...counts } = coverage
  const drifts = new Map<string, number>()
  for (const { erp, count } of drift) drifts.set(erp, (drifts.get(erp) ?? 0) + count)
  return {
    to_allow: to_allow.map(lineOf),
    to_deny: to_deny.map(lineOf),
    approvals: approvals.map(lineOf),
    masks: masks.map(lineOf),
    not_replayed: not_replayed.map(({ erp, reason, count }) => ({ erp, reason, count })),
    drift: [...drifts].map(([erp, count]) => ({ erp, count })),
    coverage: {
      ...counts,
      from: from?.slice(0, 10) ?? null,
      to: to?.slice(0, 10) ?? null,
      erps: erps.map(({ erp, pairs, held }) => ({ erp, pairs, held })),
    },
    digest,
  }
}

function lineOf(group: ImpactGroup): CommentLine {
  const { erp, role, tool, band, codes, count } = group
  return { erp, role, tool, band: band === null ? '' : bandWords(band), codes, sentence: groupWords(group), count }
}
