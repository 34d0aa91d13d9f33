import { access } from 'node:fs/promises'
import { join } from 'node:path'
import type { LedgerRow } from '../../engine/contract/ledger.ts'
import type { ArchivedSegment } from '../../engine/contract/ledger-archive.ts'
import {
  archivedIn,
  type LedgerCheck,
  type LedgerEvidence,
  ledgerVerifier,
} from '../../engine/contract/ledger-verify.ts'
import { readArchive } from './archive-file.ts'

/** What the archives say besides: null where they were not looked at. */
export type AuditCheck = LedgerCheck & { archives: { read: number } | null }

type Broken = Extract<LedgerCheck, { ok: false }>['broken']

const DAY_MS = 86_400_000

/**
 * Verifies a chain: the rows in the database, and before them those in archives.
 * @param folder archives stand below it; null: they are not looked at, and the chain begins where the database does
 */
export async function verifyWhole(
  evidence: LedgerEvidence,
  live: AsyncIterable<LedgerRow>,
  folder: string | null,
): Promise<AuditCheck> {
  const verifier = ledgerVerifier(evidence)
  const segments = archivedIn(evidence)
  const rows = live[Symbol.asyncIterator]()
  const first = await rows.next()
  const begins = first.done === true ? Number.POSITIVE_INFINITY : first.value.seq
  let removedThrough = 0
  let broken: Broken | null = null
  let read = 0
  // What a checkpoint says that nobody trusts is not looked into.
  let halted = !verifier.take([])

  const take = (row: LedgerRow): boolean => {
    if (row.event.kind === 'recorded' && row.event.removed !== undefined) {
      const { through, until_ms, trail_retention_days } = row.event.removed
      removedThrough = Math.max(removedThrough, through)
      // As the checkpoints know the archives, and not only as the entry says.
      const theirs = segments.filter(({ number }) => number <= through).map((segment) => segment.until_ms)
      if (Math.max(until_ms, ...theirs) + trail_retention_days * DAY_MS > row.at_ms) {
        broken ??= { seq: row.seq, entry: row.event.entry, reason: 'archives were removed before their time' }
      }
    }
    halted = !verifier.take([row])
    return !halted
  }
  const gone = folder === null ? [] : await missingIn(folder, segments)
  const lastGone = gone.filter(({ last_seq }) => last_seq < begins).at(-1)?.number ?? 0
  if (folder !== null && !halted) {
    for (const segment of segments) {
      const found = await readArchive(folder, segment, segments)
      if (found.kind === 'missing') continue
      if (found.kind === 'wrong') {
        broken ??= { seq: segment.first_seq, entry: null, reason: `archive \`${segment.file}\` ${found.reason}` }
        continue
      }
      read += 1
      if (broken === null && segment.number > lastGone && segment.last_seq < begins) found.rows.every(take)
    }
  }
  if (broken === null) {
    for (let next = first; next.done !== true; next = await rows.next()) if (!take(next.value)) break
  }
  await rows.return?.()
  const lost = gone.find(({ number }) => number > removedThrough)
  if (lost !== undefined) broken ??= { seq: lost.first_seq, entry: null, reason: `archive \`${lost.file}\` is missing` }
  const end = verifier.end()
  const archives = folder === null ? null : { read }
  // A row is told of before the archive it stands in.
  if (broken === null || halted) return { ...end, archives }
  return { ok: false, rows: end.rows, broken, archives }
}

/**
 * Rows in archives before those in the database, for reading. Archives that are gone from the beginning on are passed over.
 * @throws Error when one is not what was written, or a later one is missing
 */
export async function* archivedBefore(
  folder: string,
  segments: readonly ArchivedSegment[],
  begins: number,
): AsyncGenerator<LedgerRow> {
  let any = false
  for (const segment of segments.filter(({ last_seq }) => last_seq < begins)) {
    const found = await readArchive(folder, segment, segments)
    if (found.kind === 'missing' && !any) continue
    if (found.kind !== 'rows') {
      const what = found.kind === 'missing' ? 'is missing' : found.reason
      throw new Error(`archive \`${segment.file}\` ${what}; \`alcada audit verify\` says more`)
    }
    any = true
    yield* found.rows
  }
}

async function missingIn(folder: string, segments: readonly ArchivedSegment[]): Promise<ArchivedSegment[]> {
  const missing: ArchivedSegment[] = []
  for (const segment of segments) {
    await access(join(folder, segment.file)).catch(() => missing.push(segment))
  }
  return missing
}
