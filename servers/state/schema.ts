import { ALERT_TABLES } from './alert-schema.ts'
import { APPROVAL_TABLES } from './approval-schema.ts'
import { BUDGET_TABLES } from './budget-schema.ts'
import { CHECKPOINT_TABLES } from './checkpoint-schema.ts'
import { GRANT_TABLES } from './grant-schema.ts'
import { HISTORY_TABLES } from './history-schema.ts'
import { LEDGER_TABLES, POSTGRES_LEDGER, SQLITE_GUARDS } from './ledger-schema.ts'
import { LIMIT_TABLES } from './limit-schema.ts'
import { LOCKOUT_TABLES } from './lockout-schema.ts'
import { OVERLAY_TABLES } from './overlay-schema.ts'
import { RECORD_TABLES } from './record-schema.ts'
import { SEGMENT_TABLES } from './segment-schema.ts'

/** Tables of each feature, `CREATE … IF NOT EXISTS`, as SQLite writes them: `INTEGER`, `TEXT`, `BLOB`, `) STRICT;`. */
const PARTS: readonly string[] = [
  LEDGER_TABLES,
  CHECKPOINT_TABLES,
  LOCKOUT_TABLES,
  APPROVAL_TABLES,
  HISTORY_TABLES,
  RECORD_TABLES,
  LIMIT_TABLES,
  GRANT_TABLES,
  SEGMENT_TABLES,
  BUDGET_TABLES,
  ALERT_TABLES,
  OVERLAY_TABLES,
]

/** To be run once the ledger's own table is whole. */
export const SQLITE_SCHEMA: string = [SQLITE_GUARDS, ...PARTS].join('\n')

// PostgreSQL's INTEGER has 32 bits, too few for a time in milliseconds; its tables are always strict.
const forPostgres = (text: string): string =>
  text
    .replaceAll(/\bINTEGER\b/g, 'BIGINT')
    .replaceAll(/\bBLOB\b/g, 'BYTEA')
    .replaceAll(') STRICT;', ');')

export const POSTGRES_SCHEMA: string = [POSTGRES_LEDGER, ...PARTS.map(forPostgres)].join('\n')
