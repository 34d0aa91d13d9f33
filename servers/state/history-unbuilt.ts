import { rebuildHistory } from './history-rebuild.ts'
import { all, first, type Here, type Steps } from './sql.ts'
import { REBUILD_SETTING } from './state-format.ts'

/** Writes history out of a ledger of before there were tables of it, once. */
export function* buildHistory(here: Here, now: { at_ms: number }): Steps<null> {
  if ((yield* first('SELECT value FROM settings WHERE name = ?', REBUILD_SETTING)) === null) return null
  yield* rebuildHistory(here, now)
  yield* all('DELETE FROM settings WHERE name = ?', REBUILD_SETTING)
  return null
}
