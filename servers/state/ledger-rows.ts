import type { DatabaseSync } from 'node:sqlite'
import type { LedgerEvent, LedgerRow } from '../../engine/contract/ledger.ts'

/** Rows by seq, both ends included. A row that is not what was written comes out as it stands, for verifyChain to judge. */
export function* ledgerRows(database: DatabaseSync, from: number, to: number): Generator<LedgerRow> {
  const select = database.prepare(
    'SELECT seq, at_ms, prev, hash, event FROM ledger WHERE seq BETWEEN ? AND ? ORDER BY seq',
  )
  for (const row of select.iterate(from, to)) yield readRow(row)
}

function readRow(row: Record<string, unknown>): LedgerRow {
  const { seq, at_ms, prev, hash, event } = row
  return {
    seq: Number(seq),
    at_ms: Number(at_ms),
    prev: String(prev),
    hash: String(hash),
    event: readEvent(String(event)),
  }
}

// An event is written by this server alone and its hash vouches for it: verifyChain tells when somebody else's hand
// was at it. Text that is no JSON any more becomes an event that no hash fits.
function readEvent(text: string): LedgerEvent {
  try {
    return JSON.parse(text)
  } catch {
    return {
      kind: 'closed',
      entry: 'unreadable',
      outcome: { kind: 'unknown', code: 'unreadable' },
      took_ms: 0,
      rows: 0,
      age_s: 0,
    }
  }
}
