import { randomUUID } from 'node:crypto'
import type { SignedCheckpoint } from '../../engine/contract/checkpoint.ts'
import type { LedgerRow } from '../../engine/contract/ledger.ts'
import type { LedgerEvidence } from '../../engine/contract/ledger-verify.ts'
import { type AuditCheck, archivedBefore, verifyWhole } from './archived-chain.ts'
import type { Driver } from './driver.ts'
import type { HistoryCheck } from './history-rebuild.ts'
import type { Resolving } from './ledger-words.ts'
import { type Answer, ask, type Input, type OperationName } from './operations.ts'
import { POSTGRES_NOW_MS, postgresDriver } from './postgres-driver.ts'
import type { Reconciling, Restored, Restoring } from './restored.ts'
import { openDatabaseToRead, openExistingDatabase } from './sqlite-database.ts'
import { SQLITE_NOW_MS, sqliteDriver } from './sqlite-driver.ts'

export interface AuditPlace {
  /** The ERP's state folder. */
  path: string
  erp: string
  /** Where replicas share a database; null: SQLite in the state folder. */
  databaseUrl: string | null
}

/** A ledger as an auditor looks at it, while its server runs or not. */
export interface Audit {
  /** Replicas that have written; '' is the only server. */
  chains(): Promise<string[]>
  /** Of a chain, in order. @param archives folder of the rows that are no longer in the database; null: without those */
  rows(replica: string, archives: string | null): AsyncGenerator<LedgerRow>
  /** Entries whose outcome nobody knows, those included that no process lived to close. */
  unknown(): Promise<string[]>
  checkpoints(replica: string): Promise<SignedCheckpoint[]>
  /** @param archives as of `rows` */
  verify(evidence: Omit<LedgerEvidence, 'checkpoints' | 'erp'>, archives: string | null): Promise<AuditCheck>
  /** Whether the totals beside the ledger are what it says. */
  checkHistory(nowMs: number): Promise<HistoryCheck>
  /** Writes them anew out of the ledger. */
  rebuildHistory(nowMs: number): Promise<{ rows: number }>
  /** @throws Error when the entry is none whose outcome is unknown */
  resolve(word: Resolving): Promise<{ entry: string }>
  /** Makes what came out of a backup the state of now. @throws Error where a server runs on it */
  restore(restoring: Restoring): Promise<Restored>
  /** @throws Error where nothing waits for it, or an outcome is unknown */
  reconcile(word: Reconciling): Promise<{ entry: string }>
  close(): Promise<void>
}

const PAGE = 1_000
const BUSY_MS = 5_000

/** Opens a ledger that is there. Throws when there is none. */
export function openAudit({ path, erp, databaseUrl }: AuditPlace, mode: 'read' | 'write' = 'read'): Audit {
  const here = { erp, replica: '', instance: `audit ${randomUUID()}`, leaseMs: 0, head: null }
  const database = mode === 'read' ? openDatabaseToRead : (at: string) => openExistingDatabase(at, BUSY_MS)
  const driver: Driver =
    databaseUrl === null
      ? sqliteDriver(database(path), { ...here, nowMs: SQLITE_NOW_MS }, mode)
      : postgresDriver(databaseUrl, { ...here, nowMs: POSTGRES_NOW_MS })
  async function one<Name extends OperationName>(name: Name, input: Input<Name>): Promise<Answer<Name>> {
    const [answer] = await driver.transact([ask(name, input)])
    // The table of operations answers each with its own kind of answer.
    return answer as Answer<Name>
  }

  async function* live(replica: string): AsyncGenerator<LedgerRow> {
    for (let after = 0; ; ) {
      const page = await one('page', { replica, after, limit: PAGE })
      if (after > 0 && page[0]?.seq !== after + 1 && (await one('start', { replica })).seq > after) {
        throw new Error('rows were archived while they were read: run it again')
      }
      yield* page
      const last = page.at(-1)
      if (last === undefined) return
      after = last.seq
    }
  }
  async function* rows(replica: string, archives: string | null): AsyncGenerator<LedgerRow> {
    const [first] = archives === null ? [] : await one('page', { replica, after: 0, limit: 1 })
    if (archives !== null && first !== undefined && first.seq > 1) {
      const segments = (await checkpoints(replica)).flatMap(({ checkpoint }) => checkpoint.archived ?? [])
      yield* archivedBefore(archives, segments, first.seq)
    }
    yield* live(replica)
  }
  async function checkpoints(replica: string): Promise<SignedCheckpoint[]> {
    const found: SignedCheckpoint[] = []
    for (;;) {
      const page = await one('checkpoints', { replica, after: found.length, limit: PAGE })
      found.push(...page)
      if (page.length < PAGE) return found
    }
  }
  return {
    chains: () => one('chains', null),
    rows,
    unknown: async () => (await one('unknown', null)).map(({ entry }) => entry),
    checkpoints,
    async verify(evidence, archives) {
      const own = await checkpoints(evidence.replica)
      return verifyWhole({ ...evidence, erp, checkpoints: own }, live(evidence.replica), archives)
    },
    checkHistory: (at_ms) => one('checkHistory', { at_ms }),
    rebuildHistory: (at_ms) => one('rebuildHistory', { at_ms }),
    resolve: (word) => one('resolve', word),
    restore: (restoring) => one('restore', restoring),
    reconcile: (word) => one('reconcile', word),
    close: () => driver.close(),
  }
}
