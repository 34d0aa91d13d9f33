import { setMaxListeners } from 'node:events'
import { developmentKeys } from '../access/development-keys.ts'
import { openPolicyCompiler, type PolicyCompiler } from '../compile/compile.ts'
import { type Checked, checkProject, hasErrors } from '../compile/project.ts'
import { publishBundle } from '../publish/bundle.ts'
import { folderWriter } from '../publish/folder.ts'
import { formatFindings } from '../report/findings.ts'
import { bringCompiler } from './compiler.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { type Signing, signedBundle } from './sign.ts'
import { startStandIns } from './stand-ins.ts'
import { startUpIssuer } from './up-issuer.ts'
import { upNeeds } from './up-needs.ts'
import { readyJson, readyText } from './up-report.ts'
import { startServers } from './up-servers.ts'
import { watchProject } from './watch-project.ts'
import { openWorkplace } from './workplace.ts'

export interface UpOptions {
  root: string
  erps: readonly string[]
  json: boolean
  /** First TCP port; each ERP takes two. 0: any free ones. */
  port: number
  environment: Environment
}

/**
 * `alcada up`: check, build, start the stand-in ERPs and one server per ERP, then watch the folders: a saved edit is
 * checked, built and enforced; a broken one prints its findings and changes nothing. Ends on SIGINT or SIGTERM.
 */
export async function up({ root, erps, json, port, environment }: UpOptions): Promise<ExitCode> {
  const say = (text: string): void => void process.stderr.write(text)
  await using closing = new AsyncDisposableStack()
  const compiler = await openPolicyCompiler({ compiler: await bringCompiler(environment) })
  closing.defer(() => compiler.close())
  const first = await checkProject(root, erps, compiler, TRIED_OUT)
  report(first, environment)
  if (hasErrors(first.findings)) return EXIT.person
  const place = await openWorkplace(root)
  const keys = await developmentKeys(place.folder)
  const publish = publisher(place.channel, keys.bundle)
  for (const erp of first.compiled) await publish(erp)

  const standIns = await startStandIns(first.names, { erps: first.erps })
  closing.defer(() => standIns.close())
  const issuer = await startUpIssuer(place, keys, port === 0 ? 0 : port + 2 * first.names.length)
  closing.defer(() => issuer.close())
  const needs = new Map(first.compiled.map((erp) => [erp.name, upNeeds(erp)]))
  const servers = await startServers({
    names: first.names,
    needs,
    port,
    place,
    keys,
    standIns,
    issuer,
    environment,
    say,
  })
  closing.defer(async () => void (await Promise.all(servers.map((server) => server.stop()))))
  const changed = (paths: readonly string[]): Promise<void> =>
    rebuild({ root, erps, compiler, environment, publish, say }, paths)
  closing.defer(await watchProject(root, changed))
  process.stdout.write(json ? readyJson(servers) : readyText(servers, root))
  await ended()
  return EXIT.done
}

/** A limit can be tried out before its table is rewritten: `check` insists on both, and on formatted, tested Rego. */
const TRIED_OUT = { checks: 'fast', differing: 'warning' } as const

type Publish = (erp: Checked['compiled'][number]) => Promise<number | null>

/** Publishes what differs from what was published last. @returns the revision, null when nothing changed */
function publisher(channelDir: string, key: Signing['key']): Publish {
  const channel = folderWriter(channelDir)
  const last = new Map<string, { digest: string; revision: number }>()
  return async (erp) => {
    const before = last.get(erp.name)
    if (before?.digest === erp.digest) return null
    const bundle = (revision: number): Promise<Uint8Array> => signedBundle(erp, { revision, key, nowMs: Date.now() })
    // What it published itself it knows, even when somebody has spoilt the channel since.
    const { revision } = await publishBundle({ channel, erp: erp.name, bundle, above: before?.revision })
    last.set(erp.name, { digest: erp.digest, revision })
    return revision
  }
}

interface Rebuild {
  root: string
  erps: readonly string[]
  compiler: PolicyCompiler
  environment: Environment
  publish: Publish
  say(text: string): void
}

async function rebuild(
  { root, erps, compiler, environment, publish, say }: Rebuild,
  paths: readonly string[],
): Promise<void> {
  const began = performance.now()
  const touched = touchedErps(paths)
  const checked = await checkProject(root, touched ?? erps, compiler, TRIED_OUT)
  report(checked, environment)
  if (hasErrors(checked.findings)) return say('nothing changed: the running policies stay in force\n')
  for (const erp of checked.compiled) {
    const revision = await publish(erp)
    if (revision === null) continue
    say(`${erp.name}: revision ${revision} published ${Math.round(performance.now() - began)} ms after the save\n`)
  }
}

/** The ERPs these paths belong to; null when one of them belongs to all, or there are none to go by. */
function touchedErps(paths: readonly string[]): string[] | null {
  if (paths.length === 0) return null
  const names = paths.map((path) => path.split('/')[1] ?? 'shared')
  return names.includes('shared') ? null : [...new Set(names)]
}

function report({ findings, sources }: Checked, { colour }: Environment): void {
  if (findings.length > 0) process.stderr.write(formatFindings(findings, 'text', { colour, sources }))
}

function ended(): Promise<void> {
  setMaxListeners(20, process)
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
