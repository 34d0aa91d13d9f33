import { type HistoryMoves, historyMoves, partyScope, rowsScope, totalScopes } from './history.ts'
import type { LedgerRow } from './ledger.ts'

/** A row of what is kept beside the chain: its table, its key there, and the rest. */
export interface HistoryRow {
  table: 'totals' | 'similar' | 'touches' | 'moves'
  key: readonly [string, string]
  values: readonly (string | number | null)[]
}

/** What the ledger says the history beside it must hold. Rows of one chain come in their order, chains in any. */
export interface HistoryReplay {
  take(row: LedgerRow): void
  rows(): HistoryRow[]
}

interface Call {
  at_ms: number
  moves: HistoryMoves
  /** Rows that were read; null while nobody knows. */
  rows: number | null
  /** Closed as unknown, or not at all: it stands among the moves. */
  open: boolean
  failed: boolean
  made: string | null
}

export function replayHistory(): HistoryReplay {
  const calls = new Map<string, Call>()
  return {
    take({ at_ms, event }) {
      if (event.kind === 'opened' && event.purpose === 'call' && event.input !== null) {
        const moves = historyMoves(event.input)
        calls.set(event.entry, { at_ms, moves, rows: null, open: true, failed: false, made: null })
      }
      const call = calls.get(event.kind === 'resolved' ? event.resolves : event.entry)
      if (call === undefined) return
      if (event.kind === 'closed') {
        const { kind } = event.outcome
        call.rows = event.rows
        call.open = kind === 'unknown'
        call.failed = kind === 'failed'
        call.made = kind === 'done' ? (event.made ?? null) : null
      } else if (event.kind === 'resolved') {
        call.open = false
        call.failed = event.verdict === 'not_done'
      }
    },
    rows() {
      const totals = new Map<string, HistoryRow & { values: [number] }>()
      const add = (scope: string, day: string, amount: number): void => {
        const key = JSON.stringify([scope, day])
        const [before] = totals.get(key)?.values ?? [0]
        totals.set(key, { table: 'totals', key: [scope, day], values: [before + amount] })
      }
      const others = [...calls].flatMap(([entry, call]) => {
        const { moves, rows, failed } = call
        const read = rows ?? moves.rows
        if (read !== 0) add(rowsScope(moves), moves.day, read)
        if (!failed && moves.settles !== null) addSettled(add, moves, moves.settles)
        return besideTotals(entry, call)
      })
      // A total that came back to nothing says the same as none.
      return [...[...totals.values()].filter(({ values: [amount] }) => amount !== 0), ...others]
    },
  }
}

function addSettled(add: (scope: string, day: string, amount: number) => void, moves: HistoryMoves, by: number): void {
  const { counterparty, ...scopes } = totalScopes(moves)
  for (const scope of Object.values(scopes)) add(scope, moves.day, by)
  if (moves.counterparty !== null) add(counterparty, moves.day, by)
}

function besideTotals(entry: string, { at_ms, moves, rows, open, failed, made }: Call): HistoryRow[] {
  const found: HistoryRow[] = []
  const { company, counterparty, caller, person, similar, touches } = moves
  if (open) {
    const kept = rows === null ? moves : { ...moves, rows }
    found.push({ table: 'moves', key: [entry, ''], values: [at_ms, JSON.stringify(kept)] })
  }
  if (failed) return found
  if (similar !== null) {
    const { scope, amount, due_date } = similar
    found.push({ table: 'similar', key: [scope, entry], values: [at_ms, amount, due_date] })
  }
  const touched = [counterparty, made].filter((party) => party !== null)
  for (const party of touches === null ? [] : touched) {
    const values = [at_ms, caller, person, touches]
    found.push({ table: 'touches', key: [partyScope(company, party), entry], values })
  }
  return found
}
