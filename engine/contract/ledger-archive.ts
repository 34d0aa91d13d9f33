import { canonicalText } from './canonical.ts'
import type { LedgerRow } from './ledger.ts'

/** A part of a chain that stands in a file, as its closing entry and a signed checkpoint tell it. */
export interface ArchivedSegment {
  /** From 1, without gaps. */
  number: number
  first_seq: number
  last_seq: number
  /** Hash of the row before the first. */
  prev: string
  /** Hash of the last row. */
  hash: string
  /** When the latest of its rows was written, epoch milliseconds. */
  until_ms: number
  /** Path below the folder of archives. */
  file: string
  /** Of the file as it is, compressed. */
  sha256: string
  bytes: number
}

/** What an entry says when archives were removed because the policy asks for no more. */
export interface RemovedArchives {
  /** All segments up to this one. */
  through: number
  last_seq: number
  until_ms: number
  trail_retention_days: number
}

/** `omie/_/000000001-000005000.jsonl.gz` */
export function archivePath(erp: string, replica: string, first: number, last: number): string {
  const nine = (seq: number): string => String(seq).padStart(9, '0')
  return `${erp}/${replica === '' ? '_' : replica}/${nine(first)}-${nine(last)}.jsonl.gz`
}

/** A row as a line of an archive, without its end. */
export function archiveLine({ seq, at_ms, prev, hash, event }: LedgerRow): string {
  return canonicalText({ seq, at_ms, prev, hash, event })
}

/** The rows of an archive's text; null where a line is none. Whether they are as written is for the chain to say. */
export function archivedRows(text: string): LedgerRow[] | null {
  const rows: LedgerRow[] = []
  for (const line of text.split('\n')) {
    if (line === '') continue
    const row = rowOf(line)
    if (row === null) return null
    rows.push(row)
  }
  return rows
}

function rowOf(line: string): LedgerRow | null {
  try {
    const value: unknown = JSON.parse(line)
    return isRow(value) ? value : null
  } catch {
    return null
  }
}

// Of the event no more than what the hash is taken over before anybody reads it.
function isRow(value: unknown): value is LedgerRow {
  if (typeof value !== 'object' || value === null) return false
  const { seq, at_ms, prev, hash, event } = { seq: 0, at_ms: '', prev: 0, hash: 0, event: null, ...value }
  if (!Number.isSafeInteger(seq) || !Number.isSafeInteger(at_ms)) return false
  return typeof prev === 'string' && typeof hash === 'string' && typeof event === 'object' && event !== null
}

/** Why these are not the segments of one chain, one after the other from its beginning; null where they are. */
export function segmentsFault(
  segments: readonly ArchivedSegment[],
): { segment: ArchivedSegment; reason: string } | null {
  let before = { number: 0, last_seq: 0, hash: '0'.repeat(64) }
  for (const segment of segments) {
    const { number, first_seq, last_seq, prev } = segment
    const follows = number === before.number + 1 && first_seq === before.last_seq + 1 && prev === before.hash
    if (!follows || last_seq < first_seq)
      return { segment, reason: `archive ${number} does not follow the one before it` }
    before = segment
  }
  return null
}
