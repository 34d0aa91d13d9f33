import { FIRST_PREV } from '../../engine/contract/ledger.ts'
import type { ArchivedSegment } from '../../engine/contract/ledger-archive.ts'
import { first, type Here, type SqlRow, type Steps } from './sql.ts'

/** How far a segment has come. */
export type SegmentState = 'planned' | 'closed' | 'pruned' | 'removing' | 'removed'

/** A segment with where it stands. While it is planned its file is not there yet: no digest, no bytes. */
export interface SegmentRecord {
  segment: ArchivedSegment
  state: SegmentState
  /** Number of the checkpoint that tells of it; null until there is one. */
  checkpoint: number | null
}

const STATES: readonly SegmentState[] = ['planned', 'closed', 'pruned', 'removing', 'removed']

export function recordOf(row: SqlRow): SegmentRecord {
  const state = STATES.find((candidate) => candidate === row['state']) ?? 'planned'
  const checkpoint = row['checkpoint'] === null ? null : Number(row['checkpoint'])
  return { segment: segmentOf(row), state, checkpoint }
}

// Written by this server alone; whether the file is that segment, its digest and the chain say.
export function segmentOf(row: SqlRow): ArchivedSegment {
  return JSON.parse(String(row['body']))
}

/** Where the chain in the database begins: after the last segment that is in a file alone. */
export function* startOf(here: Here, { replica }: { replica: string | null }): Steps<{ seq: number; hash: string }> {
  const row = yield* first(
    `SELECT body FROM segments WHERE replica = ? AND state IN ('pruned', 'removing', 'removed')
     ORDER BY number DESC LIMIT 1`,
    replica ?? here.replica,
  )
  if (row === null) return { seq: 0, hash: FIRST_PREV }
  const { last_seq, hash } = segmentOf(row)
  return { seq: last_seq, hash }
}
