import { FIRST_PREV } from '../../engine/contract/ledger.ts'
import { type ArchivedSegment, archivePath } from '../../engine/contract/ledger-archive.ts'
import { headOf } from './ledger-append.ts'
import { recordOf, type SegmentRecord } from './segment-rows.ts'
import { all, first, type Here, type SqlRow, type Steps } from './sql.ts'

export interface SegmentRules {
  /** Rows from this instant on stay, epoch milliseconds. */
  before_ms: number
  /** Of more rows than `live_rows`, the oldest go, but none from this instant on: guards may ask for them. */
  window_ms: number
  live_rows: number
  /** Rows of one segment at most. */
  most: number
}

const DAY_MS = 86_400_000

/**
 * The segment that is on its way into a file, or else the next one: rows old enough, no entry among them whose outcome is not
 * known, none as old as a request for approval that stands. Null: nothing is due.
 */
export function* planSegment(here: Here, rules: SegmentRules): Steps<SegmentRecord | null> {
  const last = yield* first(
    'SELECT state, checkpoint, body FROM segments WHERE replica = ? ORDER BY number DESC LIMIT 1',
    here.replica,
  )
  const before = last === null ? null : recordOf(last)
  if (before !== null && (before.state === 'planned' || before.state === 'closed')) return before
  const after = before?.segment ?? { number: 0, last_seq: 0, hash: FIRST_PREV }
  const rows = yield* dueRows(here, after.last_seq, rules)
  const [head, end] = [rows[0], rows.at(-1)]
  if (head === undefined || end === undefined) return null
  const [first_seq, last_seq] = [Number(head['seq']), Number(end['seq'])]
  const segment: ArchivedSegment = {
    number: after.number + 1,
    first_seq,
    last_seq,
    prev: after.hash,
    hash: String(end['hash']),
    until_ms: Math.max(...rows.map((row) => Number(row['at_ms']))),
    file: archivePath(here.erp, here.replica, first_seq, last_seq),
    sha256: '',
    bytes: 0,
  }
  yield* all(
    "INSERT INTO segments (replica, number, first_seq, last_seq, state, until_ms, body) VALUES (?, ?, ?, ?, 'planned', ?, ?)",
    ...[here.replica, segment.number, first_seq, last_seq, segment.until_ms, JSON.stringify(segment)],
  )
  return { segment, state: 'planned', checkpoint: null }
}

/** The oldest rows of the chain that may go together; none where it is not worth a file yet. */
function* dueRows(here: Here, after: number, rules: SegmentRules): Steps<readonly SqlRow[]> {
  const { seq } = yield* headOf(here)
  const many = seq - after > rules.live_rows
  const before_ms = Math.min(
    many ? rules.window_ms : Math.min(rules.before_ms, rules.window_ms),
    yield* oldestApproval(),
  )
  const open = yield* oldestPending(here)
  const rows = yield* all(
    `SELECT seq, at_ms, hash, kind, entry, resolves,
       CASE WHEN kind = 'recorded' AND (event LIKE ? OR event LIKE ?) THEN 1 ELSE 0 END AS own
     FROM ledger WHERE replica = ? AND seq > ? ORDER BY seq LIMIT ?`,
    ...['%"what":"ledger_archived"%', '%"what":"archives_removed"%', here.replica, after, rules.most],
  )
  // A segment holds a day, so that none keeps what is over longer than that.
  const told = rows.find((row) => Number(row['own']) === 0)
  const end_ms = Math.min(before_ms, Number(told?.['at_ms']) + DAY_MS)
  const stop = rows.findIndex((row) => !(Number(row['at_ms']) < end_ms) || Number(row['seq']) >= open)
  const due = cleanCut(stop === -1 ? rows : rows.slice(0, stop))
  // What only tells of archives makes no archive, or an idle ledger would fill with them.
  if (due.every((row) => Number(row['own']) === 1)) return []
  const over = Number(told?.['at_ms']) <= before_ms - DAY_MS
  return over || many || rows.length === rules.most ? due : []
}

/** Ends where no entry lies half on this side, where there is such a place. */
function cleanCut(rows: readonly SqlRow[]): readonly SqlRow[] {
  const half = new Set<unknown>()
  let clean = 0
  for (const [index, { kind, entry, resolves }] of rows.entries()) {
    if (kind === 'opened') half.add(entry)
    else half.delete(kind === 'resolved' ? resolves : entry)
    if (half.size === 0) clean = index + 1
  }
  return clean === 0 ? rows : rows.slice(0, clean)
}

function* oldestPending(here: Here): Steps<number> {
  const row = yield* first(
    `SELECT min(o.seq) AS seq FROM pending r JOIN ledger o ON o.kind = 'opened' AND o.entry = r.entry
     WHERE o.replica = ?`,
    here.replica,
  )
  return row === null || row['seq'] === null ? Number.POSITIVE_INFINITY : Number(row['seq'])
}

function* oldestApproval(): Steps<number> {
  const row = yield* first("SELECT min(created_ms) AS at_ms FROM approval WHERE state IN ('pending', 'approved')")
  return row === null || row['at_ms'] === null ? Number.POSITIVE_INFINITY : Number(row['at_ms'])
}
