import { consented } from '../../../engine/contract/approval.ts'
import { shownName } from '../../../engine/contract/personal/shown-name.ts'
import type { ApprovalListed } from '../../request/approval-desk.ts'
import type { Language } from '../approval-dictionary.ts'
import { titleOf } from '../approval-words.ts'
import { type Html, html } from './html.ts'
import { WORDS } from './words.ts'

/** The list: what waits for this person, to be chosen and reviewed together, what was approved and not done, and the rest. */
export function requestsPage(listed: readonly ApprovalListed[], language: Language, zone: string): Html {
  const words = WORDS[language]
  const waiting = listed.filter(({ request, refusal }) => request.state === 'pending' && refusal === null)
  const unused = listed.filter(({ request }) => request.state === 'approved')
  const others = listed.filter((one) => !waiting.includes(one) && !unused.includes(one))
  return html`<h2>${words.waiting} (${waiting.length})</h2>
${
  waiting.length === 0
    ? html`<p>${words.none}</p>`
    : html`<form method="get" action="/console/review">
${waiting.map((one) => card(one, language, zone, true))}
<button>${words.review}</button>
</form>`
}
${unused.length > 0 && html`<h2>${words.unused} (${unused.length})</h2>${unused.map((one) => card(one, language, zone, false))}`}
${others.length > 0 && html`<h2>${words.others}</h2>${others.map((one) => card(one, language, zone, false))}`}`
}

function card(listed: ApprovalListed, language: Language, zone: string, choose: boolean): Html {
  const { request } = listed
  const words = WORDS[language]
  const { id, facts, state } = request
  const title = titleOf(listed, language)
  return html`<article class="card"><div class="row">
${choose && html`<input type="checkbox" name="id" value="${id}" aria-label="${words.choose}: ${title}">`}
<div><h3><a href="/console/requests/${id}">${title}</a></h3>
${state !== 'pending' && html`<span class="tag">${words.state[state]}</span>`}
${facts.bank_change && html`<span class="tag">⚠ ${words.bankChange}</span>`}
${summary(listed, language, zone)}
</div></div></article>`
}

/** Who asks, for whom, until when, and how many have agreed. */
export function summary({ request, refusal }: ApprovalListed, language: Language, zone: string): Html {
  const words = WORDS[language]
  const { caller, company, expires_ms, ended_ms, count, roles, reason, entry, state } = request
  return html`<p class="facts">
<span>${words.asked} ${shownName(caller.id)}${caller.id !== caller.person && ` ${words.onBehalf} ${shownName(caller.person)}`}</span>
<span>${words.company} ${company}</span>
<span>${ended_ms === undefined ? words.expires : words.ended} ${moment(ended_ms ?? expires_ms, language, zone)}</span>
<span>${words.approvals} ${consented(request)}/${count} (${roles.join(', ')})</span>
${refusal !== null && state === 'pending' && html`<span class="tag">${words.refusal[refusal]}</span>`}
${reason !== null && html`<span>“${reason}”</span>`}
${entry !== null && html`<span>${words.entry} ${entry}</span>`}
</p>`
}

export function moment(epochMs: number, language: Language, zone: string): string {
  const locale = language === 'pt' ? 'pt-BR' : 'en-GB'
  return new Intl.DateTimeFormat(locale, { timeZone: zone, dateStyle: 'short', timeStyle: 'short' }).format(epochMs)
}
