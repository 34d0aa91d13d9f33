import { all, first, type Here, type Steps } from './sql.ts'

/** An entry of a process that has stopped saying so is running no more: `r` is the row of `pending`. */
export const alive = (here: Here): string =>
  `(r.instance = ? OR EXISTS (SELECT 1 FROM instances i WHERE i.instance = r.instance AND i.until_ms > ${here.nowMs}))`

/**
 * Says that this process lives. Where it has the state to itself (a file), every other one is gone.
 * @returns the database's clock, epoch milliseconds
 */
export function* beat(here: Here, { alone }: { alone: boolean }): Steps<number> {
  if (alone) {
    yield* all('DELETE FROM instances')
    // What they had taken to tell, nobody tells any more: it is due at once.
    for (const table of ['approval_notice', 'alert_notice']) {
      yield* all(`UPDATE ${table} SET next_ms = 0 WHERE next_ms IS NOT NULL`)
    }
  }
  yield* all(
    `INSERT INTO instances (instance, replica, until_ms) VALUES (?, ?, ${here.nowMs} + ?)
     ON CONFLICT (instance) DO UPDATE SET until_ms = excluded.until_ms`,
    here.instance,
    here.replica,
    here.leaseMs,
  )
  // Long gone: nobody's entries wait for them.
  yield* all(`DELETE FROM instances WHERE until_ms < ${here.nowMs} - 3600000`)
  yield* all(`DELETE FROM record_changes WHERE at_ms < ${here.nowMs} - 3600000`)
  return Number((yield* first(`SELECT ${here.nowMs} AS now`))?.['now'])
}

/** A clean end: what is still open is unknown at once. */
export function* leave(here: Here): Steps<null> {
  yield* all('DELETE FROM instances WHERE instance = ?', here.instance)
  yield* all('UPDATE pending SET instance = NULL WHERE instance = ?', here.instance)
  return null
}
