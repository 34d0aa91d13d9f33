import { type ChainCheck, type LedgerRow, verifyChain } from '../../engine/contract/ledger.ts'
import { openDatabaseToRead } from './database.ts'
import { ledgerRows } from './ledger-rows.ts'

/** All rows of a state folder's ledger, while its server runs or not. Throws when there is none. */
export function readLedger(path: string): LedgerRow[] {
  const database = openDatabaseToRead(path)
  try {
    return [...ledgerRows(database, 1, Number.MAX_SAFE_INTEGER)]
  } finally {
    database.close()
  }
}

/** Verifies the chain of a state folder's ledger row by row. */
export function verifyLedger(path: string): ChainCheck {
  const database = openDatabaseToRead(path)
  try {
    return verifyChain(ledgerRows(database, 1, Number.MAX_SAFE_INTEGER))
  } finally {
    database.close()
  }
}
