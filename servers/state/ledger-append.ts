import { canonicalText } from '../../engine/contract/canonical.ts'
import { FIRST_PREV, type LedgerEvent, rowHash } from '../../engine/contract/ledger.ts'
import { all, first, type Here, type Steps } from './sql.ts'

/** Where this server's chain ends now. */
export function* headOf(here: Here): Steps<{ seq: number; hash: string }> {
  if (here.head !== null) return here.head
  const row = yield* first('SELECT seq, hash FROM ledger WHERE replica = ? ORDER BY seq DESC LIMIT 1', here.replica)
  return { seq: Number(row?.['seq'] ?? 0), hash: String(row?.['hash'] ?? FIRST_PREV) }
}

/** The name of the next entry: the ERP, the replica where there are several, and its place in the chain. */
export function* nextEntry(here: Here): Steps<string> {
  const { seq } = yield* headOf(here)
  const chain = here.replica === '' ? here.erp : `${here.erp}-${here.replica}`
  return `${chain}-${String(seq + 1).padStart(9, '0')}`
}

/** Adds a link to this server's chain. */
export function* append(here: Here, at_ms: number, event: LedgerEvent): Steps<void> {
  const head = yield* headOf(here)
  const seq = head.seq + 1
  const hash = rowHash({ seq, at_ms, prev: head.hash, event })
  yield* all(
    'INSERT INTO ledger (replica, seq, at_ms, prev, hash, event) VALUES (?, ?, ?, ?, ?, ?)',
    ...[here.replica, seq, at_ms, head.hash, hash, canonicalText(event)],
  )
  here.head = { seq, hash }
}
