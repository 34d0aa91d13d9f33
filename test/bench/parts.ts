import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { CatalogueTool } from '../../engine/contract/catalogue.ts'
import type { ErpCall, ErpOutcome } from '../../servers/erp/outcome.ts'
import type { Identity } from '../../servers/identity/identity.ts'
import { behindLock } from '../../servers/identity/lockouts.ts'
import { createVerifier } from '../../servers/identity/verifier.ts'
import { callWindow } from '../../servers/ops/call-window.ts'
import type { ActivePolicy } from '../../servers/policy/status.ts'
import type { RequestDeps } from '../../servers/request/deps.ts'
import { createRequestHandler } from '../../servers/request/handler.ts'
import { openState, type State } from '../../servers/state/state.ts'
import { measuredErp, measuredState } from '../../servers/wiring/measured.ts'
import { needs } from '../helpers/needs.ts'
import { startPostgres } from '../helpers/postgres.ts'
import { AURORA, omiePolicy, WEDNESDAY } from '../servers/request/world.ts'
import { compilerPath } from './compiled.ts'
import { type Figure, median, times } from './figures.ts'
import { countedHere } from './metrics.ts'
import { withoutHistory, withoutLedger, withoutRecords } from './paper.ts'
import { unmaskedHandler } from './unmasked.ts'

/** For each database and kind of call, in milliseconds; a round that has begun is ended, and so many are made. */
const BUDGET_MS = 8_000
const LEAST_ROUNDS = 10
const CLAIMS = { roles: ['operator'], companies: [AURORA], kind: 'agent', act: { sub: 'agent-1' } }

type Kind = 'payment' | 'read' | 'list'
/** Makes one call. */
type Way = (kind: Kind, number: number) => Promise<void>

/**
 * What each part adds to one call that waits for nobody else: the whole line without protocol and network, its ERP
 * answering at once, beside the same line without that part.
 */
export async function parts(): Promise<Figure[]> {
  const policy = await omiePolicy(await compilerPath())
  const figures = await onDatabase(policy, 'SQLite', null)
  if (needs('postgres').missing !== null) return figures
  const postgres = await startPostgres({ durable: true })
  figures.push(...(await onDatabase(policy, 'PostgreSQL', await postgres.database())))
  await postgres.stop()
  return figures
}

async function onDatabase(policy: ActivePolicy, name: string, databaseUrl: string | null): Promise<Figure[]> {
  const path = mkdtempSync(join(tmpdir(), 'alcada-bench-'))
  const state = await openState({ path, erp: 'omie', now: () => WEDNESDAY, databaseUrl })
  const ways = await waysThrough(policy, state)
  const figures: Figure[] = []
  for (const kind of ['payment', 'read', 'list'] as const) {
    const took = await inTurn(ways, kind)
    const whole = middle(took, 'whole')
    for (const part of PARTS_OF[kind]) {
      const without = middle(took, part)
      figures.push({
        what: `a ${KIND_WORDS[kind]}, ${name}: with ${WORDS[part] ?? part}`,
        ours: words(whole),
        peer: `without ${words(without)}`,
        ratio: `${times(whole.ms, without.ms)} the time, ${times(whole.cpuMs, without.cpuMs)} the CPU`,
      })
    }
  }
  await state.stop()
  rmSync(path, { recursive: true, force: true })
  return figures
}

const PARTS_OF: Readonly<Record<Kind, readonly string[]>> = {
  payment: ['identity', 'ledger', 'history', 'records', 'masking', 'metrics'],
  read: ['identity', 'ledger', 'masking', 'metrics'],
  list: ['masking', 'metrics'],
}
/** Records of a list, each with a text in which there is something to hide. */
const ROWS = 50
const KIND_WORDS: Readonly<Record<Kind, string>> = { payment: 'payment', read: 'read', list: `list of ${ROWS}` }

const WORDS: Readonly<Record<string, string>> = {
  identity: 'its token verified behind the lock-out',
  ledger: 'its entries durable before and after',
  history: 'what the past says of it, and its totals',
  records: 'its record kept from other replicas',
  masking: 'personal values masked and registered',
  metrics: 'metrics and the window of alerts',
}

interface Cost {
  ms: number
  /** Of this process, all threads; what a database server takes is not in it. A busy machine changes it least. */
  cpuMs: number
}

/** What single calls of each way cost, call by call in turn, so that whatever else the machine does weighs on all. */
async function inTurn(ways: ReadonlyMap<string, Way>, kind: Kind): Promise<Map<string, Cost[]>> {
  const took = new Map<string, Cost[]>([...ways.keys()].map((name) => [name, []]))
  const until = performance.now() + BUDGET_MS
  for (let round = 0; round < LEAST_ROUNDS + WARM || performance.now() < until; round += 1) {
    for (const [name, way] of ways) {
      const [began, cpu] = [performance.now(), process.cpuUsage()]
      await way(kind, round)
      const { user, system } = process.cpuUsage(cpu)
      const cost = { ms: performance.now() - began, cpuMs: (user + system) / 1_000 }
      if (round >= WARM) took.get(name)?.push(cost)
    }
  }
  return took
}

/** Rounds for code that is still being compiled. */
const WARM = 10

function middle(took: ReadonlyMap<string, Cost[]>, name: string): Cost {
  const costs = took.get(name) ?? []
  return { ms: median(costs.map(({ ms }) => ms)), cpuMs: median(costs.map(({ cpuMs }) => cpuMs)) }
}

function words({ ms, cpuMs }: Cost): string {
  return `${ms.toFixed(2)} ms (CPU ${cpuMs.toFixed(2)})`
}

interface Options {
  handlerOf?: typeof createRequestHandler
  counts?: boolean
}

async function waysThrough(policy: ActivePolicy, state: State): Promise<Map<string, Way>> {
  const { privateKey, publicKey } = await generateKeyPair('EdDSA')
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'EdDSA', use: 'sig' }
  const now = (): number => WEDNESDAY
  const audience = 'alcada:omie'
  const verifier = createVerifier({ issuers: [{ issuer: 'alcada', jwks: { keys: [jwk] } }], audience, now })
  const token = await new SignJWT({ ...CLAIMS, sub: 'u17', iss: 'alcada', aud: audience, jti: 't1' })
    .setProtectedHeader({ alg: 'EdDSA', kid: 'k1', typ: 'at+jwt' })
    .setIssuedAt(WEDNESDAY / 1_000 - 60)
    .setExpirationTime(WEDNESDAY / 1_000 + 600)
    .sign(privateKey)
  const authorization = `Bearer ${token}`
  const { max_failures: maxFailures, lockout_duration_s } = policy.config.security
  const lock = { maxFailures, durationMs: lockout_duration_s * 1_000 }
  const verified = (): Promise<Identity> =>
    behindLock(state, lock, { source: '127.0.0.1', authorization }, () => verifier.verify(authorization))
  const known = await verified()

  const metrics = countedHere()
  const window = callWindow(now)
  const erp = { call: async (call: ErpCall) => answerTo(call) }
  const way = (
    name: string,
    on: RequestDeps['state'],
    identify: () => Promise<Identity>,
    { handlerOf = createRequestHandler, counts = true }: Options = {},
  ): [string, Way] => {
    const counted: Pick<RequestDeps, 'state' | 'erpFor' | 'observe'> = {
      state: measuredState(on, { metrics }),
      erpFor: measuredErp({ of: () => erp }, { metrics }),
      observe(event) {
        metrics.call(event)
        window.call(event)
      },
    }
    const handler = handlerOf({
      current: () => policy,
      confirmed: () => true,
      ...(counts ? counted : { state: on, erpFor: () => erp }),
      companies: () => [AURORA],
      now,
    })
    return [
      name,
      async (kind, number) => {
        const { tool, args } = CALL[kind](`${name}-${number}`)
        const identity = await identify()
        const requestId = `${name} ${number}`
        const answer = await handler.call({ identity, tool, args, dryRun: false, requestId })
        if (answer.kind !== 'result') throw new Error(`expected a result of ${tool}, got ${JSON.stringify(answer)}`)
      },
    ]
  }
  return new Map([
    way('whole', state, verified),
    way('identity', state, async () => known),
    way('ledger', withoutLedger(state), verified),
    way('history', withoutHistory(state), verified),
    way('records', withoutRecords(state), verified),
    way('masking', state, verified, { handlerOf: await unmaskedHandler() }),
    way('metrics', state, verified, { counts: false }),
  ])
}

/** Each is about another payable of another vendor: none is like the ones before it. */
const CALL: Readonly<Record<Kind, (id: string) => { tool: string; args: Record<string, unknown> }>> = {
  payment: (id) => ({
    tool: 'create_payment',
    args: { payable_id: id, account_id: '1', amount: 0.01, date: '2026-11-25', reference: id },
  }),
  read: (id) => ({ tool: 'get_account_payable_by_id', args: { id } }),
  list: () => ({ tool: 'get_accounts_payable_list', args: { page_size: ROWS } }),
}

function answerTo({ tool, args }: ErpCall): ErpOutcome {
  const list = tool.name === 'get_accounts_payable_list'
  const data = list ? Array.from({ length: ROWS }, (_, index) => recordOf(tool, String(index))) : recordOf(tool, args)
  return { kind: 'done', data, page: null, answer: {}, ageS: 0 }
}

function recordOf(tool: CatalogueTool, of: string | Record<string, unknown>): Record<string, unknown> {
  const id = typeof of === 'string' ? of : String(of['id'] ?? of['reference'])
  const told = { id, reference: id, vendor_id: `vendor-of-${id}`, status: 'open', amount: 10, open_amount: 10 }
  const known = propertiesOf(tool)
  const nothing = Object.fromEntries(Object.keys(known).map((name) => [name, null]))
  const data = {
    ...nothing,
    ...(tool.effect === 'read' ? { ...told, description: DESCRIPTION } : { id, reference: id }),
  }
  return Object.fromEntries(Object.entries(data).filter(([name]) => Object.hasOwn(known, name)))
}

const DESCRIPTION = 'Leite integral, nota 4512 de 25/11/2026, pagar por pix a contato@serra.example até 31/12/2026'

/** Of one record of the tool's answer. */
function propertiesOf({ output }: CatalogueTool): object {
  const data = Object(Object(Object(output['properties'])['data']))
  return Object(data.properties ?? Object(data.items).properties)
}
