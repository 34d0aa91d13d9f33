import { RUNBOOK, runbookOf } from '../../../engine/contract/alert-runbook.ts'
import type { AlertRow } from '../../state/alert-words.ts'
import type { Language } from '../approval-dictionary.ts'
import { ALERT_WORDS } from './alerts-words.ts'
import { type Html, html } from './html.ts'
import { moment } from './requests-page.ts'

/** What is raised now, what was, and the runbook that notices lead to: one line for each alert. */
export function alertsPage(alerts: readonly AlertRow[], language: Language, zone: string): Html {
  const words = ALERT_WORDS[language]
  const now = alerts.filter(({ resolved_ms }) => resolved_ms === null)
  const past = alerts.filter(({ resolved_ms }) => resolved_ms !== null)
  return html`<div data-live aria-live="polite">
${now.length === 0 ? html`<p>${words.none}</p>` : table(now, words.alerts, language, zone)}
<h2>${words.past}</h2>
${past.length === 0 ? html`<p>${words.nonePast}</p>` : table(past, words.past, language, zone)}
</div>
<h2>${words.runbook}</h2>
<dl>${Object.entries(RUNBOOK).map(
    ([code, entry]) =>
      html`<dt id="${code}"><strong>${entry[language].title}</strong> <code>${code}</code></dt><dd>${entry[language].first}</dd>`,
  )}</dl>`
}

function table(rows: readonly AlertRow[], label: string, language: Language, zone: string): Html {
  const words = ALERT_WORDS[language]
  const at = (ms: number | null): string => (ms === null ? '–' : moment(ms, language, zone))
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table><thead><tr>
<th scope="col">${words.alert}</th><th scope="col">${words.severity}</th><th scope="col">${words.measured}</th><th scope="col">${words.since}</th><th scope="col">${words.raised}</th><th scope="col">${words.resolved}</th></tr></thead><tbody>
${rows.map(
  ({ code, severity, figure, since_ms, raised_ms, resolved_ms }) =>
    html`<tr><td><a href="#${code}">${runbookOf(code)[language].title}</a></td><td class="short"><span class="pill ${resolved_ms !== null ? 'good' : severity === 'critical' ? 'bad' : 'odd'}">${severity === 'critical' && '⚠ '}${words.severities[severity]}</span></td><td class="short">${figure}</td><td class="short">${at(since_ms)}</td><td class="short">${at(raised_ms)}</td><td class="short">${at(resolved_ms)}</td></tr>`,
)}</tbody></table></div>`
}
