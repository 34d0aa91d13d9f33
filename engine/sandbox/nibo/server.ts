import { randomUUID } from 'node:crypto'
import { type Faults, faultQueue } from '../faults.ts'
import { listen, type RawAnswer, type RawCall } from '../listener.ts'
import { isRow, type Row } from '../row.ts'
import type { ReceivedCall, StandIn, StandInOptions } from '../stand-in.ts'
import { type Company, companies, type Issued, openCompany } from './company.ts'
import { denied, missing, NiboFault, tooMany } from './fault.ts'
import { type CallRate, callRate } from './rate.ts'
import { recordsOf } from './records.ts'
import { type Route, templateOf } from './route.ts'
import { routes } from './routes.ts'

const BASE = '/empresas/v1'
/** Calls a second per organization (measured by alvarocastro-aecrio/n8n-nodes-nibo-empresas). */
const RATE = 14

export interface NiboOptions extends StandInOptions {
  /** How long a list takes to show a write, in milliseconds. Default 100; one to seven seconds at the real one. */
  listLagMs?: number
}

export interface NiboStandIn extends StandIn {
  /** Every boleto and NFS-e that a call made it issue. */
  issued: readonly Issued[]
}

interface Account {
  token: string
  company: Company
  rate: CallRate
}

interface Nibo {
  accounts: readonly Account[]
  faults: Faults
  issued: Issued[]
  received: ReceivedCall[]
  now: () => number
}

/** A stand-in for Nibo Empresas on loopback, with two organizations, each with its own token and its own data. */
export async function startNibo(options: NiboOptions = {}): Promise<NiboStandIn> {
  const now = options.now ?? Date.now
  const accounts = companies.map((cnpj) => ({
    token: randomUUID().replaceAll('-', '').toUpperCase(),
    company: openCompany(cnpj, now, options.listLagMs ?? 100),
    rate: callRate(RATE * (options.limitFactor ?? 1), now),
  }))
  const nibo: Nibo = { accounts, faults: faultQueue(), issued: [], received: [], now }
  const listener = await listen({ ...(options.port && { port: options.port }), answer: (call) => answer(nibo, call) })
  return {
    erp: 'nibo',
    url: `${listener.url}${BASE}`,
    credentials: Object.fromEntries(accounts.map(({ company, token }) => [company.cnpj, { api_token: token }])),
    issued: nibo.issued,
    received: nibo.received,
    records: (cnpj, kind) => recordsOf(accounts.find(({ company }) => company.cnpj === cnpj)?.company, kind, now()),
    failNext: nibo.faults.add,
    close: listener.close,
  }
}

async function answer(nibo: Nibo, raw: RawCall): Promise<RawAnswer> {
  const path = raw.path.startsWith(`${BASE}/`) ? raw.path.slice(BASE.length) : ''
  const { template, ids } = templateOf(path)
  const operation = `${raw.method} ${template}`
  const token = raw.headers['apitoken'] ?? raw.query.get('apitoken')
  const account = nibo.accounts.find((one) => one.token === token)
  raw.query.delete('apitoken')
  const params = { ids, query: Object.fromEntries(raw.query), body: bodyOf(raw) ?? raw.body.toString('utf8') }
  const noted: ReceivedCall = { operation, company: account?.company.cnpj ?? null, status: 0, params }
  nibo.received.push(noted)
  const reply = await served(nibo, raw, operation, ids, account)
  noted.status = reply.status
  return reply
}

async function served(
  nibo: Nibo,
  raw: RawCall,
  operation: string,
  ids: readonly string[],
  account: Account | undefined,
): Promise<RawAnswer> {
  if (account === undefined) return failed(denied())
  if (!account.rate.take()) return failed(tooMany(account.rate.limit))
  const route = routes.get(operation)
  if (route === undefined) return failed(missing(raw.path))
  return nibo.faults.through(operation, () => run(nibo, raw, route, ids, account.company))
}

function run(nibo: Nibo, raw: RawCall, route: Route, ids: readonly string[], company: Company): RawAnswer {
  const body = bodyOf(raw)
  // A body it cannot read is answered 200 and applied nowhere.
  if (body === undefined) return { status: 200, body: { Messages: [''] } }
  try {
    const [first = '', second = ''] = ids
    return route.run({ company, ids: [first, second], body, query: raw.query, now: nibo.now(), issued: nibo.issued })
  } catch (error) {
    if (error instanceof NiboFault) return failed(error)
    throw error
  }
}

function bodyOf(raw: RawCall): Row | undefined {
  if (raw.method === 'GET' || raw.method === 'DELETE') return {}
  try {
    const read: unknown = JSON.parse(raw.body.toString('utf8'))
    return isRow(read) ? read : undefined
  } catch {
    return undefined
  }
}

function failed(fault: NiboFault): RawAnswer {
  return { status: fault.status, body: fault.body }
}
