import { readFile } from 'node:fs/promises'
import { trustPath } from '../access/public-keys.ts'
import { openSource } from '../channel/open.ts'
import type { Decision } from '../contract/decision.ts'
import { firstError, isDecisionInput } from '../contract/decision-guard.ts'
import type { DecisionInput } from '../contract/decision-input.ts'
import { parseTrust } from '../contract/trust.ts'
import { blame } from '../gitops/explain/blame.ts'
import { type BundleSources, bundleSources, treeSources } from '../gitops/explain/bundle-sources.ts'
import { explain } from '../gitops/explain/explain.ts'
import type { ExplainSources } from '../gitops/explain/trace.ts'
import { logLines } from '../gitops/impact/log-lines.ts'
import { readLogged } from '../gitops/impact/logged.ts'
import { loadTree } from '../load/load.ts'
import { type ExplainReport, explainText } from '../report/explain.ts'
import { validateTree } from '../validate/validate.ts'
import { type AuditOptions, archivesOf, inAudit } from './audit.ts'
import { chosenChannel } from './channel.ts'
import { bringCompiler } from './compiler.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { readBundle } from './publication.ts'
import { workplaceOf } from './workplace.ts'

export interface ExplainVerbOptions extends AuditOptions {
  erp: string
  /** A decision input as JSON. */
  input?: string
  /** Of the ledger, or of `log`. */
  entry?: string
  log?: string
  /** The bundle that decided, where the channel no longer keeps it. Default: that of the entry's revision there. */
  bundle?: string
  /** Default: that of the workplace. */
  trust?: string
}

interface Asked {
  input: DecisionInput
  entry: string | null
  at: string | null
  recorded: Decision | null
  /** What decided; null where it is not known. */
  digest: string | null
  revision: number | null
}

/** `alcada explain`: which rule, in which line, by which condition; at which revision, and who let it be merged. */
export async function explainVerb(options: ExplainVerbOptions): Promise<ExitCode> {
  const { erp, root, environment, format } = options
  if ((options.input === undefined) === (options.entry === undefined)) {
    process.stderr.write('alcada: expected --input or --entry, one of the two\n')
    return EXIT.usage
  }
  const opa = await bringCompiler(environment)
  const asked = await askedOf(options)
  const { sources, bundle, words } = await sourcesOf(options, asked)
  const found = await explain(sources, asked.input, opa)
  const commit = bundle?.claims.commit ?? null
  const reasons = await Promise.all(
    found.reasons.map(async ({ rule, ...reason }) => ({
      ...reason,
      rule: rule === null ? null : { ...rule, changed: await blame(root, commit, rule.file, rule.line) },
    })),
  )
  const report: ExplainReport = {
    ...found,
    erp,
    entry: asked.entry,
    at: asked.at,
    sources: { from: bundle === null ? 'tree' : 'bundle', words },
    origin: bundle === null ? null : { ...bundle.claims, development: bundle.development },
    recorded: asked.recorded,
    same: asked.recorded === null || wordsOf(asked.recorded) === wordsOf(found.decision),
    reasons,
  }
  process.stdout.write(format === 'json' ? `${JSON.stringify(report)}\n` : explainText(report))
  return EXIT.done
}

function wordsOf({ effect, reasons, approval }: Decision): string {
  return JSON.stringify([effect, reasons.map(({ code }) => code).sort(), approval])
}

async function askedOf(options: ExplainVerbOptions): Promise<Asked> {
  const { input: file, entry, log } = options
  if (file !== undefined) {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'))
    // A canary, or an event of a log, holds one.
    const input = typeof value === 'object' && value !== null && 'input' in value ? value.input : value
    if (!isDecisionInput(input))
      throw new Error(`\`${file}\` is no input of a decision: ${firstError(isDecisionInput.errors)}`)
    return { input, entry: null, at: null, recorded: null, digest: null, revision: null }
  }
  const found = log === undefined ? await fromLedger(options, entry ?? '') : await fromLog(options, log, entry ?? '')
  if (found !== null) return found
  const where = log === undefined ? `the ledger of ${options.erp}` : `\`${log}\``
  throw new Error(`expected a decision \`${entry}\` in ${where}: \`alcada audit search\` shows what is there`)
}

async function fromLedger(options: ExplainVerbOptions, entry: string): Promise<Asked | null> {
  return inAudit(options, options.erp, async (audit) => {
    for (const replica of await audit.chains()) {
      for await (const { at_ms, event } of audit.rows(replica, archivesOf(options, options.erp))) {
        if (event.entry !== entry || (event.kind !== 'opened' && event.kind !== 'recorded')) continue
        const { input, decision, bundle, revision } = event
        if (input === null || decision === null) throw new Error(`\`${entry}\` is no decision of a policy`)
        return { input, entry, at: new Date(at_ms).toISOString(), recorded: decision, digest: bundle, revision }
      }
    }
    return null
  })
}

async function fromLog({ erp }: ExplainVerbOptions, log: string, entry: string): Promise<Asked | null> {
  for await (const line of (await logLines(log)) ?? []) {
    for (const read of 'text' in line ? readLogged(line.text) : []) {
      if ('bad' in read || read.logged.erp !== erp || read.logged.decision_id !== entry) continue
      const { input, timestamp, decision, revision } = read.logged
      return { input, entry, at: timestamp, recorded: decision, digest: null, revision: Number(revision) || null }
    }
  }
  return null
}

interface Sources {
  sources: ExplainSources
  bundle: BundleSources | null
  words: string
}

/** The bundle that decided, where it can be had; otherwise the sources as they stand, and that is said. */
async function sourcesOf(options: ExplainVerbOptions, asked: Asked): Promise<Sources> {
  const { erp, root } = options
  const { revision, entry } = asked
  if (entry === null && options.bundle === undefined) {
    return { ...(await ofTree(root, erp)), words: 'explained by the sources as they stand here' }
  }
  const { bundle, decided } = await bundleOf(options, asked)
  if (bundle !== null && (decided || entry === null)) {
    const other =
      revision === null || revision === bundle.claims.revision ? '' : `, which was revision ${revision} then`
    const words =
      entry === null ? 'explained by the bundle that was given' : `explained by the very content that decided${other}`
    return { sources: bundle, bundle, words }
  }
  const has = bundle === null ? 'none' : `revision ${bundle.claims.revision}`
  const where = options.bundle === undefined ? 'the channel has' : `\`${options.bundle}\` is`
  const words = `decided at revision ${revision ?? 'unknown'}, of which the bundle is not at hand (${where} ${has}; give it by --bundle): explained by the sources as they stand here`
  return { ...(await ofTree(root, erp)), words }
}

async function ofTree(root: string, erp: string): Promise<Pick<Sources, 'sources' | 'bundle'>> {
  const checked = validateTree((await loadTree(root, [erp])).tree).erps[erp]
  if (checked === undefined)
    throw new Error(`expected a valid policies/${erp}: \`alcada check ${erp}\` says what is wrong`)
  return { sources: treeSources(checked), bundle: null }
}

/**
 * The bundle that was given; otherwise what the channel keeps of the entry's revision, and where that is gone or other
 * content, the newest: the same content may bear a later number.
 */
async function bundleOf(
  { erp, root, environment, bundle, trust }: ExplainVerbOptions,
  { digest, revision }: Asked,
): Promise<{ bundle: BundleSources | null; decided: boolean }> {
  const place = workplaceOf(root)
  const trustFile = trust ?? environment.passed['ALCADA_TRUST_FILE'] ?? trustPath(place.folder)
  const judged = async (bytes: Uint8Array | null): Promise<{ bundle: BundleSources | null; decided: boolean }> => {
    if (bytes === null) return { bundle: null, decided: false }
    const read = bundleSources(bytes, { erp, trust: parseTrust(await readFile(trustFile, 'utf8')) })
    return { bundle: read, decided: digest === null ? read.claims.revision === revision : read.digest === digest }
  }
  if (bundle !== undefined) return judged(await readFile(bundle))
  const { target, access } = chosenChannel(environment, place.channel)
  const source = await openSource(target, access)
  try {
    const kept = await judged(revision === null ? null : await readBundle(source, erp, revision))
    return kept.decided ? kept : await judged(await readBundle(source, erp))
  } finally {
    source.close()
  }
}
