import { readCheckpoint, type SignedCheckpoint } from '../../engine/contract/checkpoint.ts'
import type { ArchivedSegment } from '../../engine/contract/ledger-archive.ts'
import { headOf } from './ledger-append.ts'
import { segmentOf } from './segment-rows.ts'
import { all, first, type Here, OperationError, type Steps } from './sql.ts'

/** What a checkpoint says beside whose chain it is, and when. */
export interface CheckpointBody {
  number: number
  seq: number
  hash: string
  archived?: ArchivedSegment[]
}

/** What the next checkpoint would say; null where nothing was written since the last one. */
export function* nextCheckpoint(here: Here): Steps<CheckpointBody | null> {
  const { seq, hash } = yield* headOf(here)
  const last = yield* first(
    'SELECT number, seq FROM checkpoints WHERE replica = ? ORDER BY number DESC LIMIT 1',
    here.replica,
  )
  if (seq <= Number(last?.['seq'] ?? 0)) return null
  const closed = yield* all(
    "SELECT body FROM segments WHERE replica = ? AND state = 'closed' AND checkpoint IS NULL ORDER BY number",
    here.replica,
  )
  const archived = closed.length === 0 ? {} : { archived: closed.map(segmentOf) }
  return { number: Number(last?.['number'] ?? 0) + 1, seq, hash, ...archived }
}

/** Id of the key that signed this chain's last checkpoint; null where there is none. */
export function* lastCheckpointKey(here: Here): Steps<string | null> {
  const last = yield* first(
    'SELECT signed FROM checkpoints WHERE replica = ? ORDER BY number DESC LIMIT 1',
    here.replica,
  )
  return last === null ? null : (readCheckpoint(String(last['signed']))?.key ?? null)
}

export function* keepCheckpoint(_here: Here, { signed }: { signed: SignedCheckpoint }): Steps<null> {
  const { replica, number, seq, archived = [] } = signed.checkpoint
  const kept = yield* first(
    `INSERT INTO checkpoints (replica, number, seq, signed) VALUES (?, ?, ?, ?) ON CONFLICT (replica, number) DO NOTHING
     RETURNING number`,
    ...[replica, number, seq, JSON.stringify(signed)],
  )
  if (kept === null) return null
  for (const segment of archived) {
    yield* all(
      'UPDATE segments SET checkpoint = ? WHERE replica = ? AND number = ?',
      ...[number, replica, segment.number],
    )
  }
  return null
}

/** Checkpoints of a chain after a number, in order. */
export function* checkpointPage(
  here: Here,
  { replica, after, limit }: { replica: string | null; after: number; limit: number },
): Steps<SignedCheckpoint[]> {
  const rows = yield* all(
    'SELECT signed FROM checkpoints WHERE replica = ? AND number > ? ORDER BY number LIMIT ?',
    replica ?? here.replica,
    after,
    limit,
  )
  return rows.map((row) => {
    const signed = readCheckpoint(String(row['signed']))
    if (signed === null) throw new OperationError('a checkpoint is not what was written')
    return signed
  })
}

/** How far a target has been served: the last checkpoint of an anchor, the last row of a receiver of decisions. */
export function* deliveredUpTo(here: Here, { target }: { target: string }): Steps<number> {
  const row = yield* first('SELECT number FROM delivered WHERE replica = ? AND target = ?', here.replica, target)
  return Number(row?.['number'] ?? 0)
}

export function* noteDelivered(here: Here, { target, number }: { target: string; number: number }): Steps<null> {
  yield* all(
    `INSERT INTO delivered (replica, target, number) VALUES (?, ?, ?)
     ON CONFLICT (replica, target) DO UPDATE SET number = excluded.number`,
    ...[here.replica, target, number],
  )
  return null
}
