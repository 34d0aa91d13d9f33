import { canonicalText } from '../../contract/canonical.ts'
import type { Catalogue } from '../../contract/catalogue.ts'
import type { Erp, LimitRule, Paging, Target } from '../../contract/erp.ts'
import { readPointer } from '../../contract/pointer.ts'
import type { StandInExchange, StandInFile } from '../../contract/stand-in.ts'
import type { Passed } from '../between.ts'
import { argsPlace } from './asked.ts'
import { gateOf } from './gate.ts'
import { openMadeUp } from './personal.ts'
import { put } from './place.ts'

export interface RecordOptions {
  catalogue: Catalogue
  passed: readonly Passed[]
  /** What passed while the ERP was asked above its rate. */
  hurried: readonly Passed[]
  /** Values of the spoilt credential: what was sent with it tells how a wrong one is refused. */
  spoilt: readonly string[]
  plain: Record<string, string>
  /** Texts of the run itself, which stay, and texts that become others. */
  own: readonly string[]
  instead: readonly (readonly [string, string])[]
  /** Lists by pages of at least this size differ in nothing else, and one of them stands for all. */
  freshSize: number
}

/** What was seen of an ERP as a stand-in that plays it: masked, and without what authenticates. */
export function recordingOf(options: RecordOptions): StandInFile {
  const { catalogue, passed, hurried, spoilt, plain } = options
  const { erp } = catalogue
  const gate = gateOf(erp.connection.auth, {})
  const logins = erp.connection.auth.flatMap((item) =>
    item.in === 'session' ? [item.login.path] : item.in === 'oauth2' ? [new URL(item.tokenUrl).pathname] : [],
  )
  const wrong = (one: Passed): boolean => spoilt.some((value) => value !== '' && sentText(one).includes(value))
  const answered = passed.filter(({ spoiled, status }) => !spoiled && status > 0)
  const kept = answered.filter((one) => !wrong(one) && !isLogin(one, logins, erp))
  const seen = new Set<string>()
  const exchanges = kept.flatMap((one): StandInExchange[] => {
    const { method, path } = one
    const { query, body } = gate.bare({
      ...one,
      query: new URLSearchParams(one.query),
      body: parsed(one.body),
      args: undefined,
      places: new Map(),
    })
    const asked = opened(erp, options.freshSize, Object.fromEntries(query), body)
    const key = canonicalText([method, path, asked.query, asked.body ?? null])
    if (asked.any && seen.has(key)) return []
    seen.add(key)
    const sent = {
      ...(Object.keys(asked.query).length > 0 && { query: asked.query }),
      ...(asked.body === undefined ? {} : { body: asked.body }),
    }
    return [{ method, path, ...sent, ...answerOf(one) }]
  })
  const auth = answered.find((one) => wrong(one) && one.status !== 0)
  const told = hurried.find(({ status }) => status >= 400)
  const limit = told === undefined ? undefined : rateOf(erp.limits, passed.length)
  const errors = { ...(auth && { auth: errorOf(auth) }), ...(told && { rate_limited: errorOf(told) }) }
  const madeUp = openMadeUp(catalogue.records, options.own, options.instead)
  for (const { answer } of exchanges) madeUp.learn(answer)
  return {
    ...(Object.keys(plain).length > 0 && { plain }),
    ...(limit && { rate: limit }),
    ...(Object.keys(errors).length > 0 && { errors }),
    exchanges: exchanges.map((one) => madeUp.of(one)),
  }
}

/** One line for each part and each exchange, as JSON, which is YAML as well. */
export function recordingText(file: StandInFile): string {
  const { exchanges = [], ...head } = file
  const lines = Object.entries(head).map(([key, value]) => `${key}: ${JSON.stringify(value)}`)
  return `# Recorded by \`alcada verify-erp --record\`: personal values are made up.\n${[...lines, 'exchanges:', ...exchanges.map((one) => `  - ${JSON.stringify(one)}`)].join('\n')}\n`
}

function isLogin({ path, headers }: Passed, logins: readonly string[], erp: Erp): boolean {
  const session = erp.connection.auth.find((item) => item.in === 'session')
  return logins.includes(path) && (session === undefined || headers[session.header.toLowerCase()] === undefined)
}

function sentText({ headers, query, body }: Passed): string {
  const basic = /^Basic (.+)$/.exec(headers.authorization ?? '')?.[1]
  const pair = basic === undefined ? '' : Buffer.from(basic, 'base64').toString('utf8')
  return JSON.stringify([headers, query, body, pair])
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return text
  }
}

const ANY = { $any: true } as const

/** A request for a large page stands for all that differ from it in page and size. */
function opened(
  erp: Erp,
  freshSize: number,
  query: Record<string, string>,
  body: unknown,
): { query: NonNullable<StandInExchange['query']>; body: unknown; any: boolean } {
  const at = argsPlace(erp.request?.body)
  for (const paging of Object.values(erp.paging)) {
    const size = Number(askedAt(paging.size, query, body, at)) - (paging.style === 'offset' ? 1 : 0)
    if (!(size >= freshSize)) continue
    const open: NonNullable<StandInExchange['query']> = { ...query }
    let document = body
    for (const place of [paging.size, firstOf(paging)]) {
      if ('query' in place && place.query in open) open[place.query] = ANY
      if ('to' in place && askedAt(place, query, body, at) !== undefined)
        document = put(document, `${at}${place.to}`, ANY)
    }
    return { query: open, body: document, any: true }
  }
  return { query, body, any: false }
}

function firstOf(paging: Paging): Target {
  return paging.style === 'offset' ? paging.offset : paging.page
}

function askedAt(place: Target, query: Record<string, string>, body: unknown, at: string): unknown {
  if ('query' in place) return query[place.query]
  return 'to' in place ? readPointer(body, `${at}${place.to}`) : undefined
}

/** Headers that a client looks at. */
const HEADERS = ['retry-after']

function answerOf({ status, answer, answerHeaders }: Passed): Pick<StandInExchange, 'status' | 'headers' | 'answer'> {
  const headers = Object.fromEntries(Object.entries(answerHeaders).filter(([name]) => HEADERS.includes(name)))
  const document = parsed(answer)
  if (document === undefined) return { status, ...(Object.keys(headers).length > 0 && { headers }) }
  if (typeof document === 'object' && document !== null) {
    return { status, ...(Object.keys(headers).length > 0 && { headers }), answer: document }
  }
  // A bare value is sent as it was, letter for letter.
  const type = answerHeaders['content-type']
  return { status, headers: { ...headers, ...(type !== undefined && { 'content-type': type }) }, answer }
}

function errorOf(one: Passed): { status: number; headers?: Record<string, string>; body?: unknown } {
  const { answer, ...rest } = answerOf(one)
  return { ...rest, ...(answer === undefined ? {} : { body: answer }) }
}

/** In a short window what erp.yaml allows; in a long one so much that what was recorded fits before it. */
function rateOf(limits: readonly LimitRule[], recorded: number): StandInFile['rate'] {
  const rule = limits.find(
    ({ key, max, of }) => of === undefined && key.includes('credential') && !key.includes('args') && max !== undefined,
  )
  if (rule?.max === undefined || rule.perMs === undefined) return undefined
  return { max: rule.perMs > 10_000 ? rule.max + recorded : rule.max, perMs: Math.min(rule.perMs, 1_000_000) }
}
