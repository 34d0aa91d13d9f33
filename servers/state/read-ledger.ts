import type { DatabaseSync } from 'node:sqlite'
import { type ChainCheck, type LedgerRow, verifyChain } from '../../engine/contract/ledger.ts'
import { readRow } from './ledger-pages.ts'
import { openDatabaseToRead } from './sqlite-database.ts'

/** All rows of a state folder's ledger, while its server runs or not. Throws when there is none. */
export function readLedger(path: string): LedgerRow[] {
  const database = openDatabaseToRead(path)
  try {
    return [...rowsOf(database)]
  } finally {
    database.close()
  }
}

/** Verifies the chain of a state folder's ledger row by row. */
export function verifyLedger(path: string): ChainCheck {
  const database = openDatabaseToRead(path)
  try {
    return verifyChain(rowsOf(database))
  } finally {
    database.close()
  }
}

function* rowsOf(database: DatabaseSync): Generator<LedgerRow> {
  const select = database.prepare('SELECT seq, at_ms, prev, hash, event FROM ledger ORDER BY replica, seq')
  for (const row of select.iterate()) yield readRow(row)
}
