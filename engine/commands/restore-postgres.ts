import { mkdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openAudit } from '../../servers/state/audit.ts'
import { carryOver, headIn } from '../../servers/state/carry-over.ts'
import { copyFromPostgres, isServedByPostgres, replaceInPostgres } from '../../servers/state/postgres-copy.ts'
import { openDatabase, openDatabaseToRead } from '../../servers/state/sqlite-database.ts'
import { trustPath } from '../access/public-keys.ts'
import { placeArchives } from '../operate/backup/archives.ts'
import { hold } from '../operate/backup/exchange.ts'
import { copyIn } from '../operate/backup/folder.ts'
import { stateDir } from './audit.ts'
import { besideState, ledgerIn } from './backup.ts'
import {
  keepRevisions,
  maskKeyFile,
  placeMissing,
  type RestoreOptions,
  STOPPED_WITHIN_MS,
  sameServer,
  stampOf,
  type Told,
} from './restored-place.ts'
import { workplaceOf } from './workplace.ts'
import { writtenAs } from './written-as.ts'

/**
 * The same as on SQLite, for a ledger that replicas share: made ready in a file, then put in place in one transaction of the
 * database. Files of the state folder are put only where nothing is, the newest policy that is known included.
 */
export async function restoredInPostgres(options: RestoreOptions, url: string, made_at: string): Promise<Told> {
  const { erp, root, environment, from } = options
  const place = workplaceOf(root)
  const state = stateDir(options, erp)
  const stamp = stampOf(new Date())
  const held = await hold(state, stamp)
  const { draft } = held
  try {
    const isThere = await stopped(url, erp, options.stop === undefined ? 0 : STOPPED_WITHIN_MS)
    await sameServer(maskKeyFile(options), from)
    await copyIn(join(from, 'state'), draft)
    await ledgerIn(draft, erp, trustPath(place.folder))
    const before = isThere ? await withCurrent(url, erp, draft) : null
    const audit = openAudit({ path: draft, erp, databaseUrl: null }, 'write')
    const written_as = writtenAs()
    const restored = { backup: basename(from), made_at, before }
    const done = await audit
      .restore({ at_ms: Date.now(), of: 'copy', restored, by: written_as.user, written_as })
      .finally(() => audit.close())
    const safety = `before_restore_${stamp}_${erp}`
    await replaceInPostgres({ url, erp, folder: draft, safety, expected: before })
    for (const name of ['ledger.sqlite', 'ledger.sqlite-wal', 'ledger.sqlite-shm'])
      await rm(join(draft, name), { force: true })
    await keepRevisions(draft, state)
    const given = environment.passed
    const own = [
      ...(given['ALCADA_MASK_KEY_FILE'] === undefined ? ['mask.key'] : []),
      'checkpoint-keys-before.json',
    ].map((name): [string, string] => [join(state, name), `state/${name}`])
    const beside = await placeMissing([...own, ...besideState(place, root, erp, environment.passed)], from)
    const archives = given['ALCADA_ARCHIVE_DIR'] ?? join(state, 'archive')
    const aside = await placeArchives(join(from, 'state', 'archive'), archives, stamp)
    if (aside !== null) beside.kept.push(aside)
    return { erp, ...done, safety: isThere ? `schema ${safety}` : 'nothing', ...beside, unread: null }
  } finally {
    await held.end()
  }
}

/** Takes over what the state that is there has learnt since, and says where its ledger ends. */
async function withCurrent(url: string, erp: string, draft: string): Promise<{ seq: number; hash: string } | null> {
  const folder = join(draft, 'current')
  await mkdir(folder, { mode: 0o700 })
  await copyFromPostgres(url, erp, folder)
  const [current, database] = [openDatabaseToRead(folder), openDatabase(draft, 1_000)]
  try {
    carryOver(current, database)
    return headIn(current)
  } finally {
    current.close()
    database.close()
    await rm(folder, { recursive: true })
  }
}

/** Waits for all replicas to end; false where there is no state yet. @throws Error while one runs */
async function stopped(url: string, erp: string, withinMs: number): Promise<boolean> {
  for (let waited = 0; ; waited += 500) {
    const served = await isServedByPostgres(url, erp)
    if (served !== true) return served === false
    if (waited >= withinMs) {
      throw new Error(
        `a server of ${erp} runs on its database: stop every replica, or give --stop and --start; one that was killed counts for 10 seconds more`,
      )
    }
    await setTimeout(500)
  }
}
