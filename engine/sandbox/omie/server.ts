import { randomBytes, randomInt } from 'node:crypto'
import { type Faults, faultQueue } from '../faults.ts'
import { listen, type RawAnswer, type RawCall } from '../listener.ts'
import type { Row } from '../row.ts'
import type { ReceivedCall, StandIn, StandInOptions } from '../stand-in.ts'
import { type Company, companies, openCompany } from './company.ts'
import { type Envelope, parseEnvelope } from './envelope.ts'
import { badRequest, invalidKey, OmieFault, unknownMethod } from './fault.ts'
import { type OmieLimits, omieLimits } from './limits.ts'
import { recordsOf } from './records.ts'
import { type Method, services } from './services.ts'
import { checkStructure } from './structure.ts'

const BASE = '/api/v1'

interface Account {
  key: string
  secret: string
  company: Company
}

interface Omie {
  accounts: readonly Account[]
  limits: OmieLimits
  faults: Faults
  received: ReceivedCall[]
  now: () => number
}

/** A stand-in for Omie on loopback, with two companies, each with its own key pair and its own data. */
export async function startOmie(options: StandInOptions = {}): Promise<StandIn> {
  const now = options.now ?? Date.now
  const accounts = companies.map((cnpj) => ({
    key: String(randomInt(1_000_000_000_000, 10_000_000_000_000)),
    secret: randomBytes(16).toString('hex'),
    company: openCompany(cnpj),
  }))
  const limits = omieLimits(now, options.limitFactor ?? 1)
  const omie: Omie = { accounts, limits, faults: faultQueue(), received: [], now }
  const listener = await listen({ ...(options.port && { port: options.port }), answer: (call) => answer(omie, call) })
  return {
    erp: 'omie',
    url: `${listener.url}${BASE}`,
    credentials: Object.fromEntries(
      accounts.map(({ company, key, secret }) => [company.cnpj, { app_key: key, app_secret: secret }]),
    ),
    received: omie.received,
    records: (cnpj, kind) => recordsOf(accounts.find(({ company }) => company.cnpj === cnpj)?.company, kind, now()),
    failNext: omie.faults.add,
    close: listener.close,
  }
}

async function answer(omie: Omie, raw: RawCall): Promise<RawAnswer> {
  // Without its last slash a service redirects, and the POST is lost.
  if (services[`${servicePath(raw)}/`] !== undefined) return { status: 301, headers: { location: `${raw.path}/` } }
  try {
    return await served(omie, raw, readEnvelope(omie, raw))
  } catch (error) {
    if (error instanceof OmieFault) return { status: error.status, body: error.body }
    throw error
  }
}

function readEnvelope(omie: Omie, raw: RawCall): Envelope {
  try {
    if (raw.method !== 'POST') throw badRequest()
    return parseEnvelope(raw.body)
  } catch (error) {
    omie.received.push({ operation: `${raw.method} ${raw.path}`, company: null, status: 500 })
    throw error
  }
}

async function served(omie: Omie, raw: RawCall, envelope: Envelope): Promise<RawAnswer> {
  const account = omie.accounts.find(({ key, secret }) => key === envelope.appKey && secret === envelope.appSecret)
  const noted: ReceivedCall = {
    operation: envelope.call,
    company: account?.company.cnpj ?? null,
    status: 0,
    params: envelope.param,
  }
  omie.received.push(noted)
  const reply = await limited(omie, raw, envelope, account)
  noted.status = reply.status
  return reply
}

async function limited(omie: Omie, raw: RawCall, envelope: Envelope, account?: Account): Promise<RawAnswer> {
  if (account === undefined) return failed(invalidKey())
  const service = services[servicePath(raw)] ?? {}
  const method = Object.hasOwn(service, envelope.call) ? service[envelope.call] : undefined
  if (method === undefined) return failed(unknownMethod(envelope.call))
  const caller = {
    ip: raw.ip,
    appKey: envelope.appKey,
    method: envelope.call,
    signature: JSON.stringify(envelope.param),
    writes: !/^(Listar|Consultar)/.test(envelope.call),
  }
  const refusal = omie.limits.enter(caller)
  if (refusal !== undefined) {
    omie.limits.countError(caller)
    return failed(refusal)
  }
  try {
    const reply = await omie.faults.through(envelope.call, () => run(method, account.company, envelope.param, omie))
    if (isError(reply)) omie.limits.countError(caller)
    return reply
  } finally {
    omie.limits.leave(caller)
  }
}

function run(method: Method, company: Company, param: Row, omie: Omie): RawAnswer {
  try {
    checkStructure(method.takes, param)
    return { status: 200, body: method.run(company, param, omie.now()) }
  } catch (error) {
    if (error instanceof OmieFault) return failed(error)
    throw error
  }
}

function isError(reply: RawAnswer): boolean {
  return reply.status >= 400 || (typeof reply.body === 'object' && reply.body !== null && 'faultcode' in reply.body)
}

function failed(fault: OmieFault): RawAnswer {
  return { status: fault.status, body: fault.body }
}

function servicePath(raw: RawCall): string {
  return raw.path.startsWith(BASE) ? raw.path.slice(BASE.length) : ''
}
