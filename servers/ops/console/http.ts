import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApprovalError } from '../../../engine/contract/approval-error.ts'
import type { Approver } from '../../identity/approver.ts'
import type { ApprovalDesk, ApprovalView } from '../../request/approval-desk.ts'
import type { Language } from '../approval-dictionary.ts'
import { reasonOf } from '../reason.ts'
import type { RecentDecision } from '../recent-decisions.ts'
import { bodyOf, isFromHere, isKnownHost } from '../web.ts'
import { cookiesOf, languageOf, sessionCookie, setCookie } from './cookies.ts'
import { decisionsPage } from './decisions-page.ts'
import { headersOf } from './headers.ts'
import { type Html, html } from './html.ts'
import { type Frame, page } from './page.ts'
import { requestsPage } from './requests-page.ts'
import { type Decided, resultPage } from './result-page.ts'
import { reviewPage } from './review-page.ts'
import { SESSION_S, type Session, type Sessions } from './session.ts'
import { WORDS } from './words.ts'

export interface ConsoleOptions {
  /** `Omie`. */
  title(): string
  /** Time zone of times shown. */
  zone: string
  /** Where browsers reach this listener. */
  origin(): string
  desk: ApprovalDesk
  sessions: Sessions
  policy(): Frame['policy']
  decisions(): readonly RecentDecision[]
  /** The roles among these that the policy in force still lets count. */
  rolesNow(roles: readonly string[]): string[]
  /** Writes down that somebody signed in. */
  signedIn(approver: Approver): Promise<void>
}

/** Requests that one form may decide. */
const MOST = 50

interface Asked {
  request: IncomingMessage
  response: ServerResponse
  url: URL
  language: Language
  secure: boolean
}

/** `/console`: server-rendered, without a framework; nothing of it works for somebody who is not signed in. */
export function consolePages(
  options: ConsoleOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { desk, sessions, zone } = options

  return async (request, response) => {
    const origin = options.origin()
    const url = new URL(request.url ?? '/', origin)
    const secure = origin.startsWith('https:')
    const asked: Asked = { request, response, url, language: languageOf(request), secure }
    if (!isKnownHost(request, origin)) return show(asked, null, 403, WORDS.en.requests, html`<p>unknown host</p>`)
    const session = await sessionOf(asked)
    if (request.method === 'POST') return post(asked, session)
    if (request.method !== 'GET' && request.method !== 'HEAD') return redirect(asked, '/console')
    return get(asked, session)
  }

  async function sessionOf({ request, secure }: Asked): Promise<Session | null> {
    const session = await sessions.read(cookiesOf(request).get(sessionCookie(secure)))
    if (session === null) return null
    return { ...session, approver: { ...session.approver, roles: options.rolesNow(session.approver.roles) } }
  }

  async function get(asked: Asked, session: Session | null): Promise<void> {
    const { url, language } = asked
    const words = WORDS[language]
    const path = url.pathname
    if (path === '/console/language') {
      const to = url.searchParams.get('to') === 'en' ? 'en' : 'pt'
      return redirect(
        asked,
        '/console/requests',
        setCookie('alcada-language', to, { secure: asked.secure, ageS: 31_536_000 }),
      )
    }
    if (path === '/console/login') {
      const code = url.searchParams.get('code') ?? ''
      // A link that is only looked at, by a mail scanner or a preview, is not used up: signing in is a form.
      const form = html`<p>${words.loginAsk}</p><form class="decide" method="post" action="/console/login">
<input type="hidden" name="code" value="${code}"><button class="go">${words.signIn}</button></form>`
      return show(asked, session, 200, words.signIn, form)
    }
    if (session === null) return show(asked, null, 401, words.signIn, signInHint(asked))
    if (path === '/console') return redirect(asked, '/console/requests')
    if (path === '/console/requests') {
      const listed = await desk.list(session.approver)
      return show(asked, session, 200, words.requests, requestsPage(listed, language, zone))
    }
    if (path === '/console/decisions') {
      const content = decisionsPage(options.decisions(), language, zone)
      return show(asked, session, 200, words.decisions, content, true)
    }
    const one = /^\/console\/requests\/([0-9a-f-]{36})$/.exec(path)?.[1]
    const ids = one === undefined ? url.searchParams.getAll('id') : [one]
    if (one !== undefined || path === '/console/review') {
      return ids.length === 0 ? redirect(asked, '/console/requests') : review(asked, session, ids, null)
    }
    return show(asked, session, 404, words.requests, html`<p>${words.gone}</p>`)
  }

  async function post(asked: Asked, session: Session | null): Promise<void> {
    const { request, url, language, secure } = asked
    const words = WORDS[language]
    const body = await bodyOf(request)
    if (!isFromHere(request, options.origin()) || body === null) {
      return show(asked, session, 403, words.requests, html`<p>${words.forbidden}</p>`)
    }
    const form = new URLSearchParams(Buffer.from(body).toString())
    if (url.pathname === '/console/login') {
      const signed = await sessions.signIn(form.get('code') ?? '')
      if (signed === null) return show(asked, null, 403, words.signIn, html`<p role="alert">${words.loginBad}</p>`)
      await options.signedIn(signed.approver)
      return redirect(
        asked,
        '/console/requests',
        setCookie(sessionCookie(secure), signed.value, { secure, ageS: SESSION_S }),
      )
    }
    if (session === null) return show(asked, null, 401, words.signIn, signInHint(asked))
    const ids = form.getAll('id').slice(0, MOST)
    if (!sessions.isFormToken(session, ids, form.get('token') ?? '')) {
      return show(asked, session, 403, words.requests, html`<p>${words.forbidden}</p>`)
    }
    if (url.pathname === '/console/logout') {
      return redirect(asked, '/console', setCookie(sessionCookie(secure), '', { secure, ageS: 0 }))
    }
    if (url.pathname !== '/console/decide' || ids.length === 0) return redirect(asked, '/console/requests')
    const verdict = form.get('verdict') === 'approve' ? 'approve' : 'reject'
    const reason = reasonOf(form.get('reason') ?? '')
    if (verdict === 'reject' && reason === null) return review(asked, session, ids, words.reasonMissing)
    const results: Decided[] = []
    for (const id of ids) {
      results.push(await decideOne(session, id, verdict === 'approve' ? null : (reason ?? '')))
    }
    return show(asked, session, 200, words.decided, resultPage(results, verdict, language))
  }

  /** @param reason null approves */
  async function decideOne({ approver }: Session, id: string, reason: string | null): Promise<Decided> {
    try {
      const verdict = reason === null ? ({ kind: 'approve' } as const) : ({ kind: 'reject', reason } as const)
      return { kind: 'decided', ...(await desk.decide(approver, id, verdict)) }
    } catch (error) {
      if (!(error instanceof ApprovalError)) throw error
      return { kind: 'refused', id, code: error.code }
    }
  }

  async function review(asked: Asked, session: Session, ids: readonly string[], problem: string | null): Promise<void> {
    const { language } = asked
    const words = WORDS[language]
    const views: ApprovalView[] = []
    for (const id of [...new Set(ids)].slice(0, MOST)) {
      const view = await desk.view(session.approver, id).catch((error: unknown) => {
        if (error instanceof ApprovalError) return null
        throw error
      })
      if (view !== null) views.push(view)
    }
    if (views.length === 0) return show(asked, session, 404, words.requests, html`<p>${words.gone}</p>`)
    const open = views.filter(({ request, refusal }) => request.state === 'pending' && refusal === null)
    const formToken = sessions.formToken(
      session,
      open.map(({ request }) => request.id),
    )
    const content = reviewPage({ views, language, zone, formToken, problem })
    return show(asked, session, problem === null ? 200 : 422, words.requests, content)
  }

  function signInHint({ language, url }: Asked): Html {
    const words = WORDS[language]
    // SameSite=Strict keeps the session back from a page that was opened out of an e-mail: one click from here sends it.
    const here = `${url.pathname}${url.search}`
    return html`<p>${words.needLogin}</p><p><a href="${here}">${words.continueIf}</a></p>`
  }

  function show(
    asked: Asked,
    session: Session | null,
    status: number,
    heading: string,
    content: Html,
    live = false,
  ): void {
    const nonce = randomBytes(16).toString('base64url')
    const frame: Frame = {
      language: asked.language,
      title: options.title(),
      person: session?.approver.person ?? null,
      policy: options.policy(),
      nonce,
      formToken: session === null ? '' : sessions.formToken(session, []),
    }
    const text = page(frame, asked.url.pathname, heading, content, live)
    asked.response.writeHead(status, { ...headersOf(nonce, asked.secure), 'content-length': Buffer.byteLength(text) })
    asked.response.end(asked.request.method === 'HEAD' ? undefined : text)
  }

  function redirect({ response, secure }: Asked, to: string, cookie?: string): void {
    response.writeHead(303, {
      ...headersOf('', secure),
      location: to,
      ...(cookie === undefined ? {} : { 'set-cookie': cookie }),
    })
    response.end()
  }
}
