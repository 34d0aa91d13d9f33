import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Decision } from '../../engine/contract/decision.ts'
import type { Caller, DecisionInput, History } from '../../engine/contract/decision-input.ts'
import type { SharedGrants } from '../../engine/contract/erp-grant.ts'
import type { SharedLimits } from '../../engine/contract/erp-limit.ts'
import type { HistoryAsk } from '../../engine/contract/history.ts'
import type { ChainCheck, LedgerRow, OpenedEvent, Outcome, RecordedEvent } from '../../engine/contract/ledger.ts'
import { keyedDigest } from '../../engine/contract/ledger-token.ts'
import type { PersonalSeen } from '../../engine/contract/personal/seen.ts'
import type { Alerts } from './alerts.ts'
import { openAnchor } from './anchor.ts'
import type { Approvals } from './approvals.ts'
import { type Archived, archiving, type RetentionRules } from './archiving.ts'
import type { BudgetDraw, Drawn } from './budget-draw.ts'
import { checkpointSigner } from './checkpoint-key.ts'
import { checkpointRenewal, tellOtherKey } from './checkpoint-renewal.ts'
import { CHECKPOINTS, type CheckpointSettings } from './checkpoint-settings.ts'
import { startCheckpoints, withCheckpoints } from './checkpoints.ts'
import { diskGuard } from './disk.ts'
import type { PartyBank } from './history-bank.ts'
import { withPruning } from './history-prune.ts'
import type { Seen } from './history-read.ts'
import type { Opened, Repeat, UnknownOutcome } from './ledger-words.ts'
import type { LockoutKey } from './lockout-count.ts'
import { maskKey } from './mask-key.ts'
import type { Overlays } from './overlays.ts'
import { startPostgres } from './postgres-client.ts'
import type { RecordSeen } from './record-changes.ts'
import { refuseWhileRestoring } from './restoring.ts'
import { startSqlite } from './sqlite-client.ts'
import { stateOver } from './state-over.ts'
import { LedgerError } from './store.ts'

/** An entry that must be durable before the ERP is called. Values are clear here and tokens in the ledger. */
export interface OpenedEntry {
  request: string
  revision: number
  bundle: string
  purpose: OpenedEvent['purpose']
  tool: string
  company: string
  args: Record<string, unknown>
  /** Null for the server's own reads. */
  input: DecisionInput | null
  decision: Decision | null
  /** The caller's key, null where the tool has none; undefined where a repeat is harmless. */
  repeatKey?: string | null
  /** The scopes as the decision saw them; absent where it does not depend on any. */
  seen?: readonly Seen[]
  /** Records that were read for the decision: none may have changed since. Default none. */
  records?: readonly RecordSeen[]
  /** The request for approval that the call uses up, in the same transaction. */
  approval?: string
}

export interface ClosedOutcome {
  outcome: Outcome
  took_ms: number
  rows: number
  /** Default 0. */
  age_s?: number
  /** Id of the counterparty that was created. Default null. */
  made?: string | null
  /** Personal data that the answer showed, clear or masked. Default none. */
  personal?: readonly PersonalSeen[]
}

export type RecordedEntry = Omit<RecordedEvent, 'kind' | 'entry' | 'count' | 'source'> & {
  /** Default 1. */
  count?: number
  /** Default null. */
  source?: string | null
}

/** What one ERP's server knows across calls and restarts. Everything throws LedgerError when the ledger cannot be used. */
export interface State {
  /** False while nothing can be written: then everything is denied. */
  ready(): boolean
  /** Durable when it resolves. Throws DiskFullError too: a call that changes something needs room for what follows. */
  open(entry: OpenedEntry): Promise<Opened>
  close(entry: string, outcome: ClosedOutcome): Promise<void>
  /** A decision without a call, opened and closed in one; gives the entry. */
  record(entry: RecordedEntry): Promise<string>
  /** What bears on a call, and the versions of it that `open` compares. */
  history(ask: HistoryAsk): Promise<{ history: History; seen: Seen[] }>
  /** Remembers the bank data of counterparties as they were just read: what is other than before has changed now. */
  sawBank(company: string, parties: readonly PartyBank[]): Promise<void>
  /** The earlier call that this one repeats. */
  repeat(call: {
    caller: Caller
    company: string
    tool: string
    args: object
    key: string | null
  }): Promise<Repeat | null>
  /** Resolves when an entry that is running here has been closed; of any other after a moment: look again. */
  ended(entry: string): Promise<void>
  unknownOutcomes(): Promise<UnknownOutcome[]>
  /** Failures to authenticate in a row, across replicas, and how long ago the last one was. */
  failures(key: LockoutKey): Promise<{ failures: number; ago_ms: number }>
  /** Counts one more; after `forgetMs` without one the count begins anew. */
  countFailure(key: LockoutKey & { forgetMs: number }): Promise<number>
  clearFailures(key: LockoutKey): Promise<null>
  /** The ERP's limits, kept together with all replicas. */
  limits: SharedLimits
  /** The tokens the ERP is called with, kept together with all replicas. */
  grants: SharedGrants
  /** Draws some of what a caller may still do in this minute, across replicas. */
  drawBudget(draw: BudgetDraw): Promise<Drawn>
  approvals: Approvals
  alerts: Alerts
  overlays: Overlays
  /** Rows of this server's chain by seq, both ends included. */
  entries(from: number, to: number): Promise<LedgerRow[]>
  /** When the state was last restored from a backup, epoch milliseconds; 0: never. */
  restoredAt(): Promise<number>
  /** Of the rows in the database: what came before stands in archives. */
  verify(): Promise<ChainCheck>
  /** The last row of this server's chain that a receiver of decisions has. */
  delivered(target: string): Promise<number>
  noteDelivered(target: string, seq: number): Promise<void>
  /** Signs checkpoints with the key that stands in its file now; gives its id, null where it is the same. Throws Error. */
  renewCheckpointKey(): Promise<string | null>
  /** Moves what is old out of the database, and removes what is older than the trail has to be. */
  archive(rules: RetentionRules): Promise<Archived>
  stop(): Promise<void>
}

export interface StateOptions {
  /** The ERP's state folder; made (0700) where it is not there. */
  path: string
  erp: string
  /** Epoch milliseconds. */
  now: () => number
  /** `postgres://…`, the database that the replicas of this ERP share; null: SQLite in the state folder. Default null. */
  databaseUrl?: string | null
  /** Tells this server's chain from those of other replicas. Default ''. */
  replica?: string
  /** File with the key of tokens that all replicas share, 32 bytes; null: one of its own in the state folder. Default null. */
  maskKeyFile?: string | null
  /** How long a replica that says nothing counts as alive, in milliseconds. Default 10_000. */
  leaseMs?: number
  /** Default: signed with a key of its own every minute and every 1_000 entries, and kept here only. */
  checkpoint?: CheckpointSettings
  /** Where archives of the ledger stand. Default: `archive` in the state folder. */
  archiveDir?: string | null
  /** Receivers of decisions that must have got a row before it leaves the database. Default none. */
  receivers?: readonly string[]
  /** Hears when a checkpoint could not be brought to an anchor; it is tried again. */
  onAnchorError?: (anchor: string, message: string) => void
  /** Of PostgreSQL: this machine's clock, compared with the database's, epoch milliseconds. Default Date.now. */
  clock?: () => number
  /** Of SQLite: which part of the disk of a folder is taken, 0 to 1. Default: asks the system. */
  diskUsed?: (path: string) => Promise<number>
  /** Of SQLite: how long another process's lock on the ledger is waited for, in milliseconds. Default 2_000. */
  busyTimeoutMs?: number
  /** Of SQLite: heap of the ledger's thread, in megabytes. Default 256. */
  heapMb?: number
  /** Hears when the ledger becomes writable, or stops being so. */
  onHealth?: (ready: boolean, message: string) => void
}

/** Opens the state of one ERP. Throws LedgerError when the ledger cannot be opened. */
export async function openState(options: StateOptions): Promise<State> {
  const { path, erp, now, databaseUrl = null, replica = '', leaseMs = 10_000, onHealth = () => undefined } = options
  const { busyTimeoutMs = 2_000, heapMb = 256, maskKeyFile = null, checkpoint = CHECKPOINTS } = options
  refuseWhileRestoring(path)
  const key = maskKey(path, maskKeyFile)
  const signer = checkpointSigner(path, checkpoint.keyFile)
  const anchorToken =
    checkpoint.anchorTokenFile === null ? null : readFileSync(checkpoint.anchorTokenFile, 'utf8').trim()
  const anchors = checkpoint.anchors.map((target) => openAnchor(target, anchorToken))
  const place = { erp, replica, instance: randomUUID(), leaseMs }
  const store =
    databaseUrl === null
      ? await startSqlite({ ...place, path, busyTimeoutMs, heapMb, onHealth })
      : await startPostgres({ ...place, url: databaseUrl, clock: options.clock, onHealth })
  try {
    // From here on a restore sees that this server lives; one that began before is seen here.
    refuseWhileRestoring(path)
  } catch (error) {
    await store.stop()
    throw error
  }
  const print = keyedDigest('mask key', key)
  if ((await store.ask('claim', { name: 'mask_key', value: print })) !== print) {
    await store.stop()
    throw new LedgerError(
      'another key made the tokens in this database: give every replica the same ALCADA_MASK_KEY_FILE',
    )
  }
  await store.ask('buildHistory', { at_ms: now() })
  const { everyMs, everyEntries } = checkpoint
  const { onAnchorError: onError = () => undefined } = options
  const checkpoints = startCheckpoints({ store, signer, erp, replica, anchors, now, everyMs, everyEntries, onError })
  const counted = withPruning(withCheckpoints(store, checkpoints), now)
  const archive = archiving({
    ...{ store: counted, now, checkpoint: checkpoints.now, receivers: options.receivers ?? [] },
    folder: options.archiveDir ?? join(path, 'archive'),
    anchors: anchors.map(({ name }) => name),
  })
  const over = stateOver(counted, key, now, archive)
  const { record } = over
  await tellOtherKey({ store, signer, record })
  const renewal = { path, given: checkpoint.keyFile, signer, checkpoints, record }
  const state = { ...over, renewCheckpointKey: checkpointRenewal(renewal) }
  // The disk of a database elsewhere is not seen from here.
  if (databaseUrl !== null) return state
  const room = diskGuard(path, options.diskUsed)
  let looking: Promise<unknown> = Promise.resolve()
  return {
    ...state,
    async open(entry) {
      if (entry.input === null || entry.input.tool.effect === 'read') return state.open(entry)
      const looked = room()
      // What was asked for before a stop is written before it.
      looking = Promise.allSettled([looking, looked])
      await looked
      return state.open(entry)
    },
    async stop() {
      await looking
      await state.stop()
    },
  }
}
