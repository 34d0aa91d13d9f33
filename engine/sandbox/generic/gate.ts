import { randomBytes } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { AuthItem, SessionAuth, Template } from '../../contract/erp.ts'
import { readPointer } from '../../contract/pointer.ts'
import type { RawAnswer, RawCall } from '../listener.ts'
import { type Asked, askedOf } from './asked.ts'
import { Refused } from './errors.ts'
import { tokenAnswer } from './oauth.ts'
import { put, without } from './place.ts'

type Credentials = Readonly<Record<string, Readonly<Record<string, string>>>>

/** Who may call. */
export interface Gate {
  /** The answer to a login, or to a client that asks for a token; null where the call is neither. @throws Refused */
  login(raw: RawCall): RawAnswer | null
  /** The company whose credential came with the call, all of it; null where there is none. */
  companyOf(call: Asked): string | null
  /** The call's query and body without what authenticates it. */
  bare(call: Asked): Pick<Asked, 'query' | 'body'>
}

/** Judges calls by what erp.yaml sends: each item must hold, all of them for one company. */
export function gateOf(auth: readonly AuthItem[], credentials: Credentials): Gate {
  /** Header of an open session, or access token → company. */
  const open = new Map<string, string>()

  function holds(item: AuthItem, company: string, own: Readonly<Record<string, string>>, call: Asked): boolean {
    switch (item.in) {
      case 'header':
        return call.headers[item.name.toLowerCase()] === `${schemeOf(item)}${own[item.credential]}`
      case 'query':
        return call.query.get(item.name) === own[item.credential]
      case 'body':
        return readPointer(call.body, item.pointer) === own[item.credential]
      case 'basic': {
        const pair = Buffer.from(`${own[item.user]}:${own[item.password]}`).toString('base64')
        return call.headers.authorization === `Basic ${pair}`
      }
      case 'session': {
        const sent = call.headers[item.header.toLowerCase()]
        return typeof sent === 'string' && open.get(sent) === company
      }
      case 'oauth2':
        return open.get(call.headers.authorization ?? '') === company
    }
  }
  const companyFor = (items: readonly AuthItem[], call: Asked): string | null => {
    const found = Object.entries(credentials).find(([company, own]) =>
      items.every((item) => holds(item, company, own, call)),
    )
    return found?.[0] ?? null
  }

  function logIn(session: SessionAuth, call: Asked): RawAnswer {
    const others = auth.filter((item) => item.in !== 'session')
    const opened = Object.entries(credentials).find(
      ([company, own]) =>
        others.every((item) => holds(item, company, own, call)) &&
        isDeepStrictEqual(call.body, filled(session.login.body, own)),
    )
    if (opened === undefined) throw new Refused('auth', 'unknown user or password')
    const { header, document } = openSession(session, opened[1])
    open.set(header, opened[0])
    return { status: 200, body: document }
  }

  return {
    login(raw) {
      for (const item of auth) {
        if (item.in === 'oauth2' && raw.method === 'POST' && raw.path === new URL(item.tokenUrl).pathname) {
          return tokenAnswer(item, credentials, raw, (token, company) => open.set(`Bearer ${token}`, company))
        }
        if (item.in !== 'session' || item.login.method !== raw.method || item.login.path !== raw.path) continue
        const call = askedOf(raw, '')
        // One address may take logins and calls alike; a call comes with a session.
        if (call !== null && call.headers[item.header.toLowerCase()] === undefined) return logIn(item, call)
      }
      return null
    },
    companyOf: (call) => companyFor(auth, call),
    bare(call) {
      const query = new URLSearchParams(call.query)
      let { body } = call
      for (const item of auth) {
        if (item.in === 'query') query.delete(item.name)
        if (item.in === 'body') body = without(body, item.pointer)
      }
      return { query, body }
    },
  }
}

function schemeOf({ scheme }: { scheme?: string }): string {
  return scheme === undefined ? '' : `${scheme} `
}

/** What erp.yaml makes of a login's template for this credential. */
function filled(template: Template, own: Readonly<Record<string, string>>): unknown {
  if (Array.isArray(template)) return template.map((item) => filled(item, own))
  if (typeof template !== 'object' || template === null) return template
  const { $credential: name } = template
  if (typeof name === 'string') return own[name]
  return Object.fromEntries(Object.entries(template).map(([key, inner]) => [key, filled(inner, own)]))
}

/** A fresh session: what the login answers, and the header that a client makes of it. */
function openSession(
  { token, scheme }: SessionAuth,
  own: Readonly<Record<string, string>>,
): { header: string; document: unknown } {
  let document: unknown
  const parts = token.join.map((part) => {
    if ('text' in part) return part.text
    if ('credential' in part) return own[part.credential] ?? ''
    const text = randomBytes(16).toString('hex')
    document = put(document, part.pointer, text)
    return text
  })
  const joined = parts.join('')
  const text = token.encode === 'base64' ? Buffer.from(joined).toString('base64') : joined
  return { header: `${schemeOf({ ...(scheme === undefined ? {} : { scheme }) })}${text}`, document }
}
