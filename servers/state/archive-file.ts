import { mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { constants, gunzip, gzip } from 'node:zlib'
import { sha256 } from '../../engine/contract/canonical.ts'
import { type LedgerRow, verifyChain } from '../../engine/contract/ledger.ts'
import { type ArchivedSegment, archivedRows, archiveLine } from '../../engine/contract/ledger-archive.ts'

const compress = promisify(gzip)
const decompress = promisify(gunzip)
/** Bytes an archive may unfold to: a segment of the longest entries is far below. */
const MOST_BYTES = 1_024 ** 3

/**
 * Writes the rows of a segment to its file below the folder: gzip of a JSON line each, 0600, whole or not at all.
 * @throws Error when the rows are not the ones that were written, or the disk does not take them
 */
export async function writeArchive(
  folder: string,
  segment: ArchivedSegment,
  rows: readonly LedgerRow[],
): Promise<{ sha256: string; bytes: number }> {
  faultless(segment, rows)
  const content = await compress(`${rows.map(archiveLine).join('\n')}\n`, { level: constants.Z_BEST_COMPRESSION })
  const path = join(folder, segment.file)
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  const draft = `${path}.${process.pid}`
  try {
    const file = await open(draft, 'w', 0o600)
    try {
      await file.writeFile(content)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(draft, path)
  } finally {
    await rm(draft, { force: true })
  }
  await syncFolder(dirname(path))
  return { sha256: sha256(content), bytes: content.length }
}

export type ArchiveRead =
  | { kind: 'rows'; rows: LedgerRow[] }
  | { kind: 'missing' }
  /** What is wrong, in words that follow its name. */
  | { kind: 'wrong'; reason: string }

/** Reads an archive and holds it to what was said of it when it was written. */
export async function readArchive(
  folder: string,
  segment: ArchivedSegment,
  others: readonly ArchivedSegment[] = [],
): Promise<ArchiveRead> {
  const content = await readFile(join(folder, segment.file)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (content === null) return { kind: 'missing' }
  const digest = sha256(content)
  if (digest !== segment.sha256) return { kind: 'wrong', reason: otherness(content, digest, segment, others) }
  const text = await decompress(content, { maxOutputLength: MOST_BYTES }).then(
    (bytes) => bytes.toString('utf8'),
    () => null,
  )
  const rows = text === null ? null : archivedRows(text)
  if (rows === null) return { kind: 'wrong', reason: 'holds no rows of a ledger' }
  return { kind: 'rows', rows }
}

/** @throws Error when these rows are not exactly those of the segment */
export function faultless({ first_seq, last_seq, prev, hash }: ArchivedSegment, rows: readonly LedgerRow[]): void {
  const checked = verifyChain(rows, { seq: first_seq - 1, hash: prev })
  if (!checked.ok) throw new Error(`row ${checked.broken.seq} is not as it was written: ${checked.broken.reason}`)
  if (rows.length !== last_seq - first_seq + 1 || checked.head !== hash) {
    throw new Error(`expected rows ${first_seq} to ${last_seq} as they were written`)
  }
}

function otherness(
  content: Uint8Array,
  digest: string,
  { bytes }: ArchivedSegment,
  others: readonly ArchivedSegment[],
): string {
  const swapped = others.find(({ sha256: one }) => one === digest)
  if (swapped !== undefined) return `holds what belongs in \`${swapped.file}\``
  if (content.length < bytes) return `was cut short: ${content.length} of ${bytes} bytes`
  return 'is not what was written'
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
