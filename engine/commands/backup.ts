import { existsSync } from 'node:fs'
import { join } from 'node:path'
import packageJson from '../../package.json' with { type: 'json' }
import { openAudit } from '../../servers/state/audit.ts'
import { formerCheckpointKeys, keepFormer, ownCheckpointKey, readSigner } from '../../servers/state/checkpoint-key.ts'
import { copyFromPostgres } from '../../servers/state/postgres-copy.ts'
import { copyDatabase } from '../../servers/state/sqlite-database.ts'
import { trustPath } from '../access/public-keys.ts'
import { isApart } from '../operate/backup/exchange.ts'
import { copyIn, makeBackup, pruneBackups } from '../operate/backup/folder.ts'
import { BackupError, type Manifest } from '../operate/backup/manifest.ts'
import { type AuditOptions, archivesOf, stateDir, trustedKeys } from './audit.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { type Workplace, workplaceOf } from './workplace.ts'

/** What `backup` and `restore` are both given. */
export interface BackupPlace extends Omit<AuditOptions, 'archives'> {
  erp: string
}

export interface BackupOptions extends BackupPlace {
  /** Folder of all backups. */
  to: string
  /** Days after which a backup is removed; null: none is. */
  pruneDays: number | null
}

/** Files of a state folder that the database is made of: they are copied through it. */
const DATABASE = /^ledger\.sqlite/
/** Archives may stand elsewhere; and who reads a backup must not be able to sign in the server's name. */
const APART: ReadonlySet<string> = new Set(['archive', 'checkpoint-key.json'])

/** `alcada backup`: everything of one ERP's server but the keys of its credentials, while it runs. */
export async function backup(options: BackupOptions): Promise<ExitCode> {
  const { erp, root, environment, to, pruneDays, format } = options
  const place = workplaceOf(root)
  const from = stateDir(options, erp)
  const url = environment.passed['ALCADA_DATABASE_URL']
  if (url === undefined && !existsSync(join(from, 'ledger.sqlite'))) {
    throw new Error(
      `expected the state of ${erp} in \`${from}\`, got no ledger: set ALCADA_STATE_DIR as its server has it`,
    )
  }
  const signer = readSigner(from, environment.passed['ALCADA_CHECKPOINT_KEY_FILE'] ?? null)
  const now = new Date()
  const { folder, manifest } = await makeBackup({
    to,
    signer,
    said: { format: 2, erp, made_at: now.toISOString(), alcada: packageJson.version },
    async fill(draft) {
      const state = join(draft, 'state')
      // Every row that this copy has no longer stands in an archive already.
      await copyIn(from, state, (name) => DATABASE.test(name) || isApart(name) || APART.has(name))
      keepFormer(state, signer.key)
      if (url === undefined) copyDatabase(from, state)
      else await copyFromPostgres(url, erp, state)
      await copyIn(archivesOf({ ...options, archives: true }, erp) ?? '', join(state, 'archive'))
      for (const [path, name] of besideState(place, root, erp, environment.passed))
        await copyIn(path, join(draft, name))
      return ledgerIn(state, erp, trustPath(place.folder))
    },
  })
  const removed = pruneDays === null ? [] : await pruneBackups(to, erp, pruneDays, now.getTime())
  if (format === 'json') process.stdout.write(`${JSON.stringify({ folder, ...manifest, removed })}\n`)
  else {
    const bytes = manifest.files.reduce((sum, file) => sum + file.bytes, 0)
    const rows = manifest.chains.reduce((sum, chain) => sum + chain.rows, 0)
    process.stdout.write(
      `${erp}: ${manifest.files.length} files, ${(bytes / 1_024 ** 2).toFixed(1)} MB, ${rows} rows verified: ${folder}\n`,
    )
    for (const name of removed) process.stdout.write(`${erp}: removed ${name}, older than ${pruneDays} days\n`)
  }
  return EXIT.done
}

/** What a backup holds beside the state: where it stands here, and its name in the backup. */
export function besideState(
  place: Workplace,
  root: string,
  erp: string,
  settings: Readonly<Record<string, string>>,
): [path: string, name: string][] {
  const maskKey = settings['ALCADA_MASK_KEY_FILE']
  return [
    // Where it is not in the state folder already.
    ...(maskKey === undefined ? [] : [[maskKey, 'state/mask.key'] satisfies [string, string]]),
    [settings['ALCADA_CREDENTIALS_STORE'] ?? place.credentialStore(erp), 'credentials/store.jwe'],
    [settings['ALCADA_TRUST_FILE'] ?? trustPath(place.folder), 'trust.json'],
    [settings['ALCADA_TOKEN_KEYS_FILE'] ?? join(place.folder, 'token-keys.json'), 'token-keys.json'],
    [join(root, 'erps', erp), `erps/${erp}`],
    [join(root, 'policies', erp), `policies/${erp}`],
    [join(root, 'policies', 'shared'), 'policies/shared'],
    [join(settings['ALCADA_LOG_DIR'] ?? place.logs, erp), `logs/${erp}`],
  ]
}

/**
 * Verifies the ledger in a copy of a state, archives included, and says where its chains end.
 * @throws BackupError BACKUP_LEDGER_BROKEN
 */
export async function ledgerIn(state: string, erp: string, trust: string): Promise<Manifest['chains']> {
  const own = ownCheckpointKey(state)
  const keys = [...(await trustedKeys(trust, false)), ...(own === null ? [] : [own]), ...formerCheckpointKeys(state)]
  const audit = openAudit({ path: state, erp, databaseUrl: null })
  try {
    const chains: Manifest['chains'] = []
    for (const replica of await audit.chains()) {
      const checked = await audit.verify({ replica, keys, anchored: null }, join(state, 'archive'))
      if (!checked.ok) {
        const { seq, reason } = checked.broken
        throw new BackupError('BACKUP_LEDGER_BROKEN', `row ${seq} of the ledger in \`${state}\`: ${reason}`)
      }
      chains.push({ replica, rows: checked.rows, head: checked.head })
    }
    return chains
  } finally {
    await audit.close()
  }
}
