import type { Row } from '../row.ts'

interface Version {
  at: number
  /** undefined from the moment it was removed. */
  row: Row | undefined
}

/** Records by id. Reading one is always current; lists show what was there a moment ago, as Nibo's do. */
export interface LaggingTable {
  get(id: string): Row | undefined
  put(id: string, row: Row): void
  remove(id: string): void
  /** What a list shows: all that was written more than the lag ago. */
  listed(): Row[]
  current(): Row[]
}

export function laggingTable(seed: Iterable<[string, Row]>, now: () => number, lagMs: number): LaggingTable {
  const versions = new Map<string, Version[]>()
  for (const [id, row] of seed) versions.set(id, [{ at: Number.NEGATIVE_INFINITY, row }])
  const write = (id: string, row: Row | undefined): void => {
    versions.set(id, [...(versions.get(id) ?? []).slice(-20), { at: now(), row }])
  }
  const every = (pick: (history: Version[]) => Version | undefined): Row[] =>
    [...versions.values()].flatMap((history) => {
      const row = pick(history)?.row
      return row === undefined ? [] : [row]
    })
  return {
    get: (id) => versions.get(id)?.at(-1)?.row,
    put: write,
    remove: (id) => write(id, undefined),
    listed: () => every((history) => history.findLast(({ at }) => at <= now() - lagMs)),
    current: () => every((history) => history.at(-1)),
  }
}
