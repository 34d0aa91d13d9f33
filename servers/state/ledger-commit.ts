import { historyMoves } from '../../engine/contract/history.ts'
import { useApproval } from './approval-operations.ts'
import { moveClosed, moveOpened, standsStill } from './history-write.ts'
import { append, nextEntry } from './ledger-append.ts'
import { repeatOf } from './ledger-queries.ts'
import type { Closing, Opened, Opening, Recording } from './ledger-words.ts'
import { changeRecords, recordChange } from './record-changes.ts'
import { isMoney, unreconciled } from './restored.ts'
import { all, first, type Here, OperationError, type Steps } from './sql.ts'

/** Writes the entry of a call that is about to be made; or says why there is none. */
export function* open(here: Here, { at_ms, event, repeat, seen, records }: Opening): Steps<Opened> {
  const before = repeat === null ? null : yield* repeatOf(here, repeat)
  if (before !== null) return { kind: 'repeat', repeat: before }
  // In the transaction that writes the entry: what a restore forgot is counted by no total.
  if (event.input !== null && isMoney(event.input) && (yield* unreconciled()) !== null) return { kind: 'unreconciled' }
  if (seen !== null && !(yield* standsStill(seen))) return { kind: 'moved' }
  const changed = yield* recordChange(here, at_ms, records)
  if (changed !== null) return { kind: 'record_changed', ...changed }
  const entry = yield* nextEntry(here)
  // Used in the transaction that writes the entry: of calls that race for one approval, one gets through.
  if (event.approval !== undefined && !(yield* useApproval(event.approval, entry, at_ms))) {
    return { kind: 'approval_used' }
  }
  yield* append(here, at_ms, { ...event, entry })
  yield* all('INSERT INTO pending (entry, instance) VALUES (?, ?)', entry, here.instance)
  if (event.purpose === 'call' && event.input !== null) yield* moveOpened(entry, at_ms, historyMoves(event.input))
  yield* changeRecords(here, entry, records)
  return { kind: 'opened', entry }
}

/** Writes how a call ended. Only what is unknown stays for a person to look at. */
export function* close(here: Here, { at_ms, event, made }: Closing): Steps<null> {
  const call = yield* first(
    `SELECT 1 AS one FROM ledger o
     WHERE o.kind = 'opened' AND o.entry = ?
     AND NOT EXISTS (SELECT 1 FROM ledger c WHERE c.kind = 'closed' AND c.entry = o.entry)`,
    event.entry,
  )
  if (call === null) throw new OperationError(`entry \`${event.entry}\` is not open`)
  yield* append(here, at_ms, event)
  if (event.outcome.kind === 'unknown') {
    yield* all('UPDATE pending SET instance = NULL WHERE entry = ?', event.entry)
  } else {
    yield* all('DELETE FROM pending WHERE entry = ?', event.entry)
  }
  yield* moveClosed(event.entry, { outcome: event.outcome.kind, rows: event.rows, made })
  return null
}

export function* record(here: Here, { at_ms, event }: Recording): Steps<{ entry: string }> {
  const entry = yield* nextEntry(here)
  yield* append(here, at_ms, { ...event, entry })
  return { entry }
}

/** Of this process's entries only these are running: all others are unknown. */
export function* keep(here: Here, { running }: { running: readonly string[] }): Steps<null> {
  const known = new Set(running)
  for (const row of yield* all('SELECT entry FROM pending WHERE instance = ?', here.instance)) {
    const entry = String(row['entry'])
    if (!known.has(entry)) yield* all('UPDATE pending SET instance = NULL WHERE entry = ?', entry)
  }
  return null
}
