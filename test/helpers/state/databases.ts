import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { StateOptions } from '../../../servers/state/state.ts'
import { needs } from '../needs.ts'
import { startPostgres } from '../postgres.ts'

/** Where a state is: opened twice with the same, it is found again. */
export type Place = Pick<StateOptions, 'path'> & { databaseUrl: string | null }

export interface Database {
  /** A place with nothing in it. */
  fresh(): Promise<Place>
  stop(): Promise<void>
}

export interface DatabaseKind {
  name: 'SQLite' | 'PostgreSQL'
  /** Why tests on it are left out; null when they run. */
  missing: string | null
  start(): Promise<Database>
}

/**
 * Both databases a state may be in, for tests that must hold on each:
 *
 *     describe.each(databases)('in $name', ({ missing, start }) => { describe.skipIf(missing !== null)(…) })
 */
export const databases: readonly DatabaseKind[] = [
  {
    name: 'SQLite',
    missing: null,
    start: async () => ({
      fresh: async () => ({ path: stateFolder(), databaseUrl: null }),
      stop: async () => undefined,
    }),
  },
  {
    name: 'PostgreSQL',
    missing: needs('postgres').missing,
    async start() {
      const postgres = await startPostgres()
      return {
        fresh: async () => ({ path: stateFolder(), databaseUrl: await postgres.database() }),
        stop: postgres.stop,
      }
    },
  },
]

export function stateFolder(): string {
  return mkdtempSync(join(tmpdir(), 'alcada-state-'))
}
