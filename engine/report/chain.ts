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
