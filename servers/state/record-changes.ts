import { alive } from './lease.ts'
import { all, first, type Here, marks, type SqlRow, type Steps } from './sql.ts'

/** A record of the ERP's that a call read before it was decided. */
export interface RecordSeen {
  /** Names the record. */
  scope: string
  /** The entry of the read. */
  read: string
  /** How old the answer was, in seconds: above 0 only when it came from memory. */
  age_s: number
  /** Whether the call is about to change it, and not only depends on it. */
  changes: boolean
}

/** Another call on a record, since it was read. */
export interface RecordChange {
  entry: string
  /** It has not ended: what it does to the record may be seen or not. */
  running: boolean
}

/** Replicas' clocks may differ by so much, in milliseconds. Only what comes from memory is judged by clocks. */
const SKEW_MS = 5_000

/**
 * The call that has changed one of these records after it was read, or is changing it now; null when there is none.
 * The order is that of the ledger: a read that began after a change had ended shows it.
 */
export function* recordChange(here: Here, at_ms: number, records: readonly RecordSeen[]): Steps<RecordChange | null> {
  if (records.length === 0) return null
  const latest = yield* all(
    `SELECT r.scope AS scope, r.entry AS entry, o.ord AS opened, c.ord AS closed, c.at_ms AS closed_ms
     FROM record_changes r JOIN ledger o ON o.kind = 'opened' AND o.entry = r.entry
     LEFT JOIN ledger c ON c.kind = 'closed' AND c.entry = r.entry WHERE r.scope IN (${marks(records)})`,
    ...records.map(({ scope }) => scope),
  )
  for (const row of latest) {
    const entry = String(row['entry'])
    if (row['closed'] === null && (yield* isRunning(here, entry))) return { entry, running: true }
    for (const seen of records) {
      if (seen.scope === row['scope'] && (yield* wasBefore(seen, row, at_ms))) return { entry, running: false }
    }
  }
  return null
}

/** Says that this entry's call is the latest that changes these records. */
export function* changeRecords(here: Here, entry: string, records: readonly RecordSeen[]): Steps<void> {
  const scopes = new Set(records.filter(({ changes }) => changes).map(({ scope }) => scope))
  if (scopes.size === 0) return
  yield* all(
    `INSERT INTO record_changes (scope, entry, at_ms) VALUES ${[...scopes].map(() => `(?, ?, ${here.nowMs})`).join(', ')}
     ON CONFLICT (scope) DO UPDATE SET entry = excluded.entry, at_ms = excluded.at_ms`,
    ...[...scopes].flatMap((scope) => [scope, entry]),
  )
}

/** Whether the record was read before this change had ended. */
function* wasBefore({ read, age_s }: RecordSeen, { opened, closed, closed_ms }: SqlRow, at_ms: number): Steps<boolean> {
  if (age_s > 0 && closed_ms !== null && Number(closed_ms) > at_ms - age_s * 1_000 - SKEW_MS) return true
  const began = yield* first("SELECT ord FROM ledger WHERE kind = 'opened' AND entry = ?", read)
  return began === null || Number(closed ?? opened) > Number(began['ord'])
}

function* isRunning(here: Here, entry: string): Steps<boolean> {
  const row = yield* first(
    `SELECT 1 AS one FROM pending r WHERE r.entry = ? AND ${alive(here)}`,
    ...[entry, here.instance],
  )
  return row !== null
}
