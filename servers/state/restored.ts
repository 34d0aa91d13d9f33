import type { DecisionInput } from '../../engine/contract/decision-input.ts'
import type { RecordedEvent, RestoredFrom, WrittenAs } from '../../engine/contract/ledger.ts'
import { endApproval } from './approval-operations.ts'
import { readApproval } from './approval-rows.ts'
import { forgetGrants } from './grant-steps.ts'
import { append, nextEntry } from './ledger-append.ts'
import { unknownOutcomes } from './ledger-queries.ts'
import { all, first, type Here, OperationError, type Steps } from './sql.ts'

/** Epoch milliseconds of the last restore: what was given out before it counts no more. */
const RESTORED = 'restored_ms'
/** The entry of a restore after which nobody has compared the ledger with the ERP. */
const UNRECONCILED = 'unreconciled'
const VOID = 'the state was restored from a backup'

/** Who says so, as they claim and as the system knows them. */
export interface Word {
  by: string
  written_as: WrittenAs
}

export interface Restoring extends Word {
  at_ms: number
  /** copy: a database that no server has opened. place: the one that servers use, once they are stopped. */
  of: 'copy' | 'place'
  restored: RestoredFrom
}

export interface Restored {
  entry: string
  /** Requests for approval that are void now. */
  approvals: number
  /** Calls that were running when the backup was made: what became of them nobody knows. */
  unknown: number
}

/**
 * Makes a copy of the past into a present that gives nothing back, and says so in its chain.
 * @throws OperationError where a server runs on it
 */
export function* restore(here: Here, { at_ms, of, restored, by, written_as }: Restoring): Steps<Restored> {
  const live = yield* first(`SELECT instance FROM instances WHERE until_ms > ${here.nowMs}`)
  if (of === 'place' && live !== null) {
    throw new OperationError('a server runs on it: stop it first; one that was killed counts for 10 seconds more')
  }
  yield* all('DELETE FROM instances')
  yield* all('UPDATE pending SET instance = NULL')
  const chain = yield* chainOf(here)
  const entry = yield* record(chain, at_ms, { what: 'restored', restored, by, written_as })
  const open = yield* all(`SELECT body FROM approval WHERE state IN ('pending', 'approved') ORDER BY created_ms, id`)
  for (const { id } of open.map(readApproval)) yield* endApproval(chain, { id, at_ms, reason: VOID })
  yield* forgetGrants()
  yield* keep(RESTORED, String(at_ms))
  yield* keep(UNRECONCILED, entry)
  return { entry, approvals: open.length, unknown: (yield* unknownOutcomes(here)).length }
}

export interface Reconciling extends Word {
  at_ms: number
  reason: string
}

/**
 * A person's word that ledger and ERP were compared since the restore: money moves again.
 * @throws OperationError where nothing waits for it, or the outcome of a call is still unknown
 */
export function* reconcile(here: Here, { at_ms, reason, by, written_as }: Reconciling): Steps<{ entry: string }> {
  if ((yield* unreconciled()) === null) throw new OperationError('nothing waits for it: no restore is unreconciled')
  const [unknown] = yield* unknownOutcomes(here)
  if (unknown !== undefined) {
    throw new OperationError(
      `the outcome of \`${unknown.entry}\` is still unknown: look in the ERP, then \`alcada audit resolve\``,
    )
  }
  const entry = yield* record(yield* chainOf(here), at_ms, { what: 'reconciled', reason, by, written_as })
  yield* all('DELETE FROM settings WHERE name = ?', UNRECONCILED)
  return { entry }
}

/** When this state was last restored, epoch milliseconds; 0: never. */
export function* restoredAt(_here: Here): Steps<number> {
  return Number((yield* first('SELECT value FROM settings WHERE name = ?', RESTORED))?.['value'] ?? 0)
}

/** The restore that nobody has reconciled with the ERP; null where there is none. */
export function* unreconciled(): Steps<string | null> {
  const row = yield* first('SELECT value FROM settings WHERE name = ?', UNRECONCILED)
  return row === null ? null : String(row['value'])
}

/** Whether totals bear on a call: they lack what was settled after the backup. */
export function isMoney({ tool, facts }: DecisionInput): boolean {
  if (tool.effect === 'read') return false
  return (
    tool.money || tool.effect === 'settle' || tool.effect === 'fiscal' || facts.amount !== null || facts.bank_change
  )
}

/** The chain that was written last: whoever writes here has none of its own. */
function* chainOf(here: Here): Steps<Here> {
  const last = yield* first('SELECT replica FROM ledger ORDER BY ord DESC LIMIT 1')
  return { ...here, replica: String(last?.['replica'] ?? here.replica), head: null }
}

function* keep(name: string, value: string): Steps<void> {
  yield* all(
    'INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
    name,
    value,
  )
}

function* record(
  here: Here,
  at_ms: number,
  said: Pick<RecordedEvent, 'restored' | 'reason' | 'by' | 'written_as'> & { what: 'restored' | 'reconciled' },
): Steps<string> {
  const entry = yield* nextEntry(here)
  yield* append(here, at_ms, {
    kind: 'recorded',
    entry,
    request: null,
    code: said.what,
    caller: null,
    tool: null,
    revision: null,
    bundle: null,
    input: null,
    decision: null,
    count: 1,
    source: null,
    ...said,
  })
  return entry
}
