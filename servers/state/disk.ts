import { statfs } from 'node:fs/promises'

/** Writes to the ERP stop here, so that what has begun can still be written down. */
const FULL = 0.95
/** How long one look at the disk counts, in milliseconds. */
const FRESH_MS = 5_000

/** The disk of the ledger is nearly full: no call may begin that changes anything in the ERP. */
export class DiskFullError extends Error {
  readonly code = 'disk_full'

  constructor() {
    super("the ledger's disk is nearly full")
    this.name = 'DiskFullError'
  }
}

/** @returns throws DiskFullError when the disk of a folder is full to 95 % */
export function diskGuard(path: string, usedPart: (path: string) => Promise<number> = diskUsed): () => Promise<void> {
  let seen: { at: number; part: Promise<number> } | null = null
  return async () => {
    const at = performance.now()
    if (seen === null || at - seen.at > FRESH_MS) seen = { at, part: usedPart(path) }
    if ((await seen.part) >= FULL) throw new DiskFullError()
  }
}

/** Which part of the disk of a folder is taken, 0 to 1, as df has it: what only root may still take counts as taken. */
export async function diskUsed(path: string): Promise<number> {
  const { blocks, bfree, bavail } = await statfs(path)
  const taken = blocks - bfree
  return taken + bavail === 0 ? 0 : taken / (taken + bavail)
}
