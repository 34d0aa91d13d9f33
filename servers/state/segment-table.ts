import type { ArchivedSegment } from '../../engine/contract/ledger-archive.ts'
import { planSegment, type SegmentRules } from './segment-plan.ts'
import { type SegmentRecord, startOf } from './segment-rows.ts'
import { archivesRemoved, closeSegment, pruneSegment, removeArchives, segmentIs } from './segment-steps.ts'
import type { Here, Steps } from './sql.ts'

export interface SegmentOperations {
  planSegment(rules: SegmentRules): SegmentRecord | null
  closeSegment(closing: { number: number; sha256: string; bytes: number; at_ms: number }): null
  segmentIs(of: { number: number }): SegmentRecord
  pruneSegment(of: { number: number }): null
  removeArchives(old: { until_ms: number; days: number; at_ms: number }): ArchivedSegment[]
  archivesRemoved(done: { through: number }): null
  start(of: { replica: string | null }): { seq: number; hash: string }
}

type Table = {
  [Name in keyof SegmentOperations]: (
    here: Here,
    input: Parameters<SegmentOperations[Name]>[0],
  ) => Steps<ReturnType<SegmentOperations[Name]>>
}

export const segmentOperations: Table = {
  planSegment,
  closeSegment,
  segmentIs,
  pruneSegment,
  removeArchives,
  archivesRemoved,
  start: startOf,
}

export const SEGMENT_READS: readonly (keyof SegmentOperations)[] = ['segmentIs', 'start']
