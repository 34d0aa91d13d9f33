import type { Tally } from './measure.ts'
import { inUnit, type LoadReport, thresholdName } from './report.ts'

/** What a person reads in a terminal. */
export function loadText(report: LoadReport): string {
  const { erp, target, server, users, usersByRole, durationS, rampS, perSecond, run, thresholds } = report
  const roles = Object.entries(usersByRole).map(([role, count]) => `${count} ${role}`)
  const { all, tookS, stopped, unanswered } = run
  const parts = [
    `${erp}: ${users} users (${roles.join(', ')}) for ${tookS} s${stopped ? `, stopped before ${durationS} s` : ''}, ramp-up ${rampS} s`,
    `${target} (${server === 'own' ? 'a server of its own, before a stand-in' : 'a running server: reads only'})`,
    '',
    `${all.calls} calls, ${perSecond} a second: ${all.success} done, ${all.denied} denied, ${all.failed} failed${unanswered > 0 ? `, ${unanswered} without an answer at the end` : ''}`,
    '',
    ...table('', ['calls', 'denied', 'failed', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'], {
      all,
      ...run.byRole,
    }),
    '',
    ...table('tool', ['calls', 'denied', 'failed', 'p50 ms', 'p95 ms', 'p99 ms', 'max ms'], run.byTool),
    '',
    'how long calls took',
    ...bars(run.buckets),
    '',
    run.errors.length === 0 ? 'no call was denied or failed' : 'denied and failed, by kind',
    ...run.errors.map(
      ({ kind, standing, count, tools }) =>
        `  ${String(count).padStart(7)}  ${standing}  ${kind}  (${tools.map((one) => `${one.tool} ${one.count}`).join(', ')})`,
    ),
    '',
    'alerts.yaml',
    ...thresholds.map((one) => {
      const { measured, threshold, unit, met, severity } = one
      return `  ${met ? 'met    ' : 'NOT MET'}  ${thresholdName(one).padEnd(20)} ${inUnit(measured, unit)}, below ${inUnit(threshold, unit)} (${severity})`
    }),
    report.hitsFrom === 'answers' ? '  limits: only answers that told of one; the server’s own count was not read' : '',
  ]
  return `${parts.join('\n').trimEnd()}\n`
}

function table(title: string, heads: readonly string[], rows: Readonly<Record<string, Tally>>): string[] {
  const width = Math.max(title.length, ...Object.keys(rows).map((name) => name.length))
  const line = (name: string, cells: readonly (string | number)[]): string =>
    `  ${name.padEnd(width)}${cells.map((cell) => String(cell).padStart(9)).join('')}`
  return [
    line(title, heads),
    ...Object.entries(rows).map(([name, { calls, denied, failed, latency }]) =>
      line(name, [calls, denied, failed, latency.p50Ms, latency.p95Ms, latency.p99Ms, latency.maxMs]),
    ),
  ]
}

const WIDEST = 50

function bars(buckets: readonly { upToMs: number; count: number }[]): string[] {
  const most = Math.max(1, ...buckets.map(({ count }) => count))
  return buckets.map(
    ({ upToMs, count }) =>
      `  up to ${String(upToMs).padStart(6)} ms ${String(count).padStart(7)}  ${'█'.repeat(Math.ceil((count / most) * WIDEST))}`,
  )
}
