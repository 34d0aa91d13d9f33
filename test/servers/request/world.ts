import { mkdtempSync, writeFileSync } from 'node:fs'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from '../../../engine/compile/build.ts'
import { runCompiler } from '../../../engine/compile/compiler/run.ts'
import { restrictCapabilities } from '../../../engine/compile/dialect.ts'
import { stage } from '../../../engine/compile/staging.ts'
import { buildCatalogue } from '../../../engine/contract/catalogue-build.ts'
import { instantiatePolicy } from '../../../engine/contract/evaluate.ts'
import type { LedgerEvent } from '../../../engine/contract/ledger.ts'
import { loadTree } from '../../../engine/load/load.ts'
import { startOmie } from '../../../engine/sandbox/omie/server.ts'
import type { StandIn } from '../../../engine/sandbox/stand-in.ts'
import type { CheckedErp } from '../../../engine/validate/checked.ts'
import { buildConfig } from '../../../engine/validate/config-build.ts'
import { readShape, SHAPES } from '../../../engine/validate/shape.ts'
import { openSecretsFile } from '../../../servers/credentials/secrets-file.ts'
import { createErpClient } from '../../../servers/erp/client.ts'
import { confirmed } from '../../../servers/erp/confirm.ts'
import type { Identity } from '../../../servers/identity/identity.ts'
import type { ActivePolicy } from '../../../servers/policy/status.ts'
import type { CallAnswer, CallEvent } from '../../../servers/request/call.ts'
import type { RequestDeps } from '../../../servers/request/deps.ts'
import { createRequestHandler, type RequestHandler } from '../../../servers/request/handler.ts'
import { openState, type State } from '../../../servers/state/state.ts'

export const AURORA = '12345678000195'
export const BRISA = '12ABC34501DE35'
/** Wednesday 2026-11-25, 10:00 in São Paulo. */
export const WEDNESDAY: number = Date.parse('2026-11-25T13:00:00Z')

/** The project's own policy for Omie, compiled: what the steps are tested with is what is shipped. */
export async function omiePolicy(compiler: string): Promise<ActivePolicy> {
  const checked = await checkedOmie()
  const dir = await mkdtemp(join(tmpdir(), 'alcada-request-'))
  const capabilities = join(dir, 'capabilities.json')
  const { stdout } = await runCompiler(compiler, ['capabilities', '--current'], { cwd: dir })
  await writeFile(capabilities, restrictCapabilities(stdout))
  const { built, findings } = await build(checked, await stage(checked, dir), compiler, capabilities)
  if (built === null) throw new Error(JSON.stringify(findings))
  const { catalogue, config } = checked
  const claims = {
    scope: 'omie',
    revision: 7,
    commit: null,
    pull_request: null,
    author: null,
    approvers: [],
    check_run: null,
    iat: 0,
    exp: 4_000_000_000,
    compiler: 'opa',
  }
  const policy = await instantiatePolicy({ wasm: built.wasm, data: { config }, erp: 'omie' })
  return { revision: 7, digest: 'd'.repeat(64), claims, keyId: 'test', catalogue, config, policy }
}

async function checkedOmie(): Promise<CheckedErp> {
  const { tree } = await loadTree(join(import.meta.dirname, '../../..'), ['omie'])
  const sources = tree.erps['omie']
  if (sources === undefined) throw new Error('expected the folder of omie')
  const { files } = sources
  const [erp, toolsFile] = [readShape(files.erp, SHAPES.erp, []), readShape(files.tools, SHAPES.tools, [])]
  const [rbac, security] = [readShape(files.rbac, SHAPES.rbac, []), readShape(files.security, SHAPES.security, [])]
  const alerts = readShape(files.alerts, SHAPES.alerts, [])
  if (erp === null || toolsFile === null || rbac === null || security === null || alerts === null) {
    throw new Error('expected good YAML')
  }
  const catalogue = buildCatalogue(erp, toolsFile)
  const decisions = { file: '', examples: {}, rows: [], indifferent: {} }
  const config = buildConfig({ rbac, security, alerts, owners: [] }, catalogue.tools)
  const rego = { ...sources.rego, ...tree.sharedRego }
  return { name: 'omie', erp, toolsFile, standIn: null, catalogue, config, decisions, rego }
}

export interface World {
  handler: RequestHandler
  erp: StandIn
  state: State
  statePath: string
  events: CallEvent[]
  /** Lets time pass, in milliseconds: Omie answers the same read once a minute. */
  advance(ms: number): void
  /** Names of the ERP's operations that reached it, in order. */
  reached(): string[]
  /** What stands in the ledger, in order. */
  ledger(): Promise<LedgerEvent[]>
  close(): Promise<void>
}

/** One server's insides around a stand-in Omie: real client, real ledger, real policy. */
export async function startWorld(active: ActivePolicy, changes: Partial<RequestDeps> = {}): Promise<World> {
  let clock = WEDNESDAY
  const now = (): number => {
    clock += 1
    return clock
  }
  const erp = await startOmie({ now: () => clock })
  const statePath = mkdtempSync(join(tmpdir(), 'alcada-request-'))
  const secrets = join(statePath, 'secrets.json')
  writeFileSync(secrets, JSON.stringify(erp.credentials), { mode: 0o600 })
  const { catalogue } = active
  const credentials = await openSecretsFile(secrets, catalogue.erp.credentials)
  const client = createErpClient({ catalogue, credentials, now: () => clock, loopbackBaseUrl: erp.url })
  const state = await openState({ path: statePath, erp: 'omie', now, busyTimeoutMs: 50 })
  const events: CallEvent[] = []
  const handler = createRequestHandler({
    current: () => active,
    erpFor: () => client,
    confirmed,
    state,
    companies: () => credentials.companies(),
    now,
    observe: (event) => events.push(event),
    ...changes,
  })
  return {
    handler,
    erp,
    state,
    statePath,
    events,
    advance: (ms) => {
      clock += ms
    },
    reached: () => erp.received.map(({ operation }) => operation),
    ledger: async () => (await state.entries(1, 10_000)).map(({ event }) => event),
    close: async () => {
      await state.stop()
      await client.close()
      await erp.close()
    },
  }
}

export function identity(role: string | null, companies: string[] = [AURORA]): Identity {
  const roles = role === null ? [] : [role]
  return {
    caller: { id: 'agent-1', person: 'u17', kind: 'agent', roles, token_age_s: 60 },
    companies,
    rolesClaimed: role !== null,
    tokenId: 't1',
  }
}

let requests = 0
export function call(
  world: World,
  who: Identity,
  tool: string,
  args: unknown,
  more: { dryRun?: boolean; signal?: AbortSignal } = {},
): Promise<CallAnswer> {
  requests += 1
  return world.handler.call({ identity: who, tool, args, dryRun: false, requestId: `r${requests}`, ...more })
}

/** A payment of the whole of a payable of Aurora's: R$ 89,90, open. */
export const SMALL = {
  payable_id: '2701001',
  account_id: '2243121',
  amount: 89.9,
  date: '2026-11-25',
  reference: 'PG-1',
}
