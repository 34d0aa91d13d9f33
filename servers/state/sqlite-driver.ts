import type { DatabaseSync, StatementSync } from 'node:sqlite'
import { BatchError, type Driver } from './driver.ts'
import { isFleeting, stepsOf } from './operations.ts'
import type { Here, Query, SqlRow, Steps } from './sql.ts'

export const SQLITE_NOW_MS = "CAST(unixepoch('subsec') * 1000 AS INTEGER)"

/** Runs operations on SQLite, whose interface is synchronous: a thread of its own is the place for it. */
export function sqliteDriver(database: DatabaseSync, here: Here, mode: 'read' | 'write' = 'write'): Driver {
  const prepared = new Map<string, StatementSync>()
  const run = ({ text, values }: Query): SqlRow[] => {
    const statement = prepared.get(text) ?? database.prepare(text)
    prepared.set(text, statement)
    return statement.all(...values)
  }
  let waits: 'NORMAL' | 'FULL' | null = null
  // In WAL mode NORMAL waits for no disk; the next FULL commit makes what went before it durable too.
  const wait = (next: 'NORMAL' | 'FULL'): void => {
    if (next !== waits) database.exec(`PRAGMA synchronous = ${next}`)
    waits = next
  }
  return {
    async transact(batch) {
      const answers: unknown[] = []
      let at: BatchError['at'] = 'database'
      here.head = null
      try {
        if (mode === 'write') wait(batch.every(isFleeting) ? 'NORMAL' : 'FULL')
        database.exec(mode === 'read' ? 'BEGIN' : 'BEGIN IMMEDIATE')
        at = 'operation'
        for (const asked of batch) answers.push(walk(stepsOf(here, asked), run))
        at = 'database'
        database.exec('COMMIT')
        return answers
      } catch (cause) {
        if (database.isTransaction) database.exec('ROLLBACK')
        throw new BatchError(at, cause)
      }
    },
    close: async () => database.close(),
  }
}

/** Does the steps of an operation with a database that answers at once. */
export function walk<Answer>(steps: Steps<Answer>, run: (query: Query) => readonly SqlRow[]): Answer {
  let next = steps.next()
  while (next.done !== true) next = steps.next(run(next.value))
  return next.value
}
