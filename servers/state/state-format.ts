import { HISTORY_NAMES } from './history-schema.ts'

/**
 * Of the state that this server writes: its tables and what stands in them. Raise it with any change of either, by one.
 * A server works on every older state: it adds what is missing.
 */
export const STATE_FORMAT = 1
/**
 * The oldest server, by its own STATE_FORMAT, that loses and misreads nothing in a state of this one, such as the replica
 * that still runs while this one comes beside it. Raise it to STATE_FORMAT where there is none.
 */
export const STATE_NEEDS = 1

/** What a database says of itself. */
export interface FoundFormat {
  /** 0: of before states were numbered, or new. */
  format: number
  needs: number
}

export const NO_FORMAT: FoundFormat = { format: 0, needs: 0 }

export const FORMAT_SETTING = 'state_format'
export const NEEDS_SETTING = 'state_needs'
/** Wanted where the tables of history have just been made beside a ledger that was there. */
export const REBUILD_SETTING = 'history_unbuilt'

/**
 * A state of a newer server is left as it is.
 * @param where how a person knows the database
 * @throws Error what has to be done about it
 */
export function refuseNewer({ format, needs }: FoundFormat, where: string): void {
  if (needs <= STATE_FORMAT) return
  throw new Error(
    `${where} was written by a newer server (format ${format}, for servers of format ${needs} on; this one is of ${STATE_FORMAT}): start that one again, nothing was changed`,
  )
}

/** Whether this server may lay its own tables over those that are there. */
export function isOurs({ format }: FoundFormat): boolean {
  return format <= STATE_FORMAT
}

/** Whether history has to be written out of a ledger that is older than the tables it stands in. */
export function lacksHistory(tables: ReadonlySet<string>, ledgerRows: boolean): boolean {
  return ledgerRows && HISTORY_NAMES.some((name) => !tables.has(name))
}

const KEEP = 'INSERT INTO settings (name, value) VALUES'

/** To be run in the transaction that lays the tables. */
export function formatStatements(rebuild: boolean): string {
  const now = [
    [FORMAT_SETTING, STATE_FORMAT],
    [NEEDS_SETTING, STATE_NEEDS],
  ].map(([name, value]) => `${KEEP} ('${name}', '${value}') ON CONFLICT (name) DO UPDATE SET value = excluded.value;`)
  return [...now, ...(rebuild ? [`${KEEP} ('${REBUILD_SETTING}', '1') ON CONFLICT (name) DO NOTHING;`] : [])].join('\n')
}

/** Out of the rows of `settings`. */
export function formatIn(rows: readonly { name: string; value: string }[]): FoundFormat {
  const numberOf = (name: string): number => Number(rows.find((row) => row.name === name)?.value ?? 0)
  return { format: numberOf(FORMAT_SETTING), needs: numberOf(NEEDS_SETTING) }
}
