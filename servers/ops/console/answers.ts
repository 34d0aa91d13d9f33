import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Language } from '../approval-dictionary.ts'
import { headersOf } from './headers.ts'
import type { Html } from './html.ts'
import { type Frame, type PageExtras, page } from './page.ts'
import type { Session, Sessions } from './session.ts'

/** A request for a page of the console. */
export interface Asked {
  request: IncomingMessage
  response: ServerResponse
  url: URL
  language: Language
  /** Browsers come by https. */
  secure: boolean
}

export interface Shown extends PageExtras {
  status: number
  heading: string
  content: Html
  cookies?: readonly string[]
}

/** The two ways a request of the console is answered. */
export interface Answers {
  show(asked: Asked, session: Session | null, shown: Shown): void
  redirect(asked: Asked, to: string, cookies?: readonly string[]): void
}

export interface AnswersOptions {
  /** `Omie`. */
  title(): string
  policy(): Frame['policy']
  sessions: Pick<Sessions, 'formToken'>
}

export function answersOf({ title, policy, sessions }: AnswersOptions): Answers {
  return {
    show({ language, url, secure, request, response }, session, { status, heading, content, cookies, ...extras }) {
      const nonce = randomBytes(16).toString('base64url')
      const frame: Frame = {
        language,
        title: title(),
        person: session?.approver.person ?? null,
        policy: policy(),
        nonce,
        formToken: session === null ? '' : sessions.formToken(session, []),
      }
      const text = page(frame, url.pathname, heading, content, extras)
      const length = Buffer.byteLength(text)
      response.writeHead(status, { ...headersOf(nonce, secure), ...setting(cookies), 'content-length': length })
      response.end(request.method === 'HEAD' ? undefined : text)
    },
    redirect({ response, secure }, to, cookies) {
      response.writeHead(303, { ...headersOf('', secure), ...setting(cookies), location: to }).end()
    },
  }
}

function setting(cookies: readonly string[] = []): { 'set-cookie'?: string[] } {
  return cookies.length === 0 ? {} : { 'set-cookie': [...cookies] }
}
