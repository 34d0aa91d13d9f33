import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApprovalError } from '../../../engine/contract/approval-error.ts'
import type { ApprovalDesk, ApprovalView } from '../../request/approval-desk.ts'
import type { AlertRow } from '../../state/alert-words.ts'
import { reasonOf } from '../reason.ts'
import type { RecentDecision } from '../recent-decisions.ts'
import type { StopsDesk } from '../stops-desk.ts'
import { bodyOf, isFromHere, isKnownHost } from '../web.ts'
import { alertsPage } from './alerts-page.ts'
import { ALERT_WORDS } from './alerts-words.ts'
import { type AnswersOptions, type Asked, answersOf } from './answers.ts'
import { cookiesOf, languageOf, sessionCookie, setCookie } from './cookies.ts'
import { decisionsPage } from './decisions-page.ts'
import { html } from './html.ts'
import { requestsPage } from './requests-page.ts'
import { type Decided, resultPage } from './result-page.ts'
import { reviewPage } from './review-page.ts'
import type { Session } from './session.ts'
import { type SignInOptions, signIn } from './sign-in.ts'
import { consoleStops } from './stops.ts'
import { WORDS } from './words.ts'

export interface ConsoleOptions
  extends Pick<AnswersOptions, 'title' | 'policy'>,
    Pick<SignInOptions, 'origin' | 'sessions' | 'login' | 'signedIn' | 'notSignedIn'> {
  /** Time zone of times shown. */
  zone: string
  desk: ApprovalDesk
  stops: StopsDesk
  decisions(): readonly RecentDecision[]
  /** Raised ones and those that were, newest first. */
  alerts(): Promise<readonly AlertRow[]>
  /** The roles among these that the policy in force still lets count. */
  rolesNow(roles: readonly string[]): string[]
}

/** Requests that one form may decide. */
const MOST = 50

/** `/console`: server-rendered, without a framework; nothing of it works for somebody who is not signed in. */
export function consolePages(
  options: ConsoleOptions,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const { desk, sessions, zone, origin } = options
  const answers = answersOf(options)
  const stops = consoleStops({ ...options, answers })
  const entrance = signIn({ ...options, answers, mayDecide: desk.mayDecide, rolesAsked: desk.rolesAsked })

  return async (request, response) => {
    const url = new URL(request.url ?? '/', origin())
    const secure = url.protocol === 'https:'
    const asked: Asked = { request, response, url, language: languageOf(request), secure }
    if (!isKnownHost(request, origin())) return say(asked, null, 403, 'unknown host')
    const session = await sessionOf(asked)
    if (request.method === 'POST') return post(asked, session)
    if (request.method !== 'GET' && request.method !== 'HEAD') return answers.redirect(asked, '/console')
    return get(asked, session)
  }

  /** Who is signed in, as the policy in force knows them. */
  async function sessionOf({ request, secure }: Asked): Promise<Session | null> {
    const session = await sessions.read(cookiesOf(request).get(sessionCookie(secure)))
    if (session === null) return null
    const { via } = session
    if (via !== null && !options.login.providers().some(({ issuer }) => issuer === via)) return null
    return { ...session, approver: { ...session.approver, roles: options.rolesNow(session.approver.roles) } }
  }

  async function get(asked: Asked, session: Session | null): Promise<void> {
    const { url, language, secure } = asked
    const words = WORDS[language]
    const path = url.pathname
    if (path === '/console/language') {
      const to = url.searchParams.get('to') === 'en' ? 'en' : 'pt'
      const cookie = setCookie('alcada-language', to, { secure, ageS: 31_536_000 })
      return answers.redirect(asked, '/console/requests', [cookie])
    }
    if (path === '/console/login' || path.startsWith('/console/login/')) return entrance.get(asked, session)
    if (session === null) return entrance.hint(asked)
    if (path === '/console') return answers.redirect(asked, '/console/requests')
    if (path === '/console/requests') {
      const content = requestsPage(await desk.list(session.approver), language, zone)
      return answers.show(asked, session, { status: 200, heading: words.requests, content })
    }
    if (path === '/console/decisions') {
      const content = decisionsPage(options.decisions(), language, zone)
      return answers.show(asked, session, { status: 200, heading: words.decisions, content, live: true })
    }
    if (path === '/console/alerts') {
      const content = alertsPage(await options.alerts(), language, zone)
      return answers.show(asked, session, { status: 200, heading: ALERT_WORDS[language].alerts, content, live: true })
    }
    if (path === '/console/stops') return stops.get(asked, session)
    const one = /^\/console\/requests\/([0-9a-f-]{36})$/.exec(path)?.[1]
    const ids = one === undefined ? url.searchParams.getAll('id') : [one]
    if (one !== undefined || path === '/console/review') {
      return ids.length === 0 ? answers.redirect(asked, '/console/requests') : review(asked, session, ids, null)
    }
    say(asked, session, 404, words.gone)
  }

  async function post(asked: Asked, session: Session | null): Promise<void> {
    const { request, url, language, secure } = asked
    const words = WORDS[language]
    const body = await bodyOf(request)
    if (!isFromHere(request, origin()) || body === null) return say(asked, session, 403, words.forbidden)
    const form = new URLSearchParams(Buffer.from(body).toString())
    if (url.pathname === '/console/login') return entrance.post(asked, form.get('code') ?? '')
    if (session === null) return entrance.hint(asked)
    const ids = form.getAll('id').slice(0, MOST)
    if (!sessions.isFormToken(session, ids, form.get('token') ?? '')) return say(asked, session, 403, words.forbidden)
    if (url.pathname === '/console/logout') {
      await sessions.end(session)
      return answers.redirect(asked, '/console', [setCookie(sessionCookie(secure), '', { secure, ageS: 0 })])
    }
    if (url.pathname === '/console/stops') return stops.post(asked, session, form)
    if (url.pathname !== '/console/decide' || ids.length === 0) return answers.redirect(asked, '/console/requests')
    const verdict = form.get('verdict') === 'approve' ? 'approve' : 'reject'
    const reason = reasonOf(form.get('reason') ?? '')
    if (verdict === 'reject' && reason === null) return review(asked, session, ids, words.reasonMissing)
    const results: Decided[] = []
    for (const id of ids) {
      results.push(await decideOne(session, id, verdict === 'approve' ? null : (reason ?? '')))
    }
    const content = resultPage(results, verdict, language)
    answers.show(asked, session, { status: 200, heading: words.decided, content })
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
    if (views.length === 0) return say(asked, session, 404, words.gone)
    const open = views.filter(({ request, refusal }) => request.state === 'pending' && refusal === null)
    const formToken = sessions.formToken(
      session,
      open.map(({ request }) => request.id),
    )
    const content = reviewPage({ views, language, zone, formToken, problem })
    answers.show(asked, session, { status: problem === null ? 200 : 422, heading: words.requests, content })
  }

  function say(asked: Asked, session: Session | null, status: number, text: string): void {
    answers.show(asked, session, { status, heading: WORDS[asked.language].requests, content: html`<p>${text}</p>` })
  }
}
