import type { Erp } from '../../engine/contract/erp.ts'
import type { Redactor } from '../credentials/redactor.ts'
import { addressOf, checkHost } from './address.ts'
import { contentOf, type ReadAnswer, readAnswer } from './answer.ts'
import type { OpenCircuit } from './circuit.ts'
import { errorJudge } from './error-rule.ts'
import { openExchange } from './exchange.ts'
import { type LimiterSharing, longestCallMs, openLimiter } from './limiter.ts'
import { ErpFailure } from './outcome.ts'
import type { NativeRequest } from './request.ts'
import { withoutSecrets } from './secret-text.ts'
import { openSessions, type Sessions } from './session.ts'
import { fill } from './template.ts'

/** Sends requests under the ERP's limits and judges what comes back. */
export interface Sender {
  /** What stands below the tool's own result, or request.result, of the answer. Throws ErpFailure. */
  send(company: string, request: NativeRequest, turn: Turn): Promise<unknown>
  /** The company's session is used no more. */
  renew(company: string): void
  openCircuits(): OpenCircuit[]
  close(): void
}

export interface Turn {
  /** It changes nothing in the ERP. */
  read: boolean
  signal: AbortSignal | undefined
  /** Sent where the ERP's description asks for it. */
  traceparent?: string | undefined
}

export interface SenderOptions extends LimiterSharing {
  erp: Erp
  redactor: Redactor
  baseUrl: string
  allowedHosts: readonly string[]
  credential: (company: string, name: string) => string
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
  const sessions = sessionsOf()

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

  async function inSession(open: Sessions, company: string, request: NativeRequest, signal?: AbortSignal) {
    const renewOn = erp.connection.auth.find((item) => item.in === 'session')?.renewOn ?? []
    const header = await open.header(company)
    const answer = await exchanged(withHeader(request, header), signal)
    if (!renewOn.includes(answer.status)) return answer
    // The ERP did not know the session, so it has done nothing: this is the first time the request is let in.
    open.refused(company, header)
    return exchanged(withHeader(request, await open.header(company)), signal)
  }

  function sessionsOf(): Sessions | null {
    const auth = erp.connection.auth.find((item) => item.in === 'session')
    if (auth === undefined) return null
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
    const learn = (secrets: readonly string[]): void => redactor.learn(secrets, 'session')
    return openSessions({ auth, now, credential, login, learn })
  }

  return {
    send(company, asked, { read, signal, traceparent }) {
      const isTold = erp.request?.traceparent === true && traceparent !== undefined
      const request = isTold ? withHeader(asked, { name: 'traceparent', value: traceparent }) : asked
      const counted = { company, operation: request.operation, digest: request.digest, read }
      return limiter.run(counted, signal, async () => {
        const answer =
          sessions === null ? await exchanged(request, signal) : await inSession(sessions, company, request, signal)
        try {
          return contentFrom(company, answer, request.result ?? erp.request?.result ?? '')
        } catch (error) {
          if (error instanceof ErpFailure) limiter.failed(counted, error.error)
          throw error
        }
      })
    },
    renew: (company) => sessions?.renew(company),
    openCircuits: limiter.openCircuits,
    close() {
      limiter.close()
      exchange.close()
    },
  }
}

function withHeader(request: NativeRequest, { name, value }: { name: string; value: string }): NativeRequest {
  return { ...request, headers: { ...request.headers, [name]: value } }
}
