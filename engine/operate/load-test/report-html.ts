import type { Second, Tally } from './measure.ts'
import { barPlot, linePlot } from './plot.ts'
import { inUnit, type LoadReport, thresholdName } from './report.ts'

/** The report as one file: no script, nothing fetched. */
export function loadHtml(report: LoadReport): string {
  const { erp, target, server, began, users, usersByRole, durationS, rampS, perSecond, run } = report
  const { all, tookS, stopped, unanswered } = run
  const roles = Object.entries(usersByRole).map(([role, count]) => `${count} ${role}`)
  const series = (label: string, colour: string, of: (second: Second) => number) => ({
    ...{ label, colour },
    points: run.seconds.map((one) => ({ x: one.second, y: of(one) })),
  })
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Load test of ${text(erp)}</title><style>${STYLE}</style></head><body><main>
<h1>Load test of ${text(erp)}</h1>
<p>${users} users (${text(roles.join(', '))}) for ${tookS} s${stopped ? `, <b>stopped before ${durationS} s</b>` : ''}, ramp-up ${rampS} s; began ${text(began)}<br>
${text(target)}: ${server === 'own' ? 'a server of its own, before a stand-in' : 'a running server; reads only'}</p>
<dl class="figures">${[
    ['calls', all.calls],
    ['calls a second', perSecond],
    ['p50', `${all.latency.p50Ms} ms`],
    ['p95', `${all.latency.p95Ms} ms`],
    ['p99', `${all.latency.p99Ms} ms`],
    ['denied', all.denied],
    ['failed', all.failed],
    ['unanswered', unanswered],
  ]
    .map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`)
    .join('')}</dl>
<h2>Thresholds of alerts.yaml</h2>
${rows(
  ['', 'alert', 'measured', 'raised from', 'severity'],
  report.thresholds.map((one) => [
    one.met ? '<span class="good">met</span>' : '<span class="bad">not met</span>',
    thresholdName(one),
    inUnit(one.measured, one.unit),
    inUnit(one.threshold, one.unit),
    one.severity,
  ]),
)}
${report.hitsFrom === 'answers' ? '<p>Limits: only answers that told of one; the server’s own count was not read.</p>' : ''}
<h2>How long calls took</h2>
${barPlot(run.buckets.map(({ upToMs, count }) => ({ label: `≤ ${upToMs} ms`, value: count })))}
<h2>95th percentile over time, ms</h2>
${linePlot([series('p95', '#1f5fa8', (one) => one.p95Ms)])}
<h2>Calls a second</h2>
${linePlot([
  series('calls', '#1f5fa8', (one) => one.calls),
  series('denied', '#b07a00', (one) => one.denied),
  series('failed', '#b3261e', (one) => one.failed),
  series('users at work', '#6b7280', (one) => one.users),
])}
<h2>Denied and failed, by kind</h2>
${
  run.errors.length === 0
    ? '<p>None.</p>'
    : rows(
        ['kind', '', 'count', 'where'],
        run.errors.map(({ kind, standing, count, tools }) => [
          text(kind),
          standing,
          String(count),
          text(tools.map((one) => `${one.tool} ${one.count}`).join(', ')),
        ]),
      )
}
<h2>By role</h2>
${tallies(run.byRole)}
<h2>By tool</h2>
${tallies(run.byTool)}
</main></body></html>
`
}

function tallies(named: Readonly<Record<string, Tally>>): string {
  return rows(
    ['', 'calls', 'denied', 'failed', 'p50 ms', 'p90 ms', 'p95 ms', 'p99 ms', 'max ms'],
    Object.entries(named).map(([name, { calls, denied, failed, latency }]) => [
      text(name),
      ...[calls, denied, failed, latency.p50Ms, latency.p90Ms, latency.p95Ms, latency.p99Ms, latency.maxMs].map(String),
    ]),
  )
}

/** Cells are HTML. */
function rows(heads: readonly string[], cells: readonly (readonly string[])[]): string {
  const head = heads.map((name) => `<th>${name}</th>`).join('')
  const body = cells.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n')
  return `<table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`
}

const SIGNS: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

function text(value: string): string {
  return value.replace(/[&<>"]/g, (sign) => SIGNS[sign] ?? sign)
}

const STYLE = `
:root{color-scheme:light;font:15px/1.5 system-ui,sans-serif;color:#1c2430;background:#fff}
main{max-width:60rem;margin:2rem auto;padding:0 1rem}h1{font-size:1.7rem;margin:0}h2{font-size:1.1rem;margin:2rem 0 .5rem}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #e3e7ed}
th{font-weight:600;color:#55606e}td{font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.figures{display:flex;flex-wrap:wrap;gap:.6rem;margin:1rem 0}.figures div{border:1px solid #e3e7ed;border-radius:.4rem;padding:.4rem .9rem}
dt{color:#55606e;font-size:.85rem}dd{margin:0;font-size:1.3rem;font-variant-numeric:tabular-nums}
.good{color:#17692f;font-weight:600}.bad{color:#b3261e;font-weight:600}svg{width:100%;height:auto}`
