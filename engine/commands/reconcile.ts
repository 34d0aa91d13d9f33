import { readFile } from 'node:fs/promises'
import { decodeJwt } from 'jose'
import { hasErrors } from '../compile/project.ts'
import type { LedgerRow } from '../contract/ledger.ts'
import type { ReconcileMap } from '../contract/reconcile.ts'
import { timeIn } from '../contract/zone-time.ts'
import { loadTree } from '../load/load.ts'
import { type LedgerSide, ledgerSide } from '../operate/reconcile/ledger-calls.ts'
import { openReader } from '../operate/reconcile/reader.ts'
import { type Reconciled, type Reconciling, reconcile } from '../operate/reconcile/reconcile.ts'
import type { ReconcileReport } from '../operate/reconcile/report.ts'
import { reconcileCsv } from '../operate/reconcile/report-csv.ts'
import { reconcileText } from '../operate/reconcile/report-text.ts'
import type { Window } from '../operate/reconcile/window.ts'
import { formatFindings } from '../report/findings.ts'
import { validateTree } from '../validate/validate.ts'
import { type AuditOptions, archivesOf, inAudit } from './audit.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { UsageError } from './usage-error.ts'
import { writtenAs } from './written-as.ts'

export interface ReconcileOptions {
  root: string
  environment: Environment
  erp: string
  /** YYYY-MM-DD; default 30 days ago, or the day of the backup where a restore waits for a reconciliation. */
  from?: string
  /** YYYY-MM-DD; default: no end. */
  to?: string
  /** Address of the server's MCP endpoint. */
  server: string
  /** Holds the token that the ERP is read with. */
  tokenFile: string
  /** Lifts the block of a restore where nothing differs. */
  clear: boolean
  /** Whose word that is; default the account that runs it. */
  by?: string
  archives: string | boolean
  format: 'text' | 'json' | 'csv'
}

const DAY_MS = 86_400_000

/** `alcada reconcile`: what the ERP did and what the ledger says, side by side; exit 3 when somebody has to look. */
export async function reconcileErp(options: ReconcileOptions): Promise<ExitCode> {
  const { erp, environment, format } = options
  const map = await declared(options)
  if (map === null) return EXIT.person
  const token = (await readFile(options.tokenFile, 'utf8')).trim()
  const dayAt = timeIn(environment.passed['ALCADA_TIME_ZONE'] ?? 'America/Sao_Paulo')
  const dayOf = (at_ms: number): string => dayAt(at_ms).date
  const before = await ledgerOf(options)
  const window = windowOf(options, before, dayOf)
  const companies = companiesOf(token, before)
  const onWait = (seconds: number, code: string): void =>
    void process.stderr.write(`${erp}: waiting ${seconds} s, as the ERP asks (${code})\n`)
  const reader = await openReader({ mcp: addressOf(options.server), token, onWait })
  const ledger = (): Promise<LedgerSide> => ledgerOf(options)
  const done = await reconcile({ map, ledger, reader, window, companies, dayOf }).finally(() => reader.close())
  const cleared = options.clear ? await clear(options, done, window, dayOf) : null
  const report: ReconcileReport = {
    ...{ erp, window, companies: companies.map(({ company }) => company) },
    ...{ ...done, cleared: cleared?.sentence ?? null },
  }
  const text = { text: reconcileText, csv: reconcileCsv, json: (one: object) => `${JSON.stringify(one)}\n` }[format](
    report,
  )
  process.stdout.write(text)
  return done.clean && cleared?.refused !== true ? EXIT.done : EXIT.person
}

/** Null where what was written about the ERP has errors, which were told. */
async function declared({ root, erp, environment }: ReconcileOptions): Promise<ReconcileMap | null> {
  const { tree, findings } = await loadTree(root, [erp])
  const checked = validateTree(tree)
  const all = [...findings, ...checked.findings]
  const found = checked.erps[erp]
  if (hasErrors(all) || found === undefined) {
    process.stderr.write(formatFindings(all, 'text', { colour: environment.colour, sources: tree.texts }))
    return null
  }
  const { reconcile: map } = found.toolsFile
  if (map !== undefined) return map
  throw new UsageError(
    `\`erps/${erp}/tools.yaml\` does not say where the ERP shows what was done: add \`reconcile:\`, as erps/tryton has it`,
  )
}

function ledgerOf(options: ReconcileOptions): Promise<LedgerSide> {
  const { erp, archives, root, environment } = options
  const place: AuditOptions = { root, environment, archives, format: 'text' }
  return inAudit(place, erp, async (audit) => {
    const unknown = await audit.unknown()
    const chains = await audit.chains()
    async function* rows(): AsyncGenerator<LedgerRow> {
      for (const chain of chains) yield* audit.rows(chain, archivesOf(place, erp))
    }
    return ledgerSide(rows(), unknown)
  })
}

function windowOf({ from, to }: ReconcileOptions, { restore }: LedgerSide, dayOf: (at_ms: number) => string): Window {
  const start = from ?? dayOf(restore === null ? Date.now() - 30 * DAY_MS : Date.parse(restore.backup_made_at))
  if (to !== undefined && to < start) throw new UsageError(`expected --to on or after ${start}, got ${to}`)
  return { from: start, to: to ?? null }
}

/** What a token is bound to; whether that holds is for the server to judge. @throws UsageError */
function companiesOf(token: string, { calls }: LedgerSide): Reconciling['companies'] {
  const bound = claimOf(token)
  if (bound.length > 0) return bound.map((company) => ({ company, named: bound.length > 1 }))
  const [only, ...others] = [...new Set(calls.map(({ company }) => company))]
  if (only !== undefined && others.length === 0) return [{ company: only, named: false }]
  throw new UsageError('the token names no company: issue one with `alcada token issue … --company`')
}

function claimOf(token: string): string[] {
  try {
    const { companies } = decodeJwt<{ companies?: unknown }>(token)
    return Array.isArray(companies) ? companies.filter((one) => typeof one === 'string') : []
  } catch (cause) {
    throw new UsageError('expected --token-file to hold a token of `alcada token issue`', { cause })
  }
}

function addressOf(server: string): URL {
  const url = URL.parse(server)
  if (url !== null && /^https?:$/.test(url.protocol)) return url
  throw new UsageError(
    `expected --server as the address of an MCP endpoint, \`https://omie.example/mcp\`, got \`${server}\``,
  )
}

interface Cleared {
  sentence: string
  refused: boolean
}

async function clear(
  options: ReconcileOptions,
  done: Reconciled,
  window: Window,
  dayOf: (at_ms: number) => string,
): Promise<Cleared> {
  const { erp, root, environment } = options
  const refused = (why: string): Cleared => ({ sentence: `money stays where it is: ${why}`, refused: true })
  const { restore } = done
  if (restore === null) return { sentence: 'nothing to lift: no restore waits for a reconciliation', refused: false }
  const since = dayOf(Date.parse(restore.backup_made_at))
  if (!done.clean) return refused('not everything is clean')
  if (window.from > since || window.to !== null) {
    return refused(`the backup was made on ${since}: compare \`--from ${since}\`, without \`--to\``)
  }
  const written_as = writtenAs()
  const { by = written_as.user } = options
  const reason = `alcada reconcile since ${window.from}: ${done.records} records of the ERP compared, none differs`
  const word = { at_ms: Date.now(), reason, by, written_as }
  const { entry } = await inAudit({ root, environment }, erp, (audit) => audit.reconcile(word), 'write')
  return { sentence: `${erp} is reconciled by ${by}, money moves again: entry ${entry}`, refused: false }
}
