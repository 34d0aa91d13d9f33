import { moveClosed } from './history-write.ts'
import { alive } from './lease.ts'
import { append, nextEntry } from './ledger-append.ts'
import type { Resolving } from './ledger-words.ts'
import { all, first, type Here, OperationError, type Steps } from './sql.ts'

/** Writes a person's word on an outcome that nobody knew: what it holds back is released, or kept for good. */
export function* resolve(
  here: Here,
  { at_ms, resolves, verdict, reason, by, written_as }: Resolving,
): Steps<{ entry: string }> {
  const call = yield* first(
    `SELECT o.replica AS replica FROM ledger o
     JOIN pending r ON r.entry = o.entry
     WHERE o.kind = 'opened' AND o.entry = ? AND (r.instance IS NULL OR NOT ${alive(here)})`,
    resolves,
    here.instance,
  )
  if (call === null) throw new OperationError(`entry \`${resolves}\` is none whose outcome is unknown`)
  // In the chain of the entry, whoever writes it.
  const chain: Here = { ...here, replica: String(call['replica']), head: null }
  const entry = yield* nextEntry(chain)
  const word = { resolves, verdict, reason, by, ...(written_as === undefined ? {} : { written_as }) }
  yield* append(chain, at_ms, { kind: 'resolved', entry, ...word })
  if (chain.replica === here.replica) here.head = chain.head
  yield* all('DELETE FROM pending WHERE entry = ?', resolves)
  yield* moveClosed(resolves, { outcome: verdict === 'done' ? 'done' : 'failed', rows: null, made: null })
  return { entry }
}
