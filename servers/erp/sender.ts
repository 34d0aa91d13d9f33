import type { CredentialKey } from '../../engine/contract/credential-key.ts'
import type { AuthItem, Erp, OAuth2Auth, SessionAuth } from '../../engine/contract/erp.ts'
import type { Redactor } from '../credentials/redactor.ts'
import { addressOf, checkHost } from './address.ts'
import { contentOf, type ReadAnswer, readAnswer } from './answer.ts'
import type { GrantSharing } from './caller.ts'
import type { OpenCircuit } from './circuit.ts'
import { errorJudge } from './error-rule.ts'
import { openExchange } from './exchange.ts'
import { type LimiterSharing, longestCallMs, openLimiter } from './limiter.ts'
import { requestFor, tokenGiven } from './oauth/token-request.ts'
import { openTokens } from './oauth/tokens.ts'
import { ErpFailure } from './outcome.ts'
import type { NativeRequest } from './request.ts'
import { withoutSecrets } from './secret-text.ts'
import { openSessions, type Sessions } from './session.ts'
import { fill } from './template.ts'
import { waitEnded } from './turned-away.ts'

/** Sends requests under the ERP's limits and judges what comes back. */
export interface Sender {
  /** What stands below the tool's own result, or request.result, of the answer. Throws ErpFailure. */
  send(company: string, request: NativeRequest, turn: Turn): Promise<unknown>
  /** The company's session is used no more. */
  renew(company: string): void
  /** Uses what the ERP ends where nobody does for long. Never rejects. */
  keepAlive(companies: readonly string[]): Promise<void>
  openCircuits(): OpenCircuit[]
  /** Companies that a person has to log in again. */
  endedGrants(): string[]
  close(): Promise<void>
}

export interface Turn {
  /** It changes nothing in the ERP. */
  read: boolean
  signal: AbortSignal | undefined
  /** Sent where the ERP's description asks for it. */
  traceparent?: string | undefined
}

export interface SenderOptions extends LimiterSharing, GrantSharing {
  erp: Erp
  redactor: Redactor
  baseUrl: string
  allowedHosts: readonly string[]
  credential: (company: string, name: string) => string
  /** The keys of the store that credentials come out of. */
  keys: () => readonly CredentialKey[]
  now: () => number
  maxWaitMs: number
  maxWaiting: number
}

export function openSender(options: SenderOptions): Sender {
  const { erp, redactor, baseUrl, allowedHosts, credential, now, maxWaitMs, maxWaiting, shared, onHit } = options
  const { timeoutMs, maxResponseBytes: maxBytes } = erp.connection
  const exchange = openExchange()
  const holdMs = longestCallMs(timeoutMs)
  const limiter = openLimiter({ rules: erp.limits, now, maxWaitMs, maxWaiting, holdMs, shared, onHit })
  const judge = errorJudge(erp.errors)
  const learn = (secrets: readonly string[]): void => redactor.learn(secrets, 'session')
  const sessions = erp.connection.auth.flatMap(sessionsOf)

  /** One exchange: host checked on the final address, answer read, error rules asked. */
  async function exchanged(
    request: Omit<NativeRequest, 'operation' | 'digest'>,
    signal?: AbortSignal,
  ): Promise<ReadAnswer> {
    checkHost(request.url, allowedHosts)
    return readAnswer(await exchange.send(request, { timeoutMs, maxBytes, signal }))
  }

  function contentFrom(company: string, answer: ReadAnswer, result: string): unknown {
    const failure = judge(answer, (text) => {
      const secrets = erp.credentials.secret.map((name) => credential(company, name))
      return redactor.text(withoutSecrets(text, secrets))
    })
    if (failure !== null) throw failure
    return contentOf(answer, result)
  }

  /** With what each of them has for the company. */
  async function inSessions(company: string, request: NativeRequest, signal?: AbortSignal): Promise<ReadAnswer> {
    const send = async () => {
      const opened = await Promise.all(
        sessions.map(async (one) => ({ ...one, header: await waited(one.open.header(company), signal) })),
      )
      const whole = opened.reduce((sent, { header }) => withHeader(sent, header), request)
      return { opened, answer: await exchanged(whole, signal) }
    }
    const { opened, answer } = await send()
    const refused = opened.filter(({ renewOn }) => renewOn.includes(answer.status))
    if (refused.length === 0) return answer
    // The ERP did not know the session, so it has done nothing: this is the first time the request is let in.
    for (const { open, header } of refused) open.refused(company, header)
    return (await send()).answer
  }

  function sessionsOf(item: AuthItem): { open: Sessions; renewOn: readonly number[] }[] {
    if (item.in === 'session') return [{ open: loginsOf(item), renewOn: item.renewOn }]
    // A token that is not known, or no more (RFC 6750, 3.1).
    return item.in === 'oauth2' ? [{ open: tokensOf(item), renewOn: [401] }] : []
  }

  function loginsOf(auth: SessionAuth): Sessions {
    const login = async (company: string) => {
      const native = { path: auth.login.path, method: auth.login.method }
      const body = fill(auth.login.body, { native, args: {}, credential: (name) => credential(company, name) })
      const url = addressOf({ baseUrl, path: auth.login.path, places: new Map(), query: [] })
      const headers = { accept: 'application/json', ...erp.request?.headers, 'content-type': 'application/json' }
      // Not bound to the signal of the call that happened to come first: others wait for it too.
      return contentFrom(
        company,
        await exchanged({ method: auth.login.method, url, headers, body: JSON.stringify(body) }),
        '',
      )
    }
    return openSessions({ auth, now, credential, login, learn })
  }

  function tokensOf(auth: OAuth2Auth): Sessions {
    const { grants, onGrant = async () => undefined, keys } = options
    if (grants === undefined) throw new Error('there is no place to keep the tokens in')
    const url = new URL(auth.tokenUrl)
    const within = Math.min(timeoutMs, LONGEST_TOKEN_MS)
    return openTokens({
      ...{ erp: erp.name, auth, grants, now, credential, keys, timeoutMs: within, learn, heard: onGrant },
      request: async (ask) => {
        checkHost(url, allowedHosts)
        const sent = { ...requestFor(auth, ask), url }
        return tokenGiven(readAnswer(await exchange.send(sent, { timeoutMs: within, maxBytes })), ask)
      },
    })
  }

  return {
    send(company, asked, { read, signal, traceparent }) {
      const isTold = erp.request?.traceparent === true && traceparent !== undefined
      const request = isTold ? withHeader(asked, { name: 'traceparent', value: traceparent }) : asked
      const counted = { company, operation: request.operation, digest: request.digest, read }
      return limiter.run(counted, signal, async () => {
        const answer =
          sessions.length === 0 ? await exchanged(request, signal) : await inSessions(company, request, signal)
        try {
          return contentFrom(company, answer, request.result ?? erp.request?.result ?? '')
        } catch (error) {
          if (error instanceof ErpFailure) limiter.failed(counted, error.error)
          throw error
        }
      })
    },
    renew(company) {
      for (const { open } of sessions) open.renew(company)
    },
    async keepAlive(companies) {
      await Promise.all(sessions.map(({ open }) => open.keepAlive?.(companies)))
    },
    openCircuits: limiter.openCircuits,
    endedGrants: () => [...new Set(sessions.flatMap(({ open }) => open.ended?.() ?? []))].sort(),
    async close() {
      limiter.close()
      // A refresh token that is under way is spent: what comes back for it must not be lost.
      await Promise.all(sessions.map(({ open }) => open.settled?.()))
      exchange.close()
    },
  }
}

/** Longest that the ERP may take to give a token, in milliseconds: calls wait for it. */
const LONGEST_TOKEN_MS = 15_000

/** Others may wait for the same: who goes leaves them to it. */
async function waited<Value>(coming: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return coming
  const { promise: gone, reject } = Promise.withResolvers<never>()
  const leave = (): void => reject(waitEnded(signal))
  signal.addEventListener('abort', leave)
  if (signal.aborted) leave()
  try {
    return await Promise.race([coming, gone])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}

function withHeader(request: NativeRequest, { name, value }: { name: string; value: string }): NativeRequest {
  return { ...request, headers: { ...request.headers, [name]: value } }
}
