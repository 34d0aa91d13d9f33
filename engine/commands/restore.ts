import { spawnSync } from 'node:child_process'
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { openAudit } from '../../servers/state/audit.ts'
import { carryOver, headIn, isDamage, isServed, isTaken } from '../../servers/state/carry-over.ts'
import {
  formerCheckpointKeys,
  keepFormer,
  ownCheckpointKey,
  publicCheckpointKey,
  readSigner,
} from '../../servers/state/checkpoint-key.ts'
import { openDatabase, openDatabaseToRead } from '../../servers/state/sqlite-database.ts'
import { trustPath } from '../access/public-keys.ts'
import type { CheckpointKey } from '../contract/checkpoint.ts'
import { placeArchives } from '../operate/backup/archives.ts'
import { hold } from '../operate/backup/exchange.ts'
import { copyIn, syncAll } from '../operate/backup/folder.ts'
import { checkedManifest } from '../operate/backup/manifest.ts'
import { stateDir, trustedKeys } from './audit.ts'
import { besideState, ledgerIn } from './backup.ts'
import { EXIT, type ExitCode } from './exit.ts'
import {
  isThere,
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

/** `alcada restore`: a backup in the place of a server's state; nothing that was taken back since comes back with it. */
export async function restore(options: RestoreOptions): Promise<ExitCode> {
  // What is wrong with the backup is known before anything is stopped.
  const manifest = await checkedManifest(options.from, options.erp, await keysOf(options))
  if (options.stop !== undefined) run(options.stop)
  let told: Told
  try {
    const url = options.environment.passed['ALCADA_DATABASE_URL']
    told = await (url === undefined
      ? exchanged(options, manifest.made_at)
      : (await import('./restore-postgres.ts')).restoredInPostgres(options, url, manifest.made_at))
  } finally {
    if (options.start !== undefined) run(options.start)
  }
  process.stdout.write(options.format === 'json' ? `${JSON.stringify(told)}\n` : inWords(told))
  return EXIT.done
}

/** Keys that may have signed a backup of this server. */
async function keysOf(options: RestoreOptions): Promise<CheckpointKey[]> {
  const { root, environment, erp, signedBy } = options
  const { ALCADA_TRUST_FILE: given, ALCADA_CHECKPOINT_KEY_FILE: file } = environment.passed
  const trusted = await trustedKeys(given ?? trustPath(workplaceOf(root).folder), false)
  const state = stateDir(options, erp)
  const own = file === undefined ? ownCheckpointKey(state) : readSigner(state, file).key
  const said = signedBy === undefined ? [] : [publicCheckpointKey(signedBy)]
  return [...trusted, ...(own === null ? [] : [own]), ...formerCheckpointKeys(state), ...said]
}

async function exchanged(options: RestoreOptions, made_at: string): Promise<Told> {
  const { erp, root, environment, from } = options
  const place = workplaceOf(root)
  const state = stateDir(options, erp)
  const held = await hold(state, stampOf(new Date()))
  try {
    const { before, unread } = await stopped(state, options.stop === undefined ? 0 : STOPPED_WITHIN_MS)
    await sameServer(maskKeyFile(options), from)
    await copyIn(join(from, 'state'), held.draft)
    // It stands in no backup: the key that is here goes on, and without one the server makes another.
    await copyIn(join(state, 'checkpoint-key.json'), join(held.draft, 'checkpoint-key.json'))
    for (const key of formerCheckpointKeys(state).reverse()) keepFormer(held.draft, key)
    await ledgerIn(held.draft, erp, trustPath(place.folder))
    const archives = environment.passed['ALCADA_ARCHIVE_DIR']
    if (archives !== undefined) await rm(join(held.draft, 'archive'), { recursive: true, force: true })
    await keepRevisions(state, held.draft)
    const database = openDatabase(held.draft, 1_000)
    try {
      if (before !== null) withCurrent(state, (current) => carryOver(current, database))
    } finally {
      database.close()
    }
    const audit = openAudit({ path: held.draft, erp, databaseUrl: null }, 'write')
    const written_as = writtenAs()
    const restored = { backup: basename(from), made_at, before }
    const done = await audit
      .restore({ at_ms: Date.now(), of: 'copy', restored, by: written_as.user, written_as })
      .finally(() => audit.close())
    await syncAll(held.draft)
    const beside = await placeMissing(besideState(place, root, erp, environment.passed), from)
    await held.exchange()
    if (archives !== undefined) {
      const aside = await placeArchives(join(from, 'state', 'archive'), archives, stampOf(new Date()))
      if (aside !== null) beside.kept.push(aside)
    }
    return { erp, ...done, safety: held.safety, ...beside, unread }
  } finally {
    await held.end()
  }
}

/** Waits for the server to end. @throws Error while it runs */
async function stopped(
  state: string,
  withinMs: number,
): Promise<{ before: { seq: number; hash: string } | null; unread: string | null }> {
  if (!(await isThere(join(state, 'ledger.sqlite')))) return { before: null, unread: null }
  for (let waited = 0; ; waited += 500) {
    try {
      const found = withCurrent(state, (current) => ({ served: isServed(current), before: headIn(current) }))
      if (!found.served) return { before: found.before, unread: null }
    } catch (error) {
      // A ledger that is damaged is what backups are for; one that is locked has a server.
      if (isDamage(error)) return { before: null, unread: error.message }
      if (!isTaken(error)) throw error
    }
    if (waited >= withinMs)
      throw new Error(
        `a server runs on \`${state}\`: stop it, or give --stop and --start; one that was killed counts for 10 seconds more`,
      )
    await setTimeout(500)
  }
}

function withCurrent<Result>(state: string, work: (current: ReturnType<typeof openDatabaseToRead>) => Result): Result {
  const current = openDatabaseToRead(state)
  try {
    return work(current)
  } finally {
    current.close()
  }
}

/** @throws Error when it does not end well */
function run(command: string): void {
  const [program = '', ...words] = command.trim().split(/\s+/)
  // What it says is no part of the report.
  const { status, error } = spawnSync(program, words, { stdio: ['ignore', 2, 2] })
  if (status !== 0) throw new Error(`\`${command}\` ended with ${error?.message ?? `code ${status}`}`)
}

function inWords({ erp, entry, safety, approvals, unknown, placed, kept, unread }: Told): string {
  const lines = [
    `${erp}: restored, ledger entry ${entry}; what was there before: ${safety}`,
    ...(unread === null
      ? []
      : [`the ledger that was there cannot be read (${unread}): emergency stops made here are lost`]),
    ...placed.map((path) => `put where nothing was: ${path}`),
    ...kept.map((path) => `left as it is: ${path}`),
    `void: ${approvals} requests for approval, every token issued until now; unknown: the outcome of ${unknown} calls`,
    `money does not move until ledger and ERP are compared: \`alcada audit resolve\` what is unknown, then \`alcada audit reconciled ${erp}\``,
  ]
  return `${lines.join('\n')}\n`
}
