import type { LedgerEvent, LedgerRow } from '../../engine/contract/ledger.ts'
import { all, type Here, type SqlRow, type Steps } from './sql.ts'

/** Rows of one chain after a place. A row that is not what was written comes out as it stands, for verifyChain to judge. */
export function* ledgerPage(
  here: Here,
  { replica, after, limit }: { replica: string | null; after: number; limit: number },
): Steps<LedgerRow[]> {
  const rows = yield* all(
    'SELECT seq, at_ms, prev, hash, event FROM ledger WHERE replica = ? AND seq > ? ORDER BY seq LIMIT ?',
    replica ?? here.replica,
    after,
    limit,
  )
  return rows.map(readRow)
}

/** The replicas that have written here. */
export function* chainsOf(): Steps<string[]> {
  const rows = yield* all('SELECT DISTINCT replica FROM ledger ORDER BY replica')
  return rows.map((row) => String(row['replica']))
}

export function readRow({ seq, at_ms, prev, hash, event }: SqlRow): LedgerRow {
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
