import { randomBytes } from 'node:crypto'
import { type Faults, faultQueue } from '../faults.ts'
import { listen, type RawAnswer, type RawCall } from '../listener.ts'
import { isRow, numberOf, type Row } from '../row.ts'
import type { ReceivedCall, StandIn, StandInOptions } from '../stand-in.ts'
import { type Company, companies, openCompany } from './company.ts'
import { BlingFault, emptyBody, expiredToken, missing, unknownToken, unreadableBody, wrongMethod } from './fault.ts'
import { openGrants } from './grant.ts'
import { authorize, type Client, tokenAnswer } from './oauth.ts'
import { type CallRate, callRate, type TokenGate, tokenGate } from './rate.ts'
import { recordsOf } from './records.ts'
import { templateOf } from './route.ts'
import { routes } from './routes.ts'

const BASE = '/Api/v3'

export interface BlingStandIn extends StandIn {
  /** What one company's person consented to: for tests of the grant itself. */
  client(company: string): Client | undefined
}

interface Account extends Client {
  company: Company
  rate: CallRate
}

interface Bling {
  accounts: readonly Account[]
  faults: Faults
  gate: TokenGate
  received: ReceivedCall[]
  now: () => number
}

/** A stand-in for Bling v3 on loopback: two accounts, each with its own application, tokens and data. */
export async function startBling(options: StandInOptions = {}): Promise<BlingStandIn> {
  const now = options.now ?? Date.now
  const factor = options.limitFactor ?? 1
  const accounts = companies.map((cnpj) => ({
    id: randomBytes(20).toString('hex'),
    secret: randomBytes(30).toString('hex'),
    grants: openGrants(now),
    company: openCompany(cnpj),
    rate: callRate(now, factor),
  }))
  const bling: Bling = { accounts, faults: faultQueue(), gate: tokenGate(now, factor), received: [], now }
  const listener = await listen({ ...(options.port && { port: options.port }), answer: (call) => answer(bling, call) })
  const of = (cnpj: string) => accounts.find(({ company }) => company.cnpj === cnpj)
  return {
    erp: 'bling',
    url: `${listener.url}${BASE}`,
    credentials: Object.fromEntries(accounts.map((account) => [account.company.cnpj, credentialOf(account)])),
    received: bling.received,
    records: (cnpj, kind) => recordsOf(of(cnpj)?.company, kind),
    client: of,
    failNext: bling.faults.add,
    close: listener.close,
  }
}

function credentialOf({ id, secret, grants, company }: Account): Record<string, string> {
  const typeOf = (words: string) =>
    String(numberOf(company.contactTypes.find(({ descricao }) => descricao === words)?.['id']))
  return {
    client_id: id,
    client_secret: secret,
    refresh_token: grants.consent(),
    customer_type: typeOf('Cliente'),
    vendor_type: typeOf('Fornecedor'),
  }
}

async function answer(bling: Bling, raw: RawCall): Promise<RawAnswer> {
  const path = raw.path.startsWith(`${BASE}/`) ? raw.path.slice(BASE.length) : ''
  if (path === '/oauth/authorize' && raw.method === 'GET') return authorize(bling.accounts, raw)
  const { template, id } = templateOf(path)
  const operation = `${raw.method} ${template}`
  const token = /^Bearer (\S+)$/i.exec(raw.headers.authorization ?? '')?.[1] ?? ''
  const account = bling.accounts.find(({ grants }) => grants.judge(token) !== 'unknown')
  const noted: ReceivedCall = { operation, company: account?.company.cnpj ?? null, status: 0 }
  // What a token call carries are secrets.
  if (path !== '/oauth/token') noted.params = { id, query: Object.fromEntries(raw.query), body: bodyOf(raw) }
  bling.received.push(noted)
  const reply = await served(bling, raw, operation, id, token, account)
  noted.status = reply.status
  return reply
}

async function served(
  bling: Bling,
  raw: RawCall,
  operation: string,
  id: number,
  token: string,
  account: Account | undefined,
): Promise<RawAnswer> {
  if (operation === 'POST /oauth/token') {
    if (!bling.gate(raw.ip)) return { status: 403, body: 'Forbidden' }
    return bling.faults.through(operation, () => tokenAnswer(bling.accounts, raw))
  }
  if (account === undefined) return failed(unknownToken())
  if (account.grants.judge(token) === 'expired') return failed(expiredToken())
  const over = account.rate.take()
  if (over !== undefined) return failed(over)
  return bling.faults.through(operation, () => run(bling, raw, operation, id, account.company))
}

function run(bling: Bling, raw: RawCall, operation: string, id: number, company: Company): RawAnswer {
  try {
    const route = routes.get(operation)
    if (route === undefined) throw isKnown(operation) ? wrongMethod() : missing()
    const body = bodyOf(raw)
    if (body === undefined) throw unreadableBody()
    if (body === null) throw emptyBody()
    return route.run({ company, id, body, query: raw.query, now: bling.now() })
  } catch (error) {
    if (error instanceof BlingFault) return failed(error)
    throw error
  }
}

function isKnown(operation: string): boolean {
  const [, path] = operation.split(' ')
  return [...routes.keys()].some((known) => known.split(' ')[1] === path)
}

/** Null: there is none where one has to be; undefined: it is no JSON object. */
function bodyOf(raw: RawCall): Row | null | undefined {
  if (raw.method === 'GET' || raw.method === 'DELETE') return {}
  const text = raw.body.toString('utf8')
  if (text.trim() === '') return null
  try {
    const read: unknown = JSON.parse(text)
    return isRow(read) ? read : undefined
  } catch {
    return undefined
  }
}

function failed(fault: BlingFault): RawAnswer {
  return { status: fault.status, body: fault.body }
}
