import { shownName } from '../../../engine/contract/personal/shown-name.ts'
import type { Language } from '../approval-dictionary.ts'
import { ALERT_WORDS } from './alerts-words.ts'
import { Html, html } from './html.ts'
import { STOP_WORDS } from './stops-words.ts'
import { STYLE } from './style.ts'
import { WORDS } from './words.ts'

/** What every page shows around its content. */
export interface Frame {
  language: Language
  /** `Omie`. */
  title: string
  /** Null where nobody is signed in. */
  person: string | null
  policy: { state: 'enforcing' | 'degraded' | 'denying'; revision: number | null; development: boolean }
  /** Of scripts and styles; anew for each answer. */
  nonce: string
  /** Of the sign-out form. */
  formToken: string
}

export interface PageExtras {
  /** A part of it is fetched again every few seconds. */
  live?: boolean
  /** Path that the browser goes on to at once. */
  goOn?: string
}

/** A whole page. */
export function page(frame: Frame, path: string, heading: string, content: Html, extras: PageExtras = {}): string {
  const { live = false, goOn } = extras
  const { language, title, person, nonce } = frame
  const words = WORDS[language]
  const links = [
    ['/console/requests', words.requests],
    ['/console/decisions', words.decisions],
    ['/console/alerts', ALERT_WORDS[language].alerts],
    ['/console/stops', STOP_WORDS[language].stops],
  ] as const
  const other = language === 'pt' ? 'en' : 'pt'
  const document = html`<!doctype html>
<html lang="${words.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading} · alcada ${title}</title>
<link rel="icon" href="data:,">${goOn !== undefined && html`<meta http-equiv="refresh" content="0; url=${goOn}">`}
<style nonce="${nonce}">${STYLE_HTML}</style>
</head>
<body>
<a class="skip" href="#content">${words.skip}</a>
<header>
<strong>alcada · ${title}</strong>
<nav aria-label="alcada">${
    person === null
      ? null
      : html`${links.map(
          ([to, name]) => html`<a href="${to}"${path.startsWith(to) && html` aria-current="page"`}>${name}</a>`,
        )}
<form method="post" action="/console/logout"><input type="hidden" name="token" value="${frame.formToken}"><button class="plain">${words.signOut} (${shownName(person)})</button></form>`
  }</nav>
<a class="lang" href="/console/language?to=${other}" lang="${WORDS[other].lang}">${words.other}</a>
</header>
<main id="content">
<h1>${heading}</h1>
${content}
</main>
<footer>${policyLine(frame)}</footer>
${live && html`<script nonce="${nonce}">${SCRIPT_HTML}</script>`}
</body>
</html>
`
  return document.text
}

function policyLine({ language, policy }: Frame): Html {
  const words = WORDS[language]
  const { state, revision, development } = policy
  const line = state === 'denying' ? words.denying : `${words.revision} ${revision ?? '–'}`
  return html`<p>${line}${state === 'degraded' && html` · ${words.degraded}`}${
    development && html` · <strong>${words.development}</strong>`
  }</p>`
}

const STYLE_HTML = new Html(STYLE)

// Without it the page is the same and stands still. The style of what is fetched has a nonce that is not this page's.
const SCRIPT_HTML: Html = html`setInterval(async()=>{const answer=await fetch(location.href);if(!answer.ok)return;
const text=await answer.text();const next=new DOMParser().parseFromString(text.slice(text.indexOf('<main')),'text/html').querySelector('[data-live]');
const now=document.querySelector('[data-live]');if(next&&now&&next.innerHTML!==now.innerHTML)now.replaceChildren(...next.childNodes)},3000)`
