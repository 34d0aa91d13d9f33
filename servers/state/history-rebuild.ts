import { type HistoryRow, replayHistory } from '../../engine/contract/history-replay.ts'
import { readRow } from './ledger-pages.ts'
import { move } from './scopes.ts'
import { all, type Here, type SqlRow, type Steps } from './sql.ts'

/** Older than any window a rule may have (validate/schemas, WINDOW_DAYS), with a margin for zones: nobody asks for it. */
export const KEPT_DAYS = 400
const DAY_MS = 86_400_000
const PAGE = 1_000

/** Whether what is kept beside the chain is what the chain says, and the first of it that is not. */
export interface HistoryCheck {
  rows: number
  /** Rows that are missing, too many, or other than the ledger says. */
  differing: number
  /** The table and key of the first of them; null when all agree. */
  first: string | null
}

const TABLES: Readonly<Record<HistoryRow['table'], { key: readonly string[]; values: readonly string[] }>> = {
  totals: { key: ['scope', 'day'], values: ['amount'] },
  similar: { key: ['scope', 'entry'], values: ['at_ms', 'amount', 'due_date'] },
  touches: { key: ['scope', 'entry'], values: ['at_ms', 'caller', 'person', 'what'] },
  moves: { key: ['entry'], values: ['at_ms', 'moves'] },
}
const NAMES = ['totals', 'similar', 'touches', 'moves'] as const

/** Compares every total, similar call and touch since the horizon with what the ledger says. Changes nothing. */
export function* checkHistory(_here: Here, { at_ms }: { at_ms: number }): Steps<HistoryCheck> {
  const since = yield* horizonOf(at_ms)
  const says = yield* ledgerSays(since)
  const expected = new Map(says.map((row) => [keyText(row), valuesText(row)]))
  const differing: string[] = []
  for (const table of NAMES) {
    for (const row of yield* all(`SELECT * FROM history_${table}`)) {
      const kept = rowOf(table, row)
      if (!isSince(kept, since) || isNothing(kept)) continue
      const key = keyText(kept)
      if (expected.get(key) !== valuesText(kept)) differing.push(key)
      expected.delete(key)
    }
  }
  differing.push(...expected.keys())
  const found = differing.sort()
  return { rows: says.length, differing: found.length, first: found[0] ?? null }
}

/** Writes them anew out of the ledger. Decisions that were made on what stood there are made again. */
export function* rebuildHistory(_here: Here, { at_ms }: { at_ms: number }): Steps<{ rows: number }> {
  const since = yield* horizonOf(at_ms)
  const rows = yield* ledgerSays(since)
  const scopes = new Set<string>()
  for (const table of NAMES) {
    const [time, from] = table === 'totals' ? ['day', since.day] : ['at_ms', since.ms]
    if (table !== 'moves') {
      for (const row of yield* all(`SELECT DISTINCT scope FROM history_${table}`)) scopes.add(String(row['scope']))
    }
    yield* all(`DELETE FROM history_${table} WHERE ${time} >= ?`, from)
  }
  for (const row of rows) {
    const { key, values } = TABLES[row.table]
    const names = [...key, ...values]
    yield* all(
      `INSERT INTO history_${row.table} (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      ...[...row.key.slice(0, key.length), ...row.values],
    )
    if (row.table !== 'moves') scopes.add(row.key[0])
  }
  for (const scope of scopes) yield* move(scope)
  return { rows: rows.length }
}

/** Takes away what no rule can reach any more. The ledger keeps it. */
export function* pruneHistory(_here: Here, { at_ms }: { at_ms: number }): Steps<null> {
  yield* all('DELETE FROM history_totals WHERE day < ?', dayOf(at_ms - KEPT_DAYS * DAY_MS))
  yield* all('DELETE FROM history_similar WHERE at_ms < ?', at_ms - KEPT_DAYS * DAY_MS)
  yield* all('DELETE FROM history_touches WHERE at_ms < ?', at_ms - KEPT_DAYS * DAY_MS)
  return null
}

/** From when on all that happened is told by the rows in the database, and none of it is pruned. */
interface Horizon {
  ms: number
  day: string
}

// What was moved into archives is told by them alone: what is older than the first row here stays as it stands.
function* horizonOf(at_ms: number): Steps<Horizon> {
  const firsts = yield* all(
    `SELECT l.at_ms AS at_ms FROM ledger l
     JOIN (SELECT replica, min(seq) AS seq FROM ledger GROUP BY replica) f ON l.replica = f.replica AND l.seq = f.seq
     WHERE l.seq > 1`,
  )
  const ms = Math.max(at_ms - KEPT_DAYS * DAY_MS, ...firsts.map((row) => Number(row['at_ms']) + 1))
  // A day begins earlier or later in another zone.
  return { ms, day: dayOf(ms + 2 * DAY_MS) }
}

function* ledgerSays(since: Horizon): Steps<HistoryRow[]> {
  const replay = replayHistory()
  for (let after = 0; ; ) {
    const page = yield* all(
      `SELECT ord, seq, at_ms, prev, hash, event FROM ledger
       WHERE ord > ? AND kind IN ('opened', 'closed', 'resolved') ORDER BY ord LIMIT ${PAGE}`,
      after,
    )
    for (const row of page) replay.take(readRow(row))
    const last = page.at(-1)
    if (last === undefined) break
    after = Number(last['ord'])
  }
  return replay.rows().filter((row) => isSince(row, since))
}

function isSince({ table, key, values }: HistoryRow, { ms, day }: Horizon): boolean {
  return table === 'totals' ? key[1] >= day : Number(values[0]) >= ms
}

function isNothing({ table, values }: HistoryRow): boolean {
  return table === 'totals' && Number(values[0]) === 0
}

function dayOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}

function rowOf(table: HistoryRow['table'], row: SqlRow): HistoryRow {
  const { key, values } = TABLES[table]
  const [first = '', second = ''] = key.map((name) => String(row[name]))
  return { table, key: [first, second], values: values.map((name) => plain(row[name])) }
}

// PostgreSQL gives large numbers as text.
function plain(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value)
}

function keyText({ table, key }: HistoryRow): string {
  return `${table} ${key.join(' ').trim()}`
}

function valuesText({ values }: HistoryRow): string {
  return JSON.stringify(values.map((value) => plain(value)))
}
