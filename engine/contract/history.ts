import { daysBefore } from './calendar.ts'
import { canonicalText } from './canonical.ts'
import type { Config } from './config.ts'
import { NO_GUARDS } from './config-guards.ts'
import type { DecisionInput, History } from './decision-input.ts'
import { readPointer } from './pointer.ts'

/** What a call moves in the ledger's history, from its entry on; a call that definitely failed moves it back. */
export interface HistoryMoves {
  caller: string
  person: string
  company: string
  entity: string
  /** YYYY-MM-DD, in the zone of the policy. */
  day: string
  counterparty: string | null
  /** Centavos; null where it settles nothing. */
  settles: number | null
  /** Null where a similar call is no matter. */
  similar: { scope: string; amount: number; due_date: string | null } | null
  /** It creates or changes a counterparty; of one that it creates, the id is known afterwards. */
  touches: 'create' | 'update' | null
  bank_change: boolean
  /** Rows it may read. */
  rows: number
}

/** What a decision asks of the history. Plain data. */
export interface HistoryAsk extends HistoryMoves {
  /** First day of the window that totals are counted over. */
  from_day: string
  similar_since_ms: number
  touched_since_ms: number
  /** Scopes that may not move between the decision and its entry. Sorted. */
  guarded: string[]
}

/** The history of somebody who did nothing yet. */
export const NO_HISTORY: History = {
  settled_today: 0,
  settled: {
    caller: { day: 0, window: 0 },
    person: { day: 0, window: 0 },
    company: { day: 0, window: 0 },
    counterparty: { day: 0, window: 0 },
  },
  similar: [],
  counterparty_touched: [],
  bank_changed_ms: null,
  rows_today: 0,
}

const DAY_MS = 86_400_000
const PARTIES: readonly string[] = ['customer', 'vendor']

type Call = Omit<DecisionInput, 'history' | 'approvals'>

/** What the call will move. */
export function historyMoves({ caller, tool, facts, time }: Call): HistoryMoves {
  const company = caller.company ?? ''
  return {
    caller: caller.id,
    person: caller.person,
    company,
    entity: tool.entity,
    day: time.date,
    counterparty: facts.counterparty,
    settles: tool.effect === 'settle' ? (facts.amount ?? 0) : null,
    similar: similarOf(tool, facts, company),
    touches: touchOf(tool),
    bank_change: facts.bank_change,
    rows: tool.effect === 'read' ? (facts.rows ?? 1) : 0,
  }
}

/** What has to be known of the past to decide this call. */
export function historyAsk(call: Call, config: Config): HistoryAsk {
  const { tool, time } = call
  const { duties = null, totals = null } = config.rbac
  const { duplicates = null, export: rows = null } = config.security.guards ?? NO_GUARDS
  const moves = historyMoves(call)
  const counted = rows?.entities.includes(tool.entity) === true && tool.effect === 'read'
  return {
    ...moves,
    from_day: daysBefore(time.date, (totals?.window_days ?? 1) - 1),
    similar_since_ms: time.epoch_ms - (duplicates?.window_days ?? 7) * DAY_MS,
    touched_since_ms: time.epoch_ms - (duties?.window_days ?? 30) * DAY_MS,
    guarded: guardedOf(moves, tool.money, counted),
  }
}

/** Keys of the totals that a settlement counts towards. */
export function totalScopes({
  caller,
  person,
  company,
  counterparty,
}: Pick<HistoryMoves, 'caller' | 'person' | 'company' | 'counterparty'>): Record<
  'caller' | 'person' | 'company' | 'counterparty',
  string
> {
  return {
    caller: scopeKey('caller', company, caller),
    person: scopeKey('person', company, person),
    company: scopeKey('company', company),
    // Nobody: a scope of its own that no settlement counts towards.
    counterparty: scopeKey('counterparty', company, counterparty),
  }
}

/** Who touched a counterparty, and its bank data. */
export function partyScope(company: string, counterparty: string): string {
  return scopeKey('party', company, counterparty)
}

/** Rows of an entity that a person reads for a company. */
export function rowsScope({ company, person, entity }: Pick<HistoryMoves, 'company' | 'person' | 'entity'>): string {
  return scopeKey('rows', company, person, entity)
}

// JSON tells `["a","b"]` from `["a\",\"b"]`: no value can pass for the end of another.
function scopeKey(...parts: (string | number | null)[]): string {
  return JSON.stringify(parts)
}

function similarOf(
  { name, effect, money }: DecisionInput['tool'],
  { amount, counterparty, due_date }: DecisionInput['facts'],
  company: string,
): HistoryMoves['similar'] {
  const makes = effect === 'settle' || (effect === 'create' && money)
  if (!makes || amount === null || counterparty === null) return null
  return { scope: scopeKey('similar', company, name, counterparty, amount, due_date), amount, due_date }
}

/** Whether bank data and duties are looked at for records of this entity. */
export function isParty(entity: string): boolean {
  return PARTIES.includes(entity)
}

function touchOf({ entity, effect }: DecisionInput['tool']): HistoryMoves['touches'] {
  return isParty(entity) && (effect === 'create' || effect === 'update') ? effect : null
}

// A read is guarded only where its rows are counted: reads of one person would wait for each other without need.
function guardedOf(moves: HistoryMoves, money: boolean, counted: boolean): string[] {
  const { company, counterparty, settles, similar, touches } = moves
  const scopes: string[] = []
  if (settles !== null) scopes.push(...Object.values(totalScopes(moves)))
  if (similar !== null) scopes.push(similar.scope)
  if (counterparty !== null && (money || touches !== null)) scopes.push(partyScope(company, counterparty))
  if (counted) scopes.push(rowsScope(moves))
  return scopes.sort()
}

/** The bank data a record of a party shows, as canonical text; null where its ERP shows none. */
export function bankText(record: unknown): string | null {
  const bank = readPointer(record, '/bank')
  return typeof bank === 'object' && bank !== null ? canonicalText(bank) : null
}
