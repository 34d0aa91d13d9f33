// Everything that touches the database is an operation of this table. To add one:
//   1. a file `<feature>-<what>.ts` with a generator `(here, input) => Steps<Answer>`: `const row = yield* first('SELECT … WHERE a = ?', a)`;
//      one text for SQLite and PostgreSQL (`?` for values, ON CONFLICT (key) DO UPDATE, no JSON functions, no clock but here.nowMs);
//   2. its tables in `<feature>-schema.ts` as a SchemaPart, listed in schema.ts;
//   3. one line in Operations (input → answer, plain data: it crosses a thread) and one in `operations`.
// All operations of a batch share one transaction. A batch with a write has the state to itself, across all replicas:
// what an operation reads nobody changes before it commits. Throw OperationError for what makes no sense.
// What must hold together is one operation, called from the other with `yield*`.

import type { SignedCheckpoint } from '../../engine/contract/checkpoint.ts'
import type { History } from '../../engine/contract/decision-input.ts'
import type { GrantFailed, GrantKept, GrantRow, GrantTaken, GrantTaking } from '../../engine/contract/erp-grant.ts'
import type { LimitEnding, LimitTaken, LimitTaking } from '../../engine/contract/erp-limit.ts'
import type { HistoryAsk } from '../../engine/contract/history.ts'
import type { LedgerRow } from '../../engine/contract/ledger.ts'
import { ALERT_READS, type AlertOperations, alertOperations } from './alert-table.ts'
import { APPROVAL_READS, type ApprovalOperations, approvalOperations } from './approval-table.ts'
import { type SeenBank, sawBank, unseenBank } from './bank-seen.ts'
import { type BudgetDraw, type Drawn, drawBudget } from './budget-draw.ts'
import {
  type CheckpointBody,
  checkpointPage,
  deliveredUpTo,
  keepCheckpoint,
  lastCheckpointKey,
  nextCheckpoint,
  noteDelivered,
} from './checkpoint-steps.ts'
import { allGrants, failGrant, keepGrant, resealGrant, takeGrant } from './grant-steps.ts'
import { historyOf, type Seen } from './history-read.ts'
import { checkHistory, type HistoryCheck, pruneHistory, rebuildHistory } from './history-rebuild.ts'
import { buildHistory } from './history-unbuilt.ts'
import { beat, leave } from './lease.ts'
import { close, keep, open, record } from './ledger-commit.ts'
import { chainsOf, ledgerPage } from './ledger-pages.ts'
import { repeatOf, unknownOutcomes } from './ledger-queries.ts'
import { resolve } from './ledger-resolve.ts'
import type {
  Closing,
  Opened,
  Opening,
  Recording,
  Repeat,
  RepeatKey,
  Resolving,
  UnknownOutcome,
} from './ledger-words.ts'
import { endLimit } from './limit-end.ts'
import { takeLimit } from './limit-take.ts'
import { clearFailures, countFailure, failuresOf, type LockoutKey } from './lockout-count.ts'
import { OVERLAY_READS, type OverlayOperations, overlayOperations } from './overlay-table.ts'
import { type Reconciling, type Restored, type Restoring, reconcile, restore, restoredAt } from './restored.ts'
import { SEGMENT_READS, type SegmentOperations, segmentOperations } from './segment-table.ts'
import { claimSetting } from './settings.ts'
import type { Here, Steps } from './sql.ts'

export interface Operations extends ApprovalOperations, OverlayOperations, SegmentOperations, AlertOperations {
  open(opening: Opening): Opened
  close(closing: Closing): null
  record(recording: Recording): { entry: string }
  keep(known: { running: readonly string[] }): null
  resolve(word: Resolving): { entry: string }
  chains(all: null): string[]
  history(ask: HistoryAsk): { history: History; seen: Seen[] }
  checkHistory(now: { at_ms: number }): HistoryCheck
  rebuildHistory(now: { at_ms: number }): { rows: number }
  buildHistory(now: { at_ms: number }): null
  pruneHistory(now: { at_ms: number }): null
  unseenBank(parties: Pick<SeenBank, 'scope' | 'digest'>[]): Pick<SeenBank, 'scope' | 'digest'>[]
  sawBank(seen: { at_ms: number; parties: SeenBank[] }): null
  repeat(key: RepeatKey): Repeat | null
  unknown(all: null): UnknownOutcome[]
  page(part: { replica: string | null; after: number; limit: number }): LedgerRow[]
  beat(alone: { alone: boolean }): number
  leave(nothing: null): null
  restore(restoring: Restoring): Restored
  reconcile(word: Reconciling): { entry: string }
  restoredAt(nothing: null): number
  claim(setting: { name: string; value: string }): string
  nextCheckpoint(nothing: null): CheckpointBody | null
  lastCheckpointKey(nothing: null): string | null
  keepCheckpoint(kept: { signed: SignedCheckpoint }): null
  checkpoints(part: { replica: string | null; after: number; limit: number }): SignedCheckpoint[]
  deliveredUpTo(at: { target: string }): number
  noteDelivered(delivered: { target: string; number: number }): null
  failures(key: LockoutKey): { failures: number; ago_ms: number }
  countFailure(key: LockoutKey & { forgetMs: number }): number
  clearFailures(key: LockoutKey): null
  takeLimit(taking: LimitTaking): LimitTaken
  endLimit(ending: LimitEnding): null
  takeGrant(taking: GrantTaking): GrantTaken
  keepGrant(kept: GrantKept): boolean
  failGrant(failed: GrantFailed): null
  allGrants(nothing: null): GrantRow[]
  resealGrant(row: GrantRow): null
  drawBudget(draw: BudgetDraw): Drawn
}

export type OperationName = keyof Operations
export type Input<Name extends OperationName> = Parameters<Operations[Name]>[0]
export type Answer<Name extends OperationName> = ReturnType<Operations[Name]>

type Table = { [Name in OperationName]: (here: Here, input: Input<Name>) => Steps<Answer<Name>> }

const operations: Table = {
  open,
  close,
  record,
  resolve,
  chains: chainsOf,
  keep,
  history: historyOf,
  checkHistory,
  rebuildHistory,
  buildHistory,
  pruneHistory,
  unseenBank,
  sawBank,
  repeat: repeatOf,
  unknown: unknownOutcomes,
  page: ledgerPage,
  beat,
  leave,
  restore,
  reconcile,
  restoredAt,
  claim: claimSetting,
  nextCheckpoint,
  lastCheckpointKey,
  keepCheckpoint,
  checkpoints: checkpointPage,
  deliveredUpTo,
  noteDelivered,
  failures: failuresOf,
  countFailure,
  clearFailures,
  takeLimit,
  endLimit,
  takeGrant,
  keepGrant,
  failGrant,
  allGrants,
  resealGrant,
  drawBudget,
  ...approvalOperations,
  ...segmentOperations,
  ...alertOperations,
  ...overlayOperations,
}

/** Operations that change nothing: they wait for no other replica. */
const READS: ReadonlySet<OperationName> = new Set<OperationName>([
  'history',
  'checkHistory',
  'unseenBank',
  'chains',
  'repeat',
  'unknown',
  'page',
  'nextCheckpoint',
  'lastCheckpointKey',
  'checkpoints',
  'deliveredUpTo',
  'failures',
  'restoredAt',
  'allGrants',
  ...APPROVAL_READS,
  ...SEGMENT_READS,
  ...ALERT_READS,
  ...OVERLAY_READS,
])

/**
 * Operations whose last moments may be lost with the machine (not with the process): what calls have used up a second
 * ago. They wait for no disk.
 */
const FLEETING: ReadonlySet<OperationName> = new Set<OperationName>(['takeLimit', 'endLimit', 'drawBudget'])

export interface Asked {
  name: OperationName
  input: unknown
}

/** An operation with its own kind of input; only this room makes them. */
export function ask<Name extends OperationName>(name: Name, input: Input<Name>): Asked {
  return { name, input }
}

export function changes({ name }: Asked): boolean {
  return !READS.has(name)
}

export function isFleeting({ name }: Asked): boolean {
  return FLEETING.has(name)
}

export function stepsOf(here: Here, { name, input }: Asked): Steps<unknown> {
  // `ask` has paired the two.
  const operation = operations[name] as (here: Here, input: unknown) => Steps<unknown>
  return operation(here, input)
}
