import type { RestoredFrom } from '../contract/ledger.ts'
import type { LedgerCheck } from '../contract/ledger-verify.ts'

/** One line of `audit verify`. */
export function chainVerdict(
  erp: string,
  replica: string,
  check: LedgerCheck & { archives: { read: number } | null },
): string {
  const name = replica === '' ? erp : `${erp} (${replica})`
  if (!check.ok) {
    const { seq, entry, reason } = check.broken
    return `${name}: broken at row ${seq}${entry === null ? '' : `, entry ${entry}`}: ${reason}\n`
  }
  const { from, rows, end, archives } = check
  const proof = end.kind === 'proved' ? `end proved up to row ${end.seq}, ${end.after} after it` : end.message
  const which = from === 1 ? `${rows} rows` : `rows ${from} to ${from + rows - 1}`
  const read = archives === null || archives.read === 0 ? '' : `, ${archives.read} archives read`
  const why = archives === null ? 'stands in archives that were not looked at' : 'was removed when its time was over'
  const before = from === 1 ? '' : `; what came before row ${from} ${why}`
  return `${name}: ${which}, each as it was written${read}${before}; ${proof}\n`
}

/** A restore as its entry tells of it. */
export interface Restore extends RestoredFrom {
  entry: string
  at_ms: number
}

/** Below a chain that an anchor disagrees with: that it was restored may be why, and where the other rows are. */
export function restoreWords({ entry, at_ms, backup, made_at, before }: Restore): string {
  const ended =
    before === null ? 'what was there could not be read' : `the ledger that was there ended at row ${before.seq}`
  return `  entry ${entry} says that it was restored on ${new Date(at_ms).toISOString()} from ${backup}, made on ${made_at}; ${ended}
  checkpoints that the anchor has of rows after the backup are of that ledger, which stands in the safety copy of the restore:
  verify it there with this anchor, and give the restored server another place for its own (ALCADA_ANCHOR)
`
}
