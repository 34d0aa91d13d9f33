/** What both databases take as a parameter. */
export type SqlValue = string | number | null
export type SqlRow = Readonly<Record<string, unknown>>

export interface Query {
  /** With `?` for each value. Only what SQLite and PostgreSQL both understand. */
  text: string
  values: readonly SqlValue[]
  /** True: its rows are not looked at, so a database far away is not waited for before the next query. Default false. */
  blind?: boolean
}

/** An operation on the database: yields queries, is sent their rows, returns its answer. */
export type Steps<Answer> = Generator<Query, Answer, readonly SqlRow[]>

export function* all(text: string, ...values: SqlValue[]): Steps<readonly SqlRow[]> {
  return yield { text, values }
}

/** Changes rows that nobody looks at. What goes wrong with it is found out before the commit. */
export function* change(text: string, ...values: SqlValue[]): Steps<void> {
  yield { text, values, blind: true }
}

export function* first(text: string, ...values: SqlValue[]): Steps<SqlRow | null> {
  const rows = yield { text, values }
  return rows[0] ?? null
}

/** A `?` for each value, with commas between. */
export function marks(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ')
}

/** The database's clock, epoch milliseconds. */
export function* nowOf(here: Here): Steps<number> {
  return Number((yield* first(`SELECT ${here.nowMs} AS now_ms`))?.['now_ms'])
}

/** An operation that makes no sense; the database is well. */
export class OperationError extends Error {}

/** Where an operation runs. */
export interface Here {
  erp: string
  /** Names the chain this server writes; its own among the replicas of one ERP. */
  replica: string
  /** This process: another one after a restart. */
  instance: string
  /** How long a process that says nothing counts as alive, in milliseconds. */
  leaseMs: number
  /** SQL for the database's own clock, epoch milliseconds: replicas need not agree on theirs. */
  nowMs: string
  /** End of the chain as this transaction knows it; null until it has looked. */
  head: { seq: number; hash: string } | null
}
