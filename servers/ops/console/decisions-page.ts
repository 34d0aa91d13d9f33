import type { Language } from '../approval-dictionary.ts'
import type { RecentDecision } from '../recent-decisions.ts'
import { type Html, html } from './html.ts'
import { moment } from './requests-page.ts'
import { WORDS } from './words.ts'

/** The calls of this process as they come in. */
export function decisionsPage(decisions: readonly RecentDecision[], language: Language, zone: string): Html {
  const words = WORDS[language]
  return html`<div data-live aria-live="polite">${
    decisions.length === 0
      ? html`<p>${words.noDecisions}</p>`
      : html`<div class="scroll" tabindex="0" role="region" aria-label="${words.decisions}"><table><thead><tr>
<th scope="col">${words.time}</th><th scope="col">${words.tool}</th><th scope="col">${words.caller}</th><th scope="col">${words.outcome}</th><th scope="col">${words.code}</th><th scope="col">${words.entry}</th></tr></thead><tbody>
${decisions.map(
  ({ at_ms, tool, caller, person, outcome, code, entry }) =>
    html`<tr><td>${moment(at_ms, language, zone)}</td><td>${tool}</td><td>${caller}${caller !== person && ` (${person})`}</td><td>${outcome}</td><td>${code}</td><td>${entry}</td></tr>`,
)}</tbody></table></div>`
  }</div>`
}
