import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGzip } from 'node:zlib'
import packageJson from '../../package.json' with { type: 'json' }
import type { ChannelTarget } from '../channel/target.ts'
import { decisionsPath } from '../contract/channel.ts'
import { type DecisionLogRules, decisionLogEvent } from '../contract/decision-log.ts'
import { checkedAddress } from '../gitops/impact/log-address.ts'
import { logRegistry } from '../gitops/impact/log-registry.ts'
import { loadTree } from '../load/load.ts'
import type { Make } from '../publish/channel.ts'
import { openWriter } from '../publish/open.ts'
import { validateTree } from '../validate/validate.ts'
import { type AuditOptions, archivesOf, inAudit } from './audit.ts'
import { EXIT, type ExitCode } from './exit.ts'

export interface ExportOptions extends AuditOptions {
  erp: string
  /** A file; `.gz` at its end: compressed. */
  out?: string
  /** An https address or a registry that takes a log, compressed. */
  to?: string
  method: 'PUT' | 'POST'
  /** Holds the bearer token for it. */
  tokenFile?: string
  /** Only calls of the last so many days. */
  days?: number
  /** Only what `alcada impact` can replay: decisions on calls with all that the policy was told. */
  replay: boolean
}

/** `alcada audit export`: decisions in OPA's decision-log format, a JSON line each. What was there is replaced whole. */
export async function auditExport(options: ExportOptions): Promise<ExitCode> {
  const { erp, out, to, format } = options
  if ((out === undefined) === (to === undefined)) {
    process.stderr.write('alcada: expected --out or --to, one of the two\n')
    return EXIT.usage
  }
  const registry = to === undefined ? null : logRegistry(to)
  const address = to === undefined || registry !== null ? null : checkedAddress(to)
  const place = await mkdtemp(join(out === undefined ? tmpdir() : dirname(out), '.alcada-export-'))
  try {
    const file = join(place, basename(out ?? 'log.gz'))
    const count = await inAudit(options, erp, async (audit) => {
      const rules = await rulesOf(options)
      const written = { decisions: 0 }
      const lines = async function* (): AsyncGenerator<string> {
        for (const replica of await audit.chains()) {
          for await (const row of audit.rows(replica, archivesOf(options, erp))) {
            const event = isWanted(row.at_ms, options)
              ? decisionLogEvent(row, { erp, replica, version: packageJson.version }, rules)
              : null
            if (event === null) continue
            written.decisions += 1
            yield `${JSON.stringify(event)}\n`
          }
        }
      }
      const sink = createWriteStream(file, { mode: 0o600 })
      if (file.endsWith('.gz')) await pipeline(Readable.from(lines()), createGzip(), sink)
      else await pipeline(Readable.from(lines()), sink)
      return written.decisions
    })
    if (out !== undefined) await rename(file, out)
    if (address !== null) await send(file, address, options)
    if (registry !== null) await push(file, registry, options)
    const where = out ?? (address === null ? `${to}` : `${address.origin}${address.pathname}`)
    const told = { decisions: count, [out === undefined ? 'address' : 'file']: where }
    process.stdout.write(format === 'json' ? `${JSON.stringify(told)}\n` : `${count} decisions in ${where}\n`)
    return EXIT.done
  } finally {
    await rm(place, { recursive: true, force: true })
  }
}

function isWanted(atMs: number, { days }: ExportOptions): boolean {
  return days === undefined || atMs >= Date.now() - days * 86_400_000
}

/** What the policy says of a log that leaves the ledger. */
async function rulesOf({ root, erp, replay }: ExportOptions): Promise<DecisionLogRules> {
  const security = validateTree((await loadTree(root, [erp])).tree).erps[erp]?.config.security
  if (security === undefined) throw new Error(`expected a valid policies/${erp}: it says what leaves the ledger`)
  // A replay has to know where tokens stand; that names places, and no value.
  return { allRequests: security.log_all_requests, sensitiveNames: security.log_sensitive_data || replay }
}

/** The newest log takes the place of the one before it; the number only has to rise. */
async function push(file: string, registry: ChannelTarget, { erp, tokenFile }: ExportOptions): Promise<void> {
  const bytes = await readFile(file)
  const writer = await openWriter(registry, { tokenFile: tokenFile ?? null })
  const make: Make = async (_, above) => ({ bytes, number: Math.max(above + 1, Math.floor(Date.now() / 1_000)) })
  await writer.update(decisionsPath(erp), make, PUSH_MS).finally(() => writer.close())
}

/** For others who push at the same time, in milliseconds. */
const PUSH_MS = 30_000

async function send(file: string, address: URL, { method, tokenFile }: ExportOptions): Promise<void> {
  const token = tokenFile === undefined ? null : (await readFile(tokenFile, 'utf8')).trim()
  const answer = await fetch(address, {
    method,
    headers: {
      'content-type': 'application/gzip',
      'content-length': String((await stat(file)).size),
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: Readable.toWeb(createReadStream(file)),
    duplex: 'half',
    // The token is for this address, and for none that it points to.
    redirect: 'error',
  }).catch((cause: unknown) => {
    throw new Error(`expected \`${address.origin}\` to take the log, got no answer`, { cause })
  })
  await answer.body?.cancel()
  if (answer.ok) return
  throw new Error(`expected \`${address.origin}${address.pathname}\` to take the log, got HTTP ${answer.status}`)
}
