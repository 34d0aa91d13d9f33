import { randomUUID } from 'node:crypto'
import { NO_HISTORY } from '../../engine/contract/history.ts'
import type { RequestDeps } from '../../servers/request/deps.ts'

type State = RequestDeps['state']

/** The same state, but nothing is written of a call, and nobody looks whether it was made before. */
export function withoutLedger(state: State): State {
  return {
    ...state,
    open: async () => ({ kind: 'opened', entry: randomUUID() }),
    close: async () => undefined,
    record: async () => randomUUID(),
    repeat: async () => null,
  }
}

/** The same state, but nothing is known of the past, and a call that is written down moves nothing in it. */
export function withoutHistory(state: State): State {
  return {
    ...state,
    history: async () => ({ history: NO_HISTORY, seen: [] }),
    sawBank: async () => undefined,
    // Only calls are counted: as a read of the server's own the same entry is written, and no more.
    open: (entry) => state.open({ ...entry, purpose: entry.purpose === 'call' ? 'resolve' : entry.purpose, seen: [] }),
  }
}

/** The same state, but calls of other replicas on the same record are not looked for. */
export function withoutRecords(state: State): State {
  return { ...state, open: (entry) => state.open({ ...entry, records: [] }) }
}
