import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openAnchor } from '../../servers/state/anchor.ts'
import type { AuditCheck } from '../../servers/state/archived-chain.ts'
import { type Audit, openAudit } from '../../servers/state/audit.ts'
import { formerCheckpointKeys, ownCheckpointKey } from '../../servers/state/checkpoint-key.ts'
import type { HistoryCheck } from '../../servers/state/history-rebuild.ts'
import { readMaskKey } from '../../servers/state/mask-key.ts'
import { trustPath } from '../access/public-keys.ts'
import type { CheckpointKey } from '../contract/checkpoint.ts'
import { maskText } from '../contract/mask.ts'
import { parseTrust } from '../contract/trust.ts'
import { chainVerdict, type Restore, restoreWords } from '../report/chain.ts'
import { type EntryView, entriesOf, entryLine } from '../report/entries.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { UsageError } from './usage-error.ts'
import { workplaceOf } from './workplace.ts'
import { writtenAs } from './written-as.ts'

/** What every verb of `alcada audit` that reads entries is given. */
export interface AuditOptions {
  root: string
  environment: Environment
  format: 'text' | 'json'
  /** Of archives: a folder, true for the server's own, false for none. */
  archives: string | boolean
}

export interface SearchFilter {
  entry?: string
  person?: string
  caller?: string
  tool?: string
  company?: string
  what?: string
  /** ISO 8601, the first instant that counts. */
  since?: string
  /** ISO 8601, the first instant that counts no more. */
  until?: string
}

/** `alcada audit tail`: the last entries. */
export async function auditTail(options: AuditOptions & { erp: string; count: number }): Promise<ExitCode> {
  const entries = await allEntries(options, options.erp)
  return told(options.format, entries.slice(-options.count))
}

/** `alcada audit search`. */
export async function auditSearch(options: AuditOptions & { erp: string; filter: SearchFilter }): Promise<ExitCode> {
  const { since = '', until = '~', ...same } = options.filter
  const entries = (await allEntries(options, options.erp)).filter(
    (view) =>
      view.at >= since && view.at < until && Object.entries(same).every(([key, value]) => fieldOf(view, key) === value),
  )
  return told(options.format, entries)
}

/** `alcada audit verify`: exit 3 when a ledger is not what was written. */
export async function auditVerify(
  options: AuditOptions & { erps: readonly string[]; anchor: string | undefined; trust: string | undefined },
): Promise<ExitCode> {
  const { root, environment, format, anchor: target } = options
  const place = workplaceOf(root)
  const tokenFile = environment.passed['ALCADA_ANCHOR_TOKEN_FILE']
  const token = tokenFile === undefined ? null : (await readFile(tokenFile, 'utf8')).trim()
  const anchor = target === undefined ? null : openAnchor(target, token)
  const trusted = await trustedKeys(options.trust ?? trustPath(place.folder), options.trust !== undefined)
  const erps = options.erps.length > 0 ? options.erps : await readdir(join(place.folder, 'state'))
  const chains: ({ erp: string; replica: string; restored: Restore | null } & AuditCheck)[] = []
  const histories: ({ erp: string } & HistoryCheck)[] = []
  for (const erp of erps) {
    const [own, former] = [ownCheckpointKey(stateDir(options, erp)), formerCheckpointKeys(stateDir(options, erp))]
    const keys = [...trusted, ...(own === null ? [] : [own]), ...former]
    await inAudit(options, erp, async (audit) => {
      const replicas = new Set([...(await audit.chains()), ...((await anchor?.chains(erp)) ?? [])])
      for (const replica of replicas.size === 0 ? [''] : replicas) {
        const anchored = (await anchor?.read({ erp, replica })) ?? null
        const check = await audit.verify({ replica, keys, anchored }, archivesOf(options, erp))
        const restored = check.ok || anchored === null ? null : await lastRestore(audit)
        chains.push({ erp, replica, ...check, restored })
      }
      // Out of a chain that was changed nothing follows.
      if (chains.every((chain) => chain.erp !== erp || chain.ok)) {
        histories.push({ erp, ...(await audit.checkHistory(Date.now())) })
      }
    })
  }
  const ok = chains.every((chain) => chain.ok) && histories.every(({ differing }) => differing === 0)
  if (format === 'json') process.stdout.write(`${JSON.stringify({ ok, chains, histories })}\n`)
  else {
    for (const { erp, replica, restored, ...check } of chains) {
      process.stdout.write(`${chainVerdict(erp, replica, check)}${restored === null ? '' : restoreWords(restored)}`)
    }
    process.stdout.write(histories.map(historyVerdict).join(''))
  }
  return ok ? EXIT.done : EXIT.person
}

/** The last restore that a ledger tells of: an anchor goes on telling of the rows that it took the place of. */
async function lastRestore(audit: Audit): Promise<Restore | null> {
  let last: Restore | null = null
  for (const chain of await audit.chains()) {
    for await (const { event, at_ms } of audit.rows(chain, null)) {
      if (event.kind !== 'recorded' || event.restored === undefined) continue
      if (last === null || at_ms > last.at_ms) last = { entry: event.entry, at_ms, ...event.restored }
    }
  }
  return last
}

/** `alcada audit rebuild`: the totals that limits are judged by, anew out of the ledger. */
export async function auditRebuild(options: Omit<AuditOptions, 'archives'> & { erp: string }): Promise<ExitCode> {
  const { erp, format } = options
  const { rows } = await inAudit(options, erp, (audit) => audit.rebuildHistory(Date.now()), 'write')
  const text = `${erp}: ${rows} totals, similar calls and touches written anew out of the ledger\n`
  process.stdout.write(format === 'json' ? `${JSON.stringify({ erp, rows })}\n` : text)
  return EXIT.done
}

/** `alcada audit resolve`: a person's word on an outcome that nobody knows, beside the account that wrote it down. */
export async function auditResolve(
  options: Omit<AuditOptions, 'archives'> & {
    entry: string
    verdict: 'done' | 'not_done'
    reason: string
    by: string | undefined
  },
): Promise<ExitCode> {
  const written_as = writtenAs()
  const { entry: resolves, verdict, by = written_as.user } = options
  // It stands in the ledger for years, and in everything that is made of it.
  const reason = maskText(options.reason, 500)
  const erp = resolves.split('-')[0] ?? ''
  const word = { at_ms: Date.now(), resolves, verdict, reason, by, written_as }
  const { entry } = await inAudit(options, erp, (audit) => audit.resolve(word), 'write')
  const text = `${resolves} is resolved as ${verdict} by ${by}: entry ${entry}\n`
  const told = { entry, resolves, verdict, by, reason, written_as }
  process.stdout.write(options.format === 'json' ? `${JSON.stringify(told)}\n` : text)
  return EXIT.done
}

/** `alcada audit restored`: after the database was restored by its own means, so that nothing comes back with it. */
export async function auditRestored(
  options: Omit<AuditOptions, 'archives'> & { erp: string; backup: string; madeAt: string; by: string | undefined },
): Promise<ExitCode> {
  const written_as = writtenAs()
  const { erp, madeAt, by = written_as.user } = options
  const instant = new Date(madeAt)
  if (Number.isNaN(instant.getTime())) throw new UsageError('expected --made-at as ISO 8601, `2026-11-28T02:15:00Z`')
  const restored = { backup: maskText(options.backup, 200), made_at: instant.toISOString(), before: null }
  const word = { at_ms: Date.now(), of: 'place' as const, restored, by, written_as }
  const done = await inAudit(options, erp, (audit) => audit.restore(word), 'write')
  const { entry, approvals, unknown } = done
  const text = `${erp}: entry ${entry}; void: ${approvals} requests for approval, every token issued until now; unknown: the outcome of ${unknown} calls\n`
  process.stdout.write(options.format === 'json' ? `${JSON.stringify({ erp, ...done })}\n` : text)
  return EXIT.done
}

/** `alcada audit reconciled`: a person's word that ledger and ERP were compared since the last restore. */
export async function auditReconciled(
  options: Omit<AuditOptions, 'archives'> & { erp: string; reason: string; by: string | undefined },
): Promise<ExitCode> {
  const written_as = writtenAs()
  const { erp, by = written_as.user } = options
  const reason = maskText(options.reason, 500)
  const word = { at_ms: Date.now(), reason, by, written_as }
  const { entry } = await inAudit(options, erp, (audit) => audit.reconcile(word), 'write')
  const text = `${erp} is reconciled by ${by}, money moves again: entry ${entry}\n`
  process.stdout.write(options.format === 'json' ? `${JSON.stringify({ entry, erp, by, reason, written_as })}\n` : text)
  return EXIT.done
}

/** `alcada audit key`: the public half of the key a server signs its checkpoints with, for trust.json. */
export async function auditKey(options: Omit<AuditOptions, 'archives'> & { erp: string }): Promise<ExitCode> {
  const key = ownCheckpointKey(stateDir(options, options.erp))
  if (key === null) throw new Error(`the server of ${options.erp} has made no key of its own yet: start it once`)
  process.stdout.write(options.format === 'json' ? `${JSON.stringify(key)}\n` : `${key.id}  ${key.jwk.x}\n`)
  return EXIT.done
}

/** Folder of an ERP's state. */
export function stateDir({ root, environment }: Pick<AuditOptions, 'root' | 'environment'>, erp: string): string {
  return environment.passed['ALCADA_STATE_DIR'] ?? workplaceOf(root).stateDir(erp)
}

/** The key of an ERP's tokens. Throws where there is none. */
export function maskKeyOf(options: Pick<AuditOptions, 'root' | 'environment'>, erp: string): Uint8Array {
  return readMaskKey(stateDir(options, erp), options.environment.passed['ALCADA_MASK_KEY_FILE'] ?? null)
}

/** Folder of an ERP's archives; null: they are not to be read. */
export function archivesOf(options: AuditOptions, erp: string): string | null {
  if (options.archives === false) return null
  if (options.archives !== true) return options.archives
  return options.environment.passed['ALCADA_ARCHIVE_DIR'] ?? join(stateDir(options, erp), 'archive')
}

/** Does something with an ERP's ledger, and lets go of it. */
export async function inAudit<Result>(
  options: Pick<AuditOptions, 'root' | 'environment'>,
  erp: string,
  work: (audit: Audit) => Promise<Result>,
  mode: 'read' | 'write' = 'read',
): Promise<Result> {
  const databaseUrl = options.environment.passed['ALCADA_DATABASE_URL'] ?? null
  const audit = openAudit({ path: stateDir(options, erp), erp, databaseUrl }, mode)
  try {
    return await work(audit)
  } finally {
    await audit.close()
  }
}

async function allEntries(options: AuditOptions, erp: string): Promise<EntryView[]> {
  return inAudit(options, erp, async (audit) => {
    const chains = await audit.chains()
    // Looked at first: what is closed meanwhile is told as it ended.
    const unknown = await audit.unknown()
    const viewed = (replica: string): Promise<EntryView[]> =>
      entriesOf(audit.rows(replica, archivesOf(options, erp)), unknown)
    const entries = (await Promise.all(chains.map(viewed))).flat()
    return chains.length > 1 ? entries.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0)) : entries
  })
}

function told(format: AuditOptions['format'], entries: readonly EntryView[]): ExitCode {
  process.stdout.write(format === 'json' ? `${JSON.stringify({ entries })}\n` : entries.map(entryLine).join(''))
  return EXIT.done
}

function fieldOf(view: EntryView, key: string): unknown {
  return new Map<string, unknown>(Object.entries(view)).get(key)
}

/** Keys of checkpoints in trust.json; a file that was not asked for need not be there. */
export async function trustedKeys(file: string, asked: boolean): Promise<CheckpointKey[]> {
  try {
    return parseTrust(await readFile(file, 'utf8')).keys.filter(({ use }) => use === 'checkpoint')
  } catch (error) {
    if (!asked && error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

function historyVerdict({ erp, differing, first }: { erp: string } & HistoryCheck): string {
  if (differing === 0) return ''
  return `${erp}: ${differing} of the totals are not what the ledger says, first ${first}; \`alcada audit rebuild ${erp}\` writes them anew\n`
}
