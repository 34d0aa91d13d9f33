import { shownName } from '../../../engine/contract/personal/shown-name.ts'
import type { Language } from '../approval-dictionary.ts'
import type { RecentDecision } from '../recent-decisions.ts'
import { outcomeInWords } from './decisions-words.ts'
import { type Html, html } from './html.ts'
import { WORDS } from './words.ts'

/** The calls of this process as they come in. */
export function decisionsPage(decisions: readonly RecentDecision[], language: Language, zone: string): Html {
  const words = WORDS[language]
  const clock = new Intl.DateTimeFormat(language === 'pt' ? 'pt-BR' : 'en-GB', {
    timeZone: zone,
    ...{ day: '2-digit', month: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
  })
  return html`<div data-live aria-live="polite">${
    decisions.length === 0
      ? html`<p>${words.noDecisions}</p>`
      : html`<div class="scroll" tabindex="0" role="region" aria-label="${words.decisions}"><table><thead><tr>
<th scope="col">${words.time}</th><th scope="col">${words.tool}</th><th scope="col">${words.caller}</th><th scope="col">${words.outcome}</th><th scope="col">${words.code}</th><th scope="col">${words.entry}</th></tr></thead><tbody>
${decisions.map((decision) => row(decision, language, clock))}</tbody></table></div>`
  }</div>`
}

function row(decision: RecentDecision, language: Language, clock: Intl.DateTimeFormat): Html {
  const { at_ms, tool, caller, person, code, reasons, entry } = decision
  const { text, tone } = outcomeInWords(decision, language)
  // Of a denial all reasons: one of them stands in `code` already.
  const why = reasons === '' ? (code ?? '') : reasons.replaceAll(',', ', ')
  return html`<tr><td class="short">${clock.format(at_ms)}</td><td class="short"><code>${tool}</code></td><td>${shownName(caller)}${caller !== person && ` (${shownName(person)})`}</td><td class="short"><span class="pill ${tone}">${text}</span></td><td>${why}</td><td class="short"><code>${entry}</code></td></tr>`
}
