import type { LineTold } from '../../../engine/contract/approval-told.ts'
import { moneyInWords } from '../../../engine/contract/money-words.ts'
import type { ApprovalView } from '../../request/approval-desk.ts'
import type { Language } from '../approval-dictionary.ts'
import { callInWords, titleOf } from '../approval-words.ts'
import { type Html, html } from './html.ts'
import { summary } from './requests-page.ts'
import { WORDS } from './words.ts'

export interface Review {
  views: readonly ApprovalView[]
  language: Language
  zone: string
  /** Good for exactly these requests, in this session. */
  formToken: string
  /** What was wrong with the form that was sent. */
  problem: string | null
}

/** One request or several: all that will be done, the total, and the two ways to decide. */
export function reviewPage({ views, language, zone, formToken, problem }: Review): Html {
  const words = WORDS[language]
  const open = views.filter(({ request, refusal }) => request.state === 'pending' && refusal === null)
  const ids = open.map(({ request }) => html`<input type="hidden" name="id" value="${request.id}">`)
  const several = open.length > 1
  return html`<p><a href="/console/requests">← ${words.back}</a></p>
${problem !== null && html`<p class="warn" role="alert">${problem}</p>`}
${views.map((view) => details(view, language, zone))}
${several && html`<p class="total">${words.total}: ${totals(open)} (${open.length} ${words.items})</p>`}
${
  open.length > 0 &&
  html`<form class="decide" method="post" action="/console/decide">${ids}
<input type="hidden" name="token" value="${formToken}"><input type="hidden" name="verdict" value="approve">
<button class="go">✓ ${several ? words.approveAll : words.approve}</button></form>
<form class="decide" method="post" action="/console/decide">${ids}
<input type="hidden" name="token" value="${formToken}"><input type="hidden" name="verdict" value="reject">
<label for="reason">${words.reason}</label>
<input type="text" id="reason" name="reason" required minlength="3" maxlength="500" autocomplete="off">
<button class="stop">✗ ${several ? words.rejectAll : words.reject}</button></form>`
}`
}

/** `R$ 1.234,56`; each currency by itself. */
function totals(views: readonly ApprovalView[]): string {
  const sums = new Map<string, number>()
  for (const { request } of views) {
    const { amount, currency } = request.facts
    if (amount !== null) sums.set(currency, (sums.get(currency) ?? 0) + amount)
  }
  return [...sums].map(([currency, sum]) => moneyInWords(sum, currency)).join(' + ') || '–'
}

function details(view: ApprovalView, language: Language, zone: string): Html {
  const words = WORDS[language]
  const call = callInWords(view, language)
  const { facts, state } = view.request
  return html`<section class="card"><h2>${titleOf(view, language)}</h2>
<p><span class="tag">${words.state[state]}</span></p>
${summary(view, language, zone)}
${facts.bank_change && html`<p class="warn">⚠ ${words.bankChange}</p>`}
${
  call === null
    ? html`<p>${words.kept}</p>`
    : html`<h3>${words.what}</h3>${call.native !== '' && html`<p>${words.native}: <code>${call.native}</code></p>`}
${table(call.lines, words)}
${call.records.map((record) => html`<h3>${record.title}</h3>${table(record.lines, words)}`)}`
}</section>`
}

function table(lines: readonly LineTold[], words: (typeof WORDS)[Language]): Html {
  const compared = lines.some(({ before }) => before !== null)
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${words.what}"><table><thead><tr><th scope="col">${words.field}</th>${
    compared && html`<th scope="col">${words.before}</th>`
  }<th scope="col">${compared ? words.after : words.value}</th></tr></thead><tbody>
${lines.map(
  ({ label, value, before, changed }) =>
    html`<tr${changed && html` class="changed"`}><th scope="row">${label}</th>${
      compared && html`<td>${before ?? ''}</td>`
    }<td>${value}${changed && html` <span class="tag">(${words.changed})</span>`}</td></tr>`,
)}</tbody></table></div>`
}
