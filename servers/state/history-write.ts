import { type HistoryMoves, partyScope, rowsScope, totalScopes } from '../../engine/contract/history.ts'
import type { Outcome } from '../../engine/contract/ledger.ts'
import type { Seen } from './history-read.ts'
import { move, versionOf } from './scopes.ts'
import { all, first, type Steps } from './sql.ts'

/** True when nothing that the decision saw has moved. */
export function* standsStill(seen: readonly Seen[]): Steps<boolean> {
  for (const { scope, version } of seen) if ((yield* versionOf(scope)) !== version) return false
  return true
}

/** Counts a call that is about to be made: it may happen from now on. */
export function* moveOpened(entry: string, at_ms: number, moves: HistoryMoves): Steps<void> {
  const { company, counterparty, settles, similar, touches, rows, day } = moves
  yield* all(
    'INSERT INTO history_moves (entry, at_ms, moves) VALUES (?, ?, ?)',
    ...[entry, at_ms, JSON.stringify(moves)],
  )
  if (settles !== null) yield* addSettled(moves, settles)
  if (similar !== null) {
    yield* all(
      'INSERT INTO history_similar (scope, entry, at_ms, amount, due_date) VALUES (?, ?, ?, ?, ?)',
      ...[similar.scope, entry, at_ms, similar.amount, similar.due_date],
    )
    yield* move(similar.scope)
  }
  if (touches !== null && counterparty !== null) yield* touch(entry, at_ms, moves, counterparty)
  if (moves.bank_change && counterparty !== null) yield* bankChangedAt(partyScope(company, counterparty), at_ms)
  if (rows > 0) yield* add(rowsScope(moves), day, rows)
}

export interface MoveEnd {
  outcome: Outcome['kind']
  /** Rows that were read; null where nobody knows more than before. */
  rows: number | null
  /** Id of the counterparty that was created; null when none was, or it is not known. */
  made: string | null
}

/** Corrects what was counted, now that the end of the call is known; an unknown end keeps what may have happened. */
export function* moveClosed(entry: string, { outcome, rows, made }: MoveEnd): Steps<void> {
  const found = yield* first('SELECT at_ms, moves FROM history_moves WHERE entry = ?', entry)
  if (found === null) return
  const moves: HistoryMoves = JSON.parse(String(found['moves']))
  const read = (rows ?? moves.rows) - moves.rows
  if (read !== 0) yield* add(rowsScope(moves), moves.day, read)
  if (outcome === 'unknown') {
    // A second end (somebody found out what happened) must not count the rows again.
    yield* all(
      'UPDATE history_moves SET moves = ? WHERE entry = ?',
      ...[JSON.stringify({ ...moves, rows: moves.rows + read }), entry],
    )
    return
  }
  yield* all('DELETE FROM history_moves WHERE entry = ?', entry)
  if (outcome === 'failed') yield* moveBack(entry, moves)
  else if (moves.touches === 'create' && made !== null) {
    yield* touch(entry, Number(found['at_ms']), moves, made)
  }
}

function* moveBack(entry: string, moves: HistoryMoves): Steps<void> {
  const { company, counterparty, settles, similar, touches } = moves
  if (settles !== null) yield* addSettled(moves, -settles)
  if (similar !== null) {
    yield* all('DELETE FROM history_similar WHERE scope = ? AND entry = ?', similar.scope, entry)
    yield* move(similar.scope)
  }
  if (touches !== null && counterparty !== null) {
    const scope = partyScope(company, counterparty)
    yield* all('DELETE FROM history_touches WHERE scope = ? AND entry = ?', scope, entry)
    yield* move(scope)
  }
  // A hold on payments that began with the attempt stays: that bank data did not change is only the ERP's word.
}

/** From now on bank data of this counterparty counts as changed. */
export function* bankChangedAt(scope: string, at_ms: number): Steps<void> {
  yield* all(
    `INSERT INTO history_bank (scope, digest, changed_ms) VALUES (?, NULL, ?)
     ON CONFLICT (scope) DO UPDATE SET changed_ms = excluded.changed_ms`,
    ...[scope, at_ms],
  )
  yield* move(scope)
}

function* addSettled(moves: HistoryMoves, amount: number): Steps<void> {
  const { counterparty, ...scopes } = totalScopes(moves)
  for (const scope of Object.values(scopes)) yield* add(scope, moves.day, amount)
  if (moves.counterparty !== null) yield* add(counterparty, moves.day, amount)
}

function* add(scope: string, day: string, amount: number): Steps<void> {
  yield* all(
    `INSERT INTO history_totals (scope, day, amount) VALUES (?, ?, ?)
     ON CONFLICT (scope, day) DO UPDATE SET amount = history_totals.amount + excluded.amount`,
    ...[scope, day, amount],
  )
  yield* move(scope)
}

function* touch(entry: string, at_ms: number, moves: HistoryMoves, counterparty: string): Steps<void> {
  const scope = partyScope(moves.company, counterparty)
  yield* all(
    'INSERT INTO history_touches (scope, entry, at_ms, caller, person, what) VALUES (?, ?, ?, ?, ?, ?)',
    ...[scope, entry, at_ms, moves.caller, moves.person, moves.touches],
  )
  yield* move(scope)
}
