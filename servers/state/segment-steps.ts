import type { RecordedEvent } from '../../engine/contract/ledger.ts'
import type { ArchivedSegment, RemovedArchives } from '../../engine/contract/ledger-archive.ts'
import { append, nextEntry } from './ledger-append.ts'
import { recordOf, type SegmentRecord, segmentOf } from './segment-rows.ts'
import { all, first, type Here, OperationError, type SqlRow, type Steps } from './sql.ts'

/** Its file is written: says so in the chain, whose next checkpoint tells the anchors. */
export function* closeSegment(
  here: Here,
  { number, sha256, bytes, at_ms }: { number: number; sha256: string; bytes: number; at_ms: number },
): Steps<null> {
  const { state, segment } = yield* segmentAt(here, number)
  if (state !== 'planned') return null
  const archived = { ...segment, sha256, bytes }
  yield* append(here, at_ms, { ...said('ledger_archived'), entry: yield* nextEntry(here), archived })
  yield* all(
    "UPDATE segments SET state = 'closed', body = ? WHERE replica = ? AND number = ?",
    ...[JSON.stringify(archived), here.replica, number],
  )
  return null
}

export function* segmentIs(here: Here, { number }: { number: number }): Steps<SegmentRecord> {
  return yield* segmentAt(here, number)
}

/**
 * Takes the rows of a segment out of the database: they stand in its file and a checkpoint says so. That the calls were made
 * stays, for good: a repeat must still be known as one.
 */
export function* pruneSegment(here: Here, { number }: { number: number }): Steps<null> {
  const { state, segment, checkpoint } = yield* segmentAt(here, number)
  if (state !== 'closed' || checkpoint === null) throw new OperationError(`segment ${number} is not ready to be pruned`)
  const { first_seq, last_seq } = segment
  yield* all(
    `INSERT INTO repeats (entry, replica, segment, caller, person, company, tool, idempotency_key, args_digest, outcome,
       closed, verdict)
     SELECT o.entry, o.replica, ?, o.caller, o.person, o.company, o.tool, o.idempotency_key, o.args_digest, c.outcome,
       c.event, s.verdict
     FROM ledger o LEFT JOIN ledger c ON c.kind = 'closed' AND c.entry = o.entry
       LEFT JOIN ledger s ON s.kind = 'resolved' AND s.resolves = o.entry
     WHERE o.replica = ? AND o.seq >= ? AND o.seq <= ? AND o.kind = 'opened' AND o.purpose = 'call' AND o.effect <> 'read'
       AND (c.outcome IS NULL OR c.outcome <> 'failed') AND (s.verdict IS NULL OR s.verdict <> 'not_done')`,
    ...[number, here.replica, first_seq, last_seq],
  )
  // The table gives up rows of such a segment only.
  yield* enter(here, number, 'pruning')
  yield* all('DELETE FROM ledger WHERE replica = ? AND seq >= ? AND seq <= ?', here.replica, first_seq, last_seq)
  yield* enter(here, number, 'pruned')
  return null
}

/** Says in the chain which archives are to go, oldest first. @returns those whose files are to be removed */
export function* removeArchives(
  here: Here,
  { until_ms, days, at_ms }: { until_ms: number; days: number; at_ms: number },
): Steps<ArchivedSegment[]> {
  const pruned = yield* all(
    "SELECT number, until_ms, body FROM segments WHERE replica = ? AND state = 'pruned' ORDER BY number",
    here.replica,
  )
  const young = pruned.findIndex((row) => Number(row['until_ms']) >= until_ms)
  const old = young === -1 ? pruned : pruned.slice(0, young)
  const last = old.at(-1)
  if (last !== undefined) {
    const { number: through, last_seq } = segmentOf(last)
    const removed: RemovedArchives = {
      ...{ through, last_seq, until_ms: Math.max(...old.map((row) => Number(row['until_ms']))) },
      trail_retention_days: days,
    }
    yield* append(here, at_ms, { ...said('archives_removed'), entry: yield* nextEntry(here), removed })
    yield* all(
      "UPDATE segments SET state = 'removing' WHERE replica = ? AND state = 'pruned' AND number <= ?",
      ...[here.replica, through],
    )
    // What the ERP answered goes with the trail; that it was done stays.
    yield* all('UPDATE repeats SET closed = NULL WHERE replica = ? AND segment <= ?', here.replica, through)
  }
  const going = yield* all(
    "SELECT body FROM segments WHERE replica = ? AND state = 'removing' ORDER BY number",
    here.replica,
  )
  return going.map(segmentOf)
}

export function* archivesRemoved(here: Here, { through }: { through: number }): Steps<null> {
  yield* all(
    "UPDATE segments SET state = 'removed' WHERE replica = ? AND state = 'removing' AND number <= ?",
    ...[here.replica, through],
  )
  return null
}

function* segmentAt(here: Here, number: number): Steps<SegmentRecord> {
  const row: SqlRow | null = yield* first(
    'SELECT state, checkpoint, body FROM segments WHERE replica = ? AND number = ?',
    ...[here.replica, number],
  )
  if (row === null) throw new OperationError(`there is no segment ${number}`)
  return recordOf(row)
}

function* enter(here: Here, number: number, state: string): Steps<void> {
  yield* all('UPDATE segments SET state = ? WHERE replica = ? AND number = ?', state, here.replica, number)
}

function said(what: 'ledger_archived' | 'archives_removed'): Omit<RecordedEvent, 'entry'> {
  return {
    ...{ kind: 'recorded', what, code: what, request: null, caller: null, tool: null, revision: null, bundle: null },
    ...{ input: null, decision: null, count: 1, source: null },
  }
}
