import type { DatabaseSync } from 'node:sqlite'
import { canonicalText } from '../../engine/contract/canonical.ts'
import { FIRST_PREV, type LedgerEvent, rowHash, verifyChain } from '../../engine/contract/ledger.ts'
import { repeatOf, totalsOf, unknownOutcomes } from './ledger-queries.ts'
import { ledgerRows } from './ledger-rows.ts'
import type { Answers, Opened, Opening, Operation } from './operation.ts'

/** A whole batch was not written: none of its operations happened. */
export class BatchError extends Error {
  /** database: nothing can be written now. operation: one of them could not be done; alone the others may be. */
  readonly at: 'database' | 'operation'

  constructor(at: BatchError['at'], cause: unknown) {
    super(cause instanceof Error ? cause.message : 'the ledger was not written', { cause })
    this.name = 'BatchError'
    this.at = at
  }
}

/** An operation that makes no sense; the database is well. */
export class OperationError extends Error {}

export interface LedgerWriter {
  /** Does all operations in one transaction, in order; returns once it is durable. Throws BatchError. */
  write(batch: readonly Operation[]): Answers[keyof Answers][]
  /** Writes something that is no entry, to see whether writing works. Throws when it does not. */
  probe(): void
  /** Its outcome could not be written down: from now on it is unknown. */
  lose(entry: string): void
  close(): void
}

/** Writes one ledger. Entries it opened and has not closed are running; all other unclosed ones are unknown. */
export function ledgerWriter(database: DatabaseSync, erp: string): LedgerWriter {
  const running = new Set<string>()
  const last = database.prepare('SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1')
  const insert = database.prepare('INSERT INTO ledger (seq, at_ms, prev, hash, event) VALUES (?, ?, ?, ?, ?)')
  const opened = database.prepare(
    "SELECT person, company, day FROM ledger WHERE kind = 'opened' AND entry = ? AND NOT EXISTS (SELECT 1 FROM ledger c WHERE c.kind = 'closed' AND c.entry = ledger.entry)",
  )
  const addRows = database.prepare(
    'INSERT INTO rows_read (person, company, day, rows) VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET rows = rows + excluded.rows',
  )

  const append = (at_ms: number, event: LedgerEvent, seq: number, prev: string): void => {
    const row = { seq, at_ms, prev, event }
    insert.run(seq, at_ms, prev, rowHash(row), canonicalText(event))
  }
  const head = (): { seq: number; hash: string } => {
    const row = last.get()
    return row === undefined ? { seq: 0, hash: FIRST_PREV } : { seq: Number(row['seq']), hash: String(row['hash']) }
  }
  const entryId = (seq: number): string => `${erp}-${String(seq).padStart(9, '0')}`

  const open = ({ at_ms, event, repeat, seen }: Opening): Opened => {
    const before = repeat === null ? null : repeatOf(database, repeat, running)
    if (before !== null) return { kind: 'repeat', repeat: before }
    if (seen !== null && totalsOf(database, seen.scope).version !== seen.version) return { kind: 'moved' }
    const { seq, hash } = head()
    const entry = entryId(seq + 1)
    append(at_ms, { ...event, entry }, seq + 1, hash)
    running.add(entry)
    return { kind: 'opened', entry }
  }

  const apply = (operation: Operation): Answers[keyof Answers] => {
    switch (operation.op) {
      case 'open':
        return open(operation)
      case 'close': {
        const { event, at_ms } = operation
        const call = opened.get(event.entry)
        if (call === undefined) throw new OperationError(`entry \`${event.entry}\` is not open`)
        const { seq, hash } = head()
        append(at_ms, event, seq + 1, hash)
        const { person, company, day } = call
        if (event.rows > 0 && typeof person === 'string' && typeof company === 'string' && typeof day === 'string') {
          addRows.run(person, company, day, event.rows)
        }
        return null
      }
      case 'record': {
        const { seq, hash } = head()
        const entry = entryId(seq + 1)
        append(operation.at_ms, { ...operation.event, entry }, seq + 1, hash)
        return { entry }
      }
      case 'totals':
        return totalsOf(database, operation.scope)
      case 'repeat':
        return repeatOf(database, operation.key, running)
      case 'unknown':
        return unknownOutcomes(database, running)
      case 'rows':
        return [...ledgerRows(database, operation.from, operation.to)]
      case 'verify':
        return verifyChain(ledgerRows(database, 1, Number.MAX_SAFE_INTEGER))
    }
  }

  return {
    write(batch) {
      const answers: Answers[keyof Answers][] = []
      let at: BatchError['at'] = 'database'
      try {
        database.exec('BEGIN IMMEDIATE')
        at = 'operation'
        for (const operation of batch) answers.push(apply(operation))
        at = 'database'
        database.exec('COMMIT')
      } catch (cause) {
        if (database.isTransaction) database.exec('ROLLBACK')
        for (const answer of answers) if (answer !== null && 'entry' in answer) running.delete(answer.entry)
        throw new BatchError(at, cause)
      }
      for (const operation of batch) if (operation.op === 'close') running.delete(operation.event.entry)
      return answers
    },
    probe() {
      database.exec("INSERT INTO rows_read VALUES ('', '', '', 1) ON CONFLICT DO UPDATE SET rows = rows + 1")
    },
    lose: (entry) => running.delete(entry),
    close: () => database.close(),
  }
}
