import { readFile, writeFile } from 'node:fs/promises'
import { openPolicyCompiler } from '../compile/compile.ts'
import { checkProject, hasErrors } from '../compile/project.ts'
import type { AlertsConfig } from '../contract/config-alerts.ts'
import { loadTree } from '../load/load.ts'
import type { LoadReport } from '../operate/load-test/report.ts'
import { loadHtml } from '../operate/load-test/report-html.ts'
import { loadText } from '../operate/load-test/report-text.ts'
import { type Progress, runLoad } from '../operate/load-test/run.ts'
import { targetRefusal } from '../operate/load-test/target.ts'
import { thresholdsOf } from '../operate/load-test/thresholds.ts'
import { formatFindings } from '../report/findings.ts'
import { validateTree } from '../validate/validate.ts'
import { bringCompiler } from './compiler.ts'
import type { Environment } from './environment.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { limitHits } from './load-test-hits.ts'
import { type LoadPlace, ownPlace, targetPlace } from './load-test-place.ts'
import { UsageError } from './usage-error.ts'

export interface LoadTestOptions {
  root: string
  erp: string
  /** 1 to 1000. */
  users: number
  /** Seconds, 1 to 600. */
  duration: number
  /** Seconds; default a tenth of the duration. */
  ramp?: number
  /** Milliseconds between an answer and the next call, on average. */
  pause: number
  /** Multiplies the limits of the stand-in. */
  limitFactor: number
  /** Address of the MCP endpoint of a server that runs already. */
  target?: string
  /** Each holds the token of one kind of user, with `target`. */
  tokenFile: readonly string[]
  /** Host names besides loopback that may be put under load. */
  allowRemote: readonly string[]
  /** File the HTML report goes to. */
  html?: string
  format: 'text' | 'json'
  environment: Environment
}

/** `alcada load-test ERP`: users of every role at the same time; exit 3 when a threshold of alerts.yaml is not met. */
export async function loadTest(options: LoadTestOptions): Promise<ExitCode> {
  const { root, erp, users, duration, format, html, environment } = options
  const ramp = options.ramp ?? duration / 10
  checkBounds(options, ramp)
  const alerts = await alertsOf(root, erp, environment)
  if (alerts === null) return EXIT.person
  const stop = new AbortController()
  const ended = (): void => stop.abort()
  process.once('SIGINT', ended).once('SIGTERM', ended)
  try {
    await using place = await placeOf(options)
    if (place === null) return EXIT.person
    const began = new Date()
    const hitsBefore = await limitHits(place.ops)
    const run = await runLoad({
      users: place.users,
      ...{ durationMs: duration * 1_000, rampMs: ramp * 1_000, pauseMs: options.pause, signal: stop.signal },
      progress: teller(duration),
    })
    const hitsAfter = await limitHits(place.ops)
    const counted = hitsBefore === null || hitsAfter === null ? null : hitsAfter - hitsBefore
    const report: LoadReport = {
      ...{ erp, target: place.mcp, server: place.server, began: began.toISOString(), users },
      ...{ usersByRole: countRoles(place), durationS: duration, rampS: ramp, run },
      perSecond: run.tookS === 0 ? 0 : Math.round((run.all.calls / run.tookS) * 10) / 10,
      hitsFrom: counted === null ? 'answers' : 'server',
      thresholds: thresholdsOf(alerts, run, { count: counted ?? run.limited, seconds: run.tookS }),
    }
    process.stdout.write(format === 'json' ? `${JSON.stringify(report)}\n` : loadText(report))
    if (html !== undefined) await writeFile(html, loadHtml(report))
    if (run.all.success === 0) {
      process.stderr.write('no call was done: the kinds above say why\n')
      return EXIT.failed
    }
    return report.thresholds.every(({ met }) => met) ? EXIT.done : EXIT.person
  } finally {
    process.off('SIGINT', ended).off('SIGTERM', ended)
  }
}

function checkBounds({ users, duration, target, tokenFile, allowRemote }: LoadTestOptions, ramp: number): void {
  const within = (what: string, value: number, most: number): void => {
    if (value < 1 || value > most) throw new UsageError(`expected --${what} from 1 to ${most}, got ${value}`)
  }
  within('users', users, 1_000)
  within('duration', duration, 600)
  if (ramp > duration) throw new UsageError(`expected --ramp of at most ${duration} seconds, the duration, got ${ramp}`)
  if (target === undefined) {
    if (tokenFile.length > 0) throw new UsageError('--token-file goes with --target: a server of its own gives its own')
    return
  }
  const refusal = targetRefusal(target, allowRemote)
  if (refusal !== null) throw new UsageError(refusal)
  if (tokenFile.length === 0)
    throw new UsageError('expected --token-file FILE beside --target, one for each kind of user')
}

/** The thresholds of an ERP; null when its files have errors, which were told. */
async function alertsOf(root: string, erp: string, { colour }: Environment): Promise<AlertsConfig | null> {
  const { tree, findings } = await loadTree(root, [erp])
  const checked = validateTree(tree)
  const all = [...findings, ...checked.findings]
  if (hasErrors(all)) process.stderr.write(formatFindings(all, 'text', { colour, sources: tree.texts }))
  return hasErrors(all) ? null : (checked.erps[erp]?.config.alerts ?? null)
}

/** Null when the policy does not compile, which was told. */
async function placeOf(options: LoadTestOptions): Promise<LoadPlace | null> {
  const { root, erp, users, target, tokenFile, limitFactor, environment } = options
  if (target !== undefined) {
    const tokens = await Promise.all(tokenFile.map(async (file) => (await readFile(file, 'utf8')).trim()))
    return targetPlace({ target, tokens, users, erp })
  }
  const compiler = await openPolicyCompiler({ compiler: await bringCompiler(environment) })
  try {
    const checked = await checkProject(root, [erp], compiler, { checks: 'fast', differing: 'warning' })
    const [compiled] = checked.compiled
    if (!hasErrors(checked.findings) && compiled !== undefined) {
      return await ownPlace({ erp: compiled, erps: checked.erps, users, limitFactor, environment })
    }
    const { findings, sources } = checked
    process.stderr.write(formatFindings(findings, 'text', { colour: environment.colour, sources }))
    return null
  } finally {
    await compiler.close()
  }
}

function countRoles({ users }: LoadPlace): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const { role } of users) counts[role] = (counts[role] ?? 0) + 1
  return counts
}

/** On a terminal one line that is written over; elsewhere one at the first and every tenth second. */
function teller(durationS: number): (now: Progress) => void {
  const terminal = process.stderr.isTTY === true
  return ({ seconds, users, calls, failed }) => {
    const second = Math.round(seconds)
    const line = `${second} of ${durationS} s: ${users} users, ${calls} calls, ${failed} failed`
    if (terminal) process.stderr.write(`\r\u001b[K${line}${second >= durationS ? '\n' : ''}`)
    else if (second === 1 || second % 10 === 0) process.stderr.write(`${line}\n`)
  }
}
