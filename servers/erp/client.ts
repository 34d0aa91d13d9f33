import type { Catalogue, CatalogueTool } from '../../engine/contract/catalogue.ts'
import { loopbackConnection } from '../../engine/contract/loopback-connection.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { Redactor } from '../credentials/redactor.ts'
import { isLoopback } from './address.ts'
import { openApiCaller } from './api.ts'
import type { GrantSharing } from './caller.ts'
import type { OpenCircuit } from './circuit.ts'
import type { LimiterSharing } from './limiter.ts'
import { openMcpCaller } from './mcp.ts'
import { openMemory } from './memory.ts'
import { type ErpCall, type ErpDone, type ErpError, ErpFailure, type ErpOutcome, isRead } from './outcome.ts'
import type { UpstreamPlace } from './upstream/place.ts'

export interface ErpClientOptions extends LimiterSharing, GrantSharing {
  catalogue: Catalogue
  credentials: Credentials
  /** The clock, in epoch milliseconds. Default Date.now. */
  now?: () => number
  /** Takes the place of connection.baseUrl. Only a loopback address: for servers under a development key. */
  loopbackBaseUrl?: string
  /** Longest wait for a limit, and before a read is tried once more, in milliseconds. Default 10_000. */
  maxWaitMs?: number
  /** Calls that may wait for a limit at once. Default 200. */
  maxWaiting?: number
  /** Answers kept in memory per company. Default 500. */
  maxAnswers?: number
  /** Takes secrets out of whatever the ERP says, and learns those of its sessions. Default: nothing is known to be one. */
  redactor?: Redactor
  /** Where programs of `kind: mcp` are and work, and who hears of them. Default: none is run. */
  upstream?: UpstreamPlace
  /** Hears of mistakes of ours, which callers only see as `internal`. The error's text may hold anything: log its name and stack places. */
  unforeseen?: (cause: unknown) => void
}

export interface ErpClient {
  /** Runs a call that was decided and allowed. Never throws: whatever happens is an outcome. */
  call(call: ErpCall): Promise<ErpOutcome>
  /** A company's credential is another now: its sessions end, and what the old one was told is forgotten. */
  renew(company: string): void
  /** Uses what the ERP ends where nobody does for long (a grant). Never rejects. */
  keepAlive(): Promise<void>
  /** The circuits that are open now, for health and metrics. */
  openCircuits(): OpenCircuit[]
  /** Companies whose grant the ERP has ended, as far as this process has met it: a person has to log in again. */
  endedGrants(): string[]
  /** Tools of an upstream that are refused because it says other things of them than were reviewed, by name. */
  refusedTools(): string[]
  /** Connects to an upstream of `kind: mcp` before anybody calls, so that what it has changed is known. Never throws. */
  begin(companies: readonly string[]): Promise<void>
  close(): Promise<void>
}

const NOWHERE: UpstreamPlace = { folder: '', path: null, heard: () => undefined }

const UNKNOWING: Redactor = { learn: () => undefined, text: (text) => text, value: (value) => value }

const INTERNAL: ErpError = { kind: 'internal', message: 'the call could not be carried through' }

/** The client of one ERP: all that it does stands in the catalogue. Throws when the catalogue contradicts itself. */
export function createErpClient(options: ErpClientOptions): ErpClient {
  const {
    credentials,
    now = Date.now,
    maxWaitMs = 10_000,
    maxWaiting = 200,
    maxAnswers = 500,
    redactor = UNKNOWING,
    shared,
    onHit,
    grants,
    onGrant,
  } = options
  const catalogue = catalogueOf(options)
  const { erp } = catalogue
  const { baseUrl = '', allowedHosts = [] } = erp.connection
  const cacheMs = Math.max(0, ...erp.limits.filter(({ onHit }) => onHit === 'cache').map(({ perMs }) => perMs ?? 0))
  const memory = openMemory({ now, keepMs: Math.max(cacheMs, longestReuseMs(catalogue)), maxAnswers })
  const open = erp.kind === 'mcp' ? openMcpCaller : openApiCaller
  const limits = { now, maxWaitMs, maxWaiting, shared, onHit }
  const { upstream = NOWHERE } = options
  const caller = open({ catalogue, credentials, redactor, baseUrl, allowedHosts, upstream, grants, onGrant, ...limits })

  /** Nothing behind this line has to think of what the ERP may have repeated. */
  async function run(call: ErpCall): Promise<ErpDone> {
    const { data, answer, content, ...rest } = await caller.run(call)
    const told = redactor.value({ data, answer, ...(content && { content }) })
    return { ...rest, ...told }
  }

  async function outcomeOf(read: boolean, run: () => Promise<ErpOutcome>): Promise<ErpOutcome> {
    try {
      return await run()
    } catch (cause) {
      if (!(cause instanceof ErpFailure)) options.unforeseen?.(cause)
      // Where a mistake of ours happened is not known, so a write may have gone out.
      const failure = cause instanceof ErpFailure ? cause : new ErpFailure(INTERNAL, false)
      return { kind: read || failure.notDone ? 'failed' : 'unknown', error: failure.error }
    }
  }

  return {
    async call(call) {
      if (!isRead(call)) return memory.changing(call.company, () => outcomeOf(false, () => run(call)))
      const maxAgeMs = call.maxAgeS === undefined ? cacheMs : call.maxAgeS * 1000
      const read = () => outcomeOf(true, () => triedTwice(call, run, maxWaitMs))
      return outcomeOf(true, () => memory.answer(call.company, caller.key(call), maxAgeMs, read))
    },
    renew(company) {
      caller.renew(company)
      memory.forget(company)
    },
    keepAlive: async () => caller.keepAlive?.(),
    openCircuits: caller.openCircuits,
    endedGrants: () => caller.endedGrants?.() ?? [],
    refusedTools: () => caller.refusedTools?.() ?? [],
    begin: async (companies) => caller.begin?.(companies),
    close: () => caller.close(),
  }
}

/** A read is run once more when the ERP says when, and that is soon. A write never is. */
async function triedTwice(
  call: ErpCall,
  run: (call: ErpCall) => Promise<ErpDone>,
  maxWaitMs: number,
): Promise<ErpOutcome> {
  try {
    return await run(call)
  } catch (error) {
    const waitS = error instanceof ErpFailure && mayRepeat(error) ? error.error.retryAfterS : undefined
    if (waitS === undefined || waitS * 1000 > maxWaitMs || call.signal?.aborted === true) throw error
    await new Promise((resolve) => setTimeout(resolve, waitS * 1000 + 5))
    return run(call)
  }
}

function mayRepeat({ error }: ErpFailure): boolean {
  return error.kind === 'rate_limited' || error.kind === 'busy'
}

function longestReuseMs({ tools }: Catalogue): number {
  const ages = Object.values(tools).flatMap((tool: CatalogueTool) =>
    (tool.resolve ?? []).map(({ maxAgeS }) => maxAgeS ?? 0),
  )
  return Math.max(0, ...ages) * 1000
}

function catalogueOf({ catalogue, loopbackBaseUrl }: ErpClientOptions): Catalogue {
  if (loopbackBaseUrl === undefined) return catalogue
  if (!isLoopback(new URL(loopbackBaseUrl))) {
    throw new Error('expected a loopback address in place of the base address')
  }
  const connection = loopbackConnection(catalogue.erp.connection, loopbackBaseUrl)
  return { ...catalogue, erp: { ...catalogue.erp, connection } }
}
