import type { DatabaseSync } from 'node:sqlite'
import { LEDGER_TABLES, SQLITE_LEDGER } from './ledger-schema.ts'

/**
 * The very first ledgers had one chain and no column that names it: their rows become the chain of the only server,
 * with the hashes they have. What was running when it ended is an unknown outcome. To be run in a transaction.
 */
export function takeOverFirstLedger(database: DatabaseSync): void {
  const own = database
    .prepare(
      "SELECT type, name FROM sqlite_schema WHERE tbl_name = 'ledger' AND type IN ('index', 'trigger') AND sql IS NOT NULL",
    )
    .all()
  for (const { type, name } of own) database.exec(`DROP ${String(type)} ${String(name)}`)
  database.exec(`
    ALTER TABLE ledger RENAME TO ledger_of_before;
    ${SQLITE_LEDGER}
    ${LEDGER_TABLES}
    INSERT INTO ledger (replica, seq, at_ms, prev, hash, event)
      SELECT '', seq, at_ms, prev, hash, event FROM ledger_of_before ORDER BY seq;
    INSERT INTO pending (entry, instance)
      SELECT entry, NULL FROM ledger o WHERE kind = 'opened'
        AND NOT EXISTS (SELECT 1 FROM ledger c WHERE c.kind = 'closed' AND c.entry = o.entry AND c.outcome <> 'unknown');
    DROP TABLE ledger_of_before;
    DROP TABLE IF EXISTS rows_read;
  `)
}

/** Columns that every ledger of ours has had. */
export const FIRST_COLUMNS: readonly string[] = ['seq', 'at_ms', 'prev', 'hash', 'event']
