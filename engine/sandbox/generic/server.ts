import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import type { Erp } from '../../contract/erp.ts'
import { readPointer } from '../../contract/pointer.ts'
import type { StandInFile } from '../../contract/stand-in.ts'
import { type Faults, faultQueue } from '../faults.ts'
import { listen, type RawAnswer, type RawCall } from '../listener.ts'
import type { ReceivedCall, StandIn, StandInOptions } from '../stand-in.ts'
import { type Asked, argsPlace, askedOf } from './asked.ts'
import { type Collection, openCollection } from './collection.ts'
import { credentialsFor } from './credentials.ts'
import { errorAnswer, Refused } from './errors.ts'
import { openExchanges } from './exchanges.ts'
import { type Gate, gateOf } from './gate.ts'
import { put } from './place.ts'
import { callRate } from './rate.ts'
import { fits, type OpenRoute, serve } from './route.ts'

interface Company {
  /** @throws Refused */
  take: () => void
  collections: ReadonlyMap<string, Collection>
  play: ReturnType<typeof openExchanges>
}

interface Desk {
  file: StandInFile
  gate: Gate
  companies: ReadonlyMap<string, Company>
  routes: readonly OpenRoute[]
  faults: Faults
  received: ReceivedCall[]
  /** Where the arguments stand in a body, and where a client looks for what is answered. */
  argsAt: string
  resultAt: string
}

/** Starts what a `stand-in.yaml` describes, on loopback. Records last as long as it runs. */
export async function startGeneric(erp: Erp, file: StandInFile, options: StandInOptions = {}): Promise<StandIn> {
  const { now = Date.now, limitFactor = 1, port } = options
  const credentials = credentialsFor(erp, file)
  const open = (): Company => ({
    take: callRate(file.rate, limitFactor, now),
    collections: new Map(Object.entries(file.collections ?? {}).map(([name, one]) => [name, openCollection(one)])),
    play: openExchanges(file.exchanges ?? []),
  })
  const desk: Desk = {
    file,
    gate: gateOf(file.auth ?? erp.connection.auth, credentials),
    companies: new Map(Object.keys(credentials).map((company) => [company, open()])),
    routes: openRoutes(erp, file),
    faults: faultQueue(),
    received: [],
    argsAt: argsPlace(erp.request?.body),
    resultAt: erp.request?.result ?? '',
  }
  const listener = await listen({ ...(port !== undefined && { port }), answer: (call) => answer(desk, call) })
  return {
    erp: erp.name,
    url: listener.url,
    credentials,
    received: desk.received,
    records: (company, kind) => structuredClone(desk.companies.get(company)?.collections.get(kind)?.all() ?? []),
    failNext: desk.faults.add,
    close: listener.close,
  }
}

function openRoutes(erp: Erp, { routes = [] }: StandInFile): OpenRoute[] {
  const ajv = new Ajv2020({ strict: false, allowUnionTypes: true })
  formats.default(ajv)
  return routes.map((route) => ({
    route,
    paging: (route.paging !== undefined && erp.paging[route.paging]) || null,
    guard: route.body === undefined ? null : ajv.compile(route.body),
  }))
}

async function answer(desk: Desk, raw: RawCall): Promise<RawAnswer> {
  const { gate, file, received } = desk
  const asked = askedOf(raw, desk.argsAt)
  const noted: ReceivedCall = { operation: `${raw.method} ${raw.path}`, company: null, status: 0 }
  received.push(noted)
  const served = async (): Promise<RawAnswer> => {
    const opened = gate.login(raw)
    if (opened !== null) return opened
    if (asked === null) throw new Refused('validation', 'the body is no JSON')
    const name = gate.companyOf(asked)
    const company = name === null ? undefined : desk.companies.get(name)
    if (company === undefined) throw new Refused('auth', 'the credential is not known')
    const { body, query } = gate.bare(asked)
    const bare = { ...asked, body, query, args: readPointer(body, desk.argsAt) }
    Object.assign(noted, { company: name, params: { query: Object.fromEntries(query), body } })
    company.take()
    const way = wayOf(desk, company, bare)
    noted.operation = way.operation
    return desk.faults.through(way.operation, () => refusing(way.run, file))
  }
  const reply = await refusing(served, file)
  noted.status = reply.status
  return reply
}

/** How a call is served, and what it is called in what was received. */
function wayOf(desk: Desk, company: Company, call: Asked): { operation: string; run: () => RawAnswer } {
  const played = company.play(call)
  if (played !== null) return { operation: `${call.method} ${call.path}`, run: () => played }
  for (const one of desk.routes) {
    const fitting = fits(one.route, call)
    const records = company.collections.get(one.route.of)
    if (fitting === null || records === undefined) continue
    const called = Object.values(one.route.when ?? {}).map((value) => ` ${value}`)
    const operation = `${one.route.method} ${one.route.path}${called.join('')}`
    return { operation, run: () => shown(serve(one, records, fitting), one.route.result ?? desk.resultAt) }
  }
  // Not "no such record": what is missing here is missing in the file.
  const body = { error: 'not_served', message: `nothing in stand-in.yaml serves ${call.method} ${call.path}` }
  return { operation: `${call.method} ${call.path}`, run: () => ({ status: 501, body }) }
}

function shown(reply: RawAnswer, resultAt: string): RawAnswer {
  return reply.body === undefined ? reply : { ...reply, body: put(undefined, resultAt, reply.body) }
}

async function refusing(run: () => Promise<RawAnswer> | RawAnswer, { errors }: StandInFile): Promise<RawAnswer> {
  try {
    return await run()
  } catch (error) {
    if (error instanceof Refused) return errorAnswer(errors, error)
    throw error
  }
}
