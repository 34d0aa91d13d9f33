import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Postgres, query } from '../postgres.ts'
import { type Place, stateFolder } from './databases.ts'

const FOLDER = join(import.meta.dirname, '../../fixtures/older/state')

/**
 * States as the servers of this repository's history wrote them, one of each set of tables there has been. Each holds
 * payment A of R$ 900,00, done; B of R$ 500,00, whose end is not known; C of R$ 100,00, which was running when it ended.
 */
export function olderStates(kind: 'sqlite' | 'sql'): string[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(`.${kind}.gz`))
    .map((name) => name.split('.')[0] ?? '')
    .sort()
}

function read(name: string): Buffer {
  return gunzipSync(readFileSync(join(FOLDER, name)))
}

/** The state in a folder of its own, with the key its tokens were made with. */
export function laidOut(name: string): Place {
  const path = folderWithKey()
  writeFileSync(join(path, 'ledger.sqlite'), read(`${name}.sqlite.gz`), { mode: 0o600 })
  return { path, databaseUrl: null }
}

/** The same in a database of its own. */
export async function loaded(name: string, postgres: Postgres): Promise<Place> {
  const databaseUrl = await postgres.database()
  await query(databaseUrl, read(`${name}.sql.gz`).toString('utf8'))
  return { path: folderWithKey(), databaseUrl }
}

function folderWithKey(): string {
  const path = stateFolder()
  mkdirSync(path, { recursive: true, mode: 0o700 })
  writeFileSync(join(path, 'mask.key'), createHash('sha256').update('a key for tests').digest(), { mode: 0o600 })
  return path
}
