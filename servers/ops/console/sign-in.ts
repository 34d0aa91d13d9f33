import type { Approver } from '../../identity/approver.ts'
import type { LoginErrorCode } from '../../identity/login-error.ts'
import type { LoginProvider, ProviderLogin } from '../../identity/provider-login.ts'
import type { Answers, Asked } from './answers.ts'
import { cookiesOf, flowCookie, sessionCookie, setCookie } from './cookies.ts'
import { type Html, html } from './html.ts'
import { FLOW_S, SESSION_S, type Session, type Sessions } from './session.ts'
import { WORDS } from './words.ts'

export interface SignInOptions {
  /** Where browsers reach this listener. */
  origin(): string
  answers: Answers
  sessions: Sessions
  login: ProviderLogin
  /** Whether the policy asks for the consent of anybody like this. */
  mayDecide(approver: Approver): boolean
  rolesAsked(): string[]
  /** Writes down that somebody signed in. */
  signedIn(approver: Approver): Promise<void>
  /** Counts that somebody did not, and says why. Throws what is no LoginError. */
  notSignedIn(error: unknown, asked: Asked): LoginErrorCode
}

export interface SignIn {
  /** `/console/login` and below: a link's form, the way to a provider, and the way back. */
  get(asked: Asked, session: Session | null): Promise<void>
  /** The form of a link. */
  post(asked: Asked, code: string): Promise<void>
  /** What somebody sees who is not signed in. */
  hint(asked: Asked): void
}

const CALLBACK = '/console/login/callback'
/** Where one may go on to after signing in: pages that only show. */
const AFTER = /^\/console\/(requests(\/[0-9a-f-]{36})?|decisions)$/

export function signIn(options: SignInOptions): SignIn {
  const { answers, sessions, login } = options
  const redirectUri = (): string => new URL(CALLBACK, options.origin()).href
  const noFlow = (secure: boolean): string => setCookie(flowCookie(secure), '', { secure, ageS: 0, site: 'Lax' })

  function refuse(asked: Asked, status: number, problem: string, cookies: readonly string[] = []): void {
    const heading = WORDS[asked.language].signIn
    const content = html`<p role="alert">${problem}</p>${ways(asked, login.providers())}`
    answers.show(asked, null, { status, heading, content, cookies })
  }

  async function toProvider(asked: Asked): Promise<void> {
    const { url, secure, language } = asked
    const issuer = url.searchParams.get('issuer') ?? ''
    const begun = await login.begin(issuer, redirectUri()).catch((error: unknown) => options.notSignedIn(error, asked))
    if (typeof begun === 'string') return refuse(asked, 503, WORDS[language].providerAway)
    if (begun === null) return refuse(asked, 404, WORDS[language].providerBad)
    const value = await sessions.flow({ issuer, checks: begun.checks, to: after(url.searchParams.get('to')) })
    // Lax: the provider, another site, leads back here, and a Strict cookie would not come along.
    answers.redirect(asked, begun.url, [setCookie(flowCookie(secure), value, { secure, ageS: FLOW_S, site: 'Lax' })])
  }

  async function fromProvider(asked: Asked): Promise<void> {
    const { request, url, secure, language } = asked
    const words = WORDS[language]
    // Only the browser that began a sign-in can end it, and once: a link made by somebody else signs nobody in.
    const flow = await sessions.takeFlow(cookiesOf(request).get(flowCookie(secure)))
    if (flow === null) return refuse(asked, 403, words.providerBad)
    const cleared = noFlow(secure)
    const back = new URL(redirectUri())
    back.search = url.search
    const came = await login
      .finish(flow.issuer, back, flow.checks)
      .catch((error: unknown) => options.notSignedIn(error, asked))
    if (came === 'login_unavailable') return refuse(asked, 503, words.providerAway, [cleared])
    if (came === 'login_refused') return refuse(asked, 403, words.providerBad, [cleared])
    if (came === 'login_no_role' || !options.mayDecide(came)) return refuse(asked, 403, noRole(asked), [cleared])
    const approver = came
    const value = await sessions.start(approver, flow.issuer)
    await options.signedIn(approver)
    // This answer still belongs to a navigation that another site began: a redirect from here would carry no Strict
    // cookie (RFC 6265bis, 5.2). A page of ours that leads on does.
    answers.show(asked, null, {
      status: 200,
      heading: words.signIn,
      content: html`<p>${words.signedInAs} ${approver.person}</p><p><a href="${flow.to}">${words.goOn}</a></p>`,
      goOn: flow.to,
      cookies: [setCookie(sessionCookie(secure), value, { secure, ageS: SESSION_S }), cleared],
    })
  }

  function noRole({ language }: Asked): string {
    return WORDS[language].noRole.replace('{roles}', options.rolesAsked().join(', '))
  }

  return {
    async get(asked, session) {
      const { url, language } = asked
      if (url.pathname === '/console/login/provider') return toProvider(asked)
      if (url.pathname === CALLBACK) return fromProvider(asked)
      const code = url.searchParams.get('code')
      if (code === null) return this.hint(asked)
      const words = WORDS[language]
      // A link that is only looked at, by a mail scanner or a preview, is not used up: signing in is a form.
      const content = html`<p>${words.loginAsk}</p><form class="decide" method="post" action="/console/login">
<input type="hidden" name="code" value="${code}"><button class="go">${words.signIn}</button></form>`
      answers.show(asked, session, { status: 200, heading: words.signIn, content })
    },
    async post(asked, code) {
      const { secure, language } = asked
      const signed = await sessions.signIn(code)
      if (signed === null) return refuse(asked, 403, WORDS[language].loginBad)
      await options.signedIn(signed.approver)
      const cookie = setCookie(sessionCookie(secure), signed.value, { secure, ageS: SESSION_S })
      answers.redirect(asked, '/console/requests', [cookie])
    },
    hint(asked) {
      const heading = WORDS[asked.language].signIn
      answers.show(asked, null, { status: 401, heading, content: ways(asked, login.providers()) })
    },
  }
}

/** How to get in. */
function ways({ language, url }: Asked, providers: readonly LoginProvider[]): Html {
  const words = WORDS[language]
  const to = after(url.pathname)
  // SameSite=Strict keeps the session back from a page that was opened out of an e-mail: one click from here sends it.
  return html`${providers.map(
    ({ issuer, name }) =>
      html`<p><a class="button" href="/console/login/provider?${new URLSearchParams({ issuer, to }).toString()}">${words.signInWith} ${name}</a></p>`,
  )}
<p>${words.needLogin}</p><p><a href="${to}">${words.continueIf}</a></p>`
}

function after(path: string | null): string {
  return path !== null && AFTER.test(path) ? path : '/console/requests'
}
