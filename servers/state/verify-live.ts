import { type ChainCheck, verifyChain } from '../../engine/contract/ledger.ts'
import type { Store } from './store.ts'

/** Rows read in one go. */
const PAGE = 2_000

/** Verifies the rows of this server's chain that are in the database, page by page. */
export async function verifyLive(store: Store): Promise<ChainCheck> {
  const start = await store.ask('start', { replica: null })
  let at = start
  for (;;) {
    const rows = await store.ask('page', { replica: null, after: at.seq, limit: PAGE })
    const checked = verifyChain(rows, at)
    if (!checked.ok) return { ...checked, rows: at.seq - start.seq + checked.rows }
    const last = rows.at(-1)
    if (last === undefined) return { ok: true, rows: at.seq - start.seq, head: at.hash }
    at = { seq: last.seq, hash: checked.head }
  }
}
