import type { RawAnswer, RawCall } from '../listener.ts'
import { CodeError, HttpError, pages, UserError } from './errors.ts'
import { callMethod } from './methods.ts'
import type { SignIn } from './sign-in.ts'
import type { Store } from './store.ts'
import { holdsImpossible, isObject } from './values.ts'

/** What serves the calls. */
export interface Desk {
  /** Name of the only database. */
  database: string
  store: Store
  now: () => number
  signIn: SignIn
}

/** A request's body as the ERP reads it; each part is undefined where the body does not hold it. */
export interface RpcCall {
  id?: unknown
  method?: string
  params?: unknown
  /** Only a body of exactly these three keys is answered in an envelope. */
  enveloped: boolean
}

export function readCall(raw: RawCall): RpcCall {
  const isJson = raw.headers['content-type']?.includes('json') === true
  const body = isJson ? parsed(raw.body.toString('utf8')) : undefined
  if (!isObject(body) || holdsImpossible(body)) return { enveloped: false }
  const keys = Object.keys(body).sort().join()
  const { id, method, params } = body
  return { id, params, ...(typeof method === 'string' && { method }), enveloped: keys === 'id,method,params' }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export function answerCall(desk: Desk, raw: RawCall, call: RpcCall): RawAnswer {
  try {
    const refused = refuseRoute(raw)
    if (refused !== null) return refused
    const params = paramsOf(call)
    if (raw.path === '/') return result(call, atRoot(desk, call))
    const name = raw.path.slice(1, -1)
    const header = raw.headers.authorization
    const isLogIn = call.method === 'common.db.login'
    if (name !== desk.database && (isLogIn || header !== undefined)) {
      // The path of the machine in it is what a client must not pass on.
      throw new CodeError(`Database '/var/lib/tryton/${name}.sqlite' doesn't exist!`)
    }
    if (isLogIn) return result(call, logIn(desk, params))
    const account = desk.signIn.account(header)
    if (account === null) return unauthorized
    if (call.method === 'common.db.logout') {
      desk.signIn.end(header)
      return result(call, null)
    }
    if (call.method === undefined) throw new CodeError('&#39;NoneType&#39; object has no attribute &#39;split&#39;')
    if (needFresh.includes(call.method) && !desk.signIn.isFresh(header)) throw new HttpError(401)
    const pen = {
      account,
      today: new Date(desk.now()).toISOString().slice(0, 10),
      view: { store: desk.store, company: account.company },
    }
    const answer = result(call, callMethod(pen, call.method, params))
    desk.signIn.touch(header)
    return answer
  } catch (error) {
    return failure(call, error)
  }
}

/** For these the ERP asks for a session that was used lately; not so for writing the state by hand. */
const needFresh = ['model.account.payment.approve', 'model.account.move.post']

const unauthorized: RawAnswer = { status: 401, headers: { 'www-authenticate': 'Basic realm="Tryton"' } }

function refuseRoute(raw: RawCall): RawAnswer | null {
  if (raw.path !== '/' && !raw.path.endsWith('/')) {
    const redirect = page(308)
    return { ...redirect, headers: { ...redirect.headers, location: `${raw.path}/` } }
  }
  return raw.method === 'POST' ? null : page(405)
}

/** @throws for what Python cannot spread into arguments: a missing or unreadable body as well */
function paramsOf({ params }: RpcCall): readonly unknown[] {
  if (Array.isArray(params)) return params
  if (isObject(params)) return Object.keys(params)
  if (typeof params === 'string') return [...params]
  throw new HttpError(500, 'Value after * must be an iterable, not NoneType')
}

function atRoot({ database }: Desk, { method }: RpcCall): unknown {
  if (method === 'common.server.version') return '6.0.29'
  if (method === 'common.db.list') return [database]
  throw new CodeError(`'${method}'`)
}

function logIn({ signIn }: Desk, [login, parameters]: readonly unknown[]): unknown {
  const password = isObject(parameters) ? parameters['password'] : undefined
  if (password === undefined) throw new LoginError(String(login))
  return signIn.open(String(login), String(password))
}

/** The ERP asks for the password with an answer of its own kind. */
class LoginError extends Error {
  readonly login: string
  constructor(login: string) {
    super(`Password for ${login}`)
    this.login = login
  }
}

function result(call: RpcCall, value: unknown): RawAnswer {
  return json(call.enveloped ? { id: call.id, result: value } : value)
}

function failure(call: RpcCall, error: unknown): RawAnswer {
  if (error instanceof HttpError) return page(error.status, error.message)
  const message = error instanceof Error ? error.message : String(error)
  if (!call.enveloped) return page(error instanceof UserError ? 400 : 500, message)
  if (error instanceof UserError) return json({ id: call.id, error: ['UserError', [message, '', error.more]] })
  if (error instanceof LoginError)
    return json({ id: call.id, error: ['LoginException', ['password', message, 'password']] })
  return json({ id: call.id, error: [message, ''] })
}

/** Sent by hand: `null` and numbers are whole answers here, and other letters than ASCII travel escaped. */
function json(value: unknown): RawAnswer {
  const text = JSON.stringify(value).replace(
    /[\u0080-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  return { status: 200, body: text, headers: { 'content-type': 'application/json' } }
}

function page(status: number, message: string = pages[status]?.[1] ?? ''): RawAnswer {
  const name = pages[status]?.[0] ?? ''
  const body = `<!doctype html>\n<html lang=en>\n<title>${status === 308 ? name : `${status} ${name}`}</title>\n<h1>${name}</h1>\n<p>${message}</p>\n`
  return { status, body, headers: { 'content-type': 'text/html; charset=utf-8' } }
}
