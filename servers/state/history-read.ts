import type { History, Settled } from '../../engine/contract/decision-input.ts'
import { type HistoryAsk, partyScope, rowsScope, totalScopes } from '../../engine/contract/history.ts'
import { versionOf } from './scopes.ts'
import { all, first, type Here, type SqlRow, type Steps } from './sql.ts'

/** A scope as a decision saw it. */
export interface Seen {
  scope: string
  version: number
}

/** What a decision may know of the past, and how new each scope is that its entry depends on. */
export function* historyOf(_here: Here, ask: HistoryAsk): Steps<{ history: History; seen: Seen[] }> {
  // The versions first: what moves after them is at worst seen twice, never missed.
  const seen: Seen[] = []
  for (const scope of ask.guarded) seen.push({ scope, version: yield* versionOf(scope) })
  const scopes = totalScopes(ask)
  const person = yield* settled(scopes.person, ask)
  const rows = yield* first(
    'SELECT amount FROM history_totals WHERE scope = ? AND day = ?',
    ...[rowsScope(ask), ask.day],
  )
  const history: History = {
    settled_today: person.day,
    settled: {
      person,
      caller: yield* settled(scopes.caller, ask),
      company: yield* settled(scopes.company, ask),
      counterparty: yield* settled(scopes.counterparty, ask),
    },
    similar: yield* similarTo(ask),
    counterparty_touched: yield* touchesOf(ask),
    bank_changed_ms: yield* bankChanged(ask),
    rows_today: Number(rows?.['amount'] ?? 0),
  }
  return { history, seen }
}

function* settled(scope: string, { settles, day, from_day }: HistoryAsk): Steps<Settled> {
  if (settles === null) return { day: 0, window: 0 }
  const row = yield* first(
    `SELECT sum(CASE WHEN day = ? THEN amount ELSE 0 END) AS today, sum(amount) AS days FROM history_totals
     WHERE scope = ? AND day >= ? AND day <= ?`,
    ...[day, scope, from_day, day],
  )
  return { day: Number(row?.['today'] ?? 0), window: Number(row?.['days'] ?? 0) }
}

/** At most so many are told of: one is enough to ask somebody, and more only say the same. */
const MOST = 20

function* similarTo({ similar, similar_since_ms }: HistoryAsk): Steps<History['similar']> {
  if (similar === null) return []
  const rows = yield* all(
    `SELECT entry, at_ms, amount, due_date FROM history_similar WHERE scope = ? AND at_ms > ?
     ORDER BY at_ms DESC, entry LIMIT ${MOST}`,
    ...[similar.scope, similar_since_ms],
  )
  return rows.map((row) => ({
    entry: String(row['entry']),
    at_ms: Number(row['at_ms']),
    amount: Number(row['amount']),
    due_date: textOrNull(row, 'due_date'),
  }))
}

// One row for each caller and what they did, the latest: however often a party is changed, nobody drops out of sight.
function* touchesOf({ company, counterparty, touched_since_ms }: HistoryAsk): Steps<History['counterparty_touched']> {
  if (counterparty === null) return []
  const rows = yield* all(
    `SELECT caller, person, what, max(at_ms) AS at_ms FROM history_touches WHERE scope = ? AND at_ms > ?
     GROUP BY caller, person, what ORDER BY at_ms, caller, person, what`,
    ...[partyScope(company, counterparty), touched_since_ms],
  )
  return rows.map((row) => ({
    by: String(row['caller']),
    person: String(row['person']),
    what: row['what'] === 'create' ? ('create' as const) : ('update' as const),
    at_ms: Number(row['at_ms']),
  }))
}

function* bankChanged({ company, counterparty }: HistoryAsk): Steps<number | null> {
  if (counterparty === null) return null
  const row = yield* first('SELECT changed_ms FROM history_bank WHERE scope = ?', partyScope(company, counterparty))
  return row === null || row['changed_ms'] === null ? null : Number(row['changed_ms'])
}

function textOrNull(row: SqlRow, name: string): string | null {
  return typeof row[name] === 'string' ? row[name] : null
}
