import type { DatabaseSync } from 'node:sqlite'

/** Tables of what must not be forgotten: emergency stops, what may be used only once, failures to authenticate. */
const KEPT: Readonly<Record<string, readonly string[]>> = {
  overlay: ['id', 'sequence', 'digest', 'until_ms', 'ended_ms', 'body'],
  used_once: ['digest', 'until_ms'],
  lockouts: ['source', 'subject', 'failures', 'last_ms'],
}

/** Adds to a database out of a backup what the one in its place has learnt since. What both have stays as the backup has it. */
export function carryOver(from: DatabaseSync, to: DatabaseSync): void {
  for (const [table, columns] of Object.entries(KEPT)) {
    const marks = columns.map(() => '?').join(', ')
    const insert = to.prepare(`INSERT OR IGNORE INTO ${table} (${columns.join(', ')}) VALUES (${marks})`)
    for (const row of from.prepare(`SELECT ${columns.join(', ')} FROM ${table}`).iterate()) {
      insert.run(...columns.map((column) => row[column] ?? null))
    }
  }
}

/** Whether a server says that it lives. */
export function isServed(database: DatabaseSync): boolean {
  const now = "CAST(unixepoch('subsec') * 1000 AS INTEGER)"
  return database.prepare(`SELECT 1 AS one FROM instances WHERE until_ms > ${now}`).get() !== undefined
}

/** Where the chain ends; null where nothing was written. */
export function headIn(database: DatabaseSync): { seq: number; hash: string } | null {
  const row = database.prepare('SELECT seq, hash FROM ledger ORDER BY ord DESC LIMIT 1').get()
  return row === undefined ? null : { seq: Number(row['seq']), hash: String(row['hash']) }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB (sqlite.org/rescode.html): a file that no waiting makes whole. */
export function isDamage(error: unknown): error is Error {
  if (!(error instanceof Error && 'errcode' in error)) return false
  return DAMAGES.has(Number(error.errcode) & 0xff)
}

/** SQLITE_BUSY and SQLITE_LOCKED: somebody has it. */
export function isTaken(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && TAKEN.has(Number(error.errcode) & 0xff)
}

const DAMAGES: ReadonlySet<number> = new Set([11, 26])
const TAKEN: ReadonlySet<number> = new Set([5, 6])
