import { shownName } from '../../../engine/contract/personal/shown-name.ts'
import type { KeptOverlay } from '../../state/overlay-words.ts'
import type { Language } from '../approval-dictionary.ts'
import { stopsInWords } from '../overlay-notice.ts'
import { STOP_KINDS } from '../stops-desk.ts'
import { type Html, html } from './html.ts'
import { moment } from './requests-page.ts'
import { STOP_WORDS } from './stops-words.ts'

export interface StopsPage {
  listed: readonly KeptOverlay[]
  language: Language
  zone: string
  /** Token of the form that ends this one, or, of '', that makes one. */
  token(id: string): string
  /** What came of the form before; null: nothing was sent. */
  told: { text: string; wrong: boolean } | null
}

/** What is stopped, and the form that stops something. */
export function stopsPage({ listed, language, zone, token, told }: StopsPage): Html {
  const words = STOP_WORDS[language]
  return html`${told !== null && html`<p role="${told.wrong ? 'alert' : 'status'}" class="warn${!told.wrong && ' said'}">${told.text}</p>`}
<h2>${words.inForce} (${listed.length})</h2>
${listed.length === 0 ? html`<p>${words.none}</p>` : listed.map((one) => card(one, { language, zone, token }))}
<h2>${words.make}</h2>
<form class="decide" method="post" action="/console/stops">
<input type="hidden" name="token" value="${token('')}">
<label for="kind">${words.what}</label>
<select id="kind" name="kind">${STOP_KINDS.map((kind) => html`<option value="${kind}">${words.kinds[kind]}</option>`)}</select>
<label for="name">${words.name}</label><input type="text" id="name" name="name" maxlength="128">
<label for="hours">${words.hours}</label><input type="text" id="hours" name="hours" inputmode="numeric" value="24">
<label for="reason">${words.reason}</label><input type="text" id="reason" name="reason" maxlength="500">
<button class="stop">${words.stop}</button>
</form>`
}

function card(
  { overlay, asked }: KeptOverlay,
  { language, zone, token }: Pick<StopsPage, 'language' | 'zone' | 'token'>,
): Html {
  const words = STOP_WORDS[language]
  const { id, stops, within, until_ms, reason, by } = overlay
  return html`<article class="card held"><h3>${stopsInWords(stops, words.names)}</h3>
<p class="facts"><span>${id}</span><span>${words.until} ${moment(until_ms, language, zone)}</span><span>${words.by} ${shownName(by)}</span>
<span>“${reason}”</span>${within !== null && html`<span>${words.only} ${within.join(', ')}</span>`}
${asked.length > 0 && html`<span class="tag">${words.endAgain.replace('{person}', asked.map(shownName).join(', '))}</span>`}</p>
<form method="post" action="/console/stops"><input type="hidden" name="id" value="${id}">
<input type="hidden" name="token" value="${token(id)}"><button class="plain">${words.end}</button></form></article>`
}
