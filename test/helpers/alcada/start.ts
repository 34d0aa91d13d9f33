import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'
import { developmentKeys } from '../../../engine/access/development-keys.ts'
import { issueToken, type TokenRequest } from '../../../engine/access/token.ts'
import { type ServerMessage, type ServerProcess, spawnServer } from '../../../engine/commands/server-process.ts'
import { type StandIns, startStandIns } from '../../../engine/commands/stand-ins.ts'
import { writeSecrets } from '../../../engine/commands/workplace.ts'
import { channelPath } from '../../../engine/contract/channel.ts'
import type { LedgerRow } from '../../../engine/contract/ledger.ts'
import { loadTree } from '../../../engine/load/load.ts'
import type { ChannelWriter } from '../../../engine/publish/channel.ts'
import type { StandIn } from '../../../engine/sandbox/stand-in.ts'
import type { CheckedErp } from '../../../engine/validate/checked.ts'
import { validateTree } from '../../../engine/validate/validate.ts'
import { readLedger } from '../../../servers/state/read-ledger.ts'
import { plantSecrets, recordLogs } from '../outputs/outputs.ts'
import { copyProject, type TestProject } from './project.ts'
import { openPublisher } from './publisher.ts'

export const AURORA = '12345678000195'
export const BRISA = '12ABC34501DE35'

export interface StartAlcada {
  erp: string
  /** Folder with `erps/` and `policies/` to copy from. Default: this repository. */
  from?: string
  /** The ERP behind the server; `url: null`: a program, which it starts itself. Default: the stand-in of that name, started for this test. */
  upstream?: { url: string | null; credentials: Record<string, Record<string, string>> }
  /** Where the project is published to; the server is told of it by `env`. Default: a folder. */
  publishTo?: ChannelWriter
  /** The policy compiler. Default: the one the tests have found. */
  compiler?: string
  /** Settings of the server process besides its own: `{ MAX_CONNECTIONS: '5' }`. */
  env?: Record<string, string>
}

export interface TokenOptions {
  /** Default the agent `agent-1`. With `kind: 'human'`, the person. */
  sub?: string
  /** Who answers for the agent. Default `u17`. */
  for?: string
  kind?: TokenRequest['kind']
  /** Default calls. */
  purpose?: TokenRequest['purpose']
  /** Default Padaria Aurora alone. */
  companies?: readonly string[]
  /** Seconds. Default an hour. */
  ttlS?: number
  /** When it is issued, epoch milliseconds. Default now. */
  now?: () => number
}

/** A real server of one ERP, in a process of its own, and what a test needs around it. */
export interface Alcada {
  mcp: URL
  /** Origin of the operations listener. */
  ops: string
  pid: number
  /** The stand-in behind it; throws where the test brought its own. */
  standIn: StandIn
  project: TestProject
  /** The channel's bundle file: a test may put anything there. */
  bundleFile: string
  /** What the process was told through its environment: enough to start it otherwise. */
  env: Readonly<Record<string, string>>
  /** No role: a token without that claim. Several: all of them. */
  token(role: string | readonly string[], options?: TokenOptions): string
  /** Compiles and publishes the project as it stands now, and waits until it is enforced. @returns the revision */
  publish(): Promise<number>
  /** Compiles now, for a publish that takes no longer than signing and writing. Each call is one more revision. */
  prepare(): Promise<() => Promise<number>>
  /** Waits until at least this revision is enforced. */
  enforced(revision: number): Promise<void>
  /** Waits for the next word about the policy: a bundle taken, or one refused. Ask before causing it. */
  nextPolicy(): Promise<Extract<ServerMessage, { type: 'policy' }>>
  ledger(): LedgerRow[]
  /** The server's log, one JSON line an event. */
  log(): string
  /** Ends the process (SIGKILL when `hard`) and starts it again with the same state. */
  restart(options?: { hard?: boolean }): Promise<void>
  stop(): Promise<void>
}

/** The ERP where its folder describes its stand-in; else there is one written in code. */
async function described(root: string, erp: string): Promise<Readonly<Record<string, CheckedErp>>> {
  if (!existsSync(join(root, 'erps', erp, 'sandbox', 'stand-in.yaml'))) return {}
  return validateTree((await loadTree(root, [erp])).tree).erps
}

export async function startAlcada({
  erp,
  from,
  upstream,
  publishTo,
  compiler,
  env: extra = {},
}: StartAlcada): Promise<Alcada> {
  const project = copyProject(erp, from)
  const place = mkdtempSync(join(tmpdir(), 'alcada-test-'))
  const path = (name: string): string => join(place, name)
  const keys = await developmentKeys(path('keys'))
  const channel = path('channel')
  const publisher = await openPublisher({
    root: project.root,
    erp,
    channel: publishTo ?? channel,
    key: keys.bundle,
    compiler: compiler ?? inject('compiler'),
  })
  const standIns: StandIns | null =
    upstream === undefined ? await startStandIns([erp], { erps: await described(project.root, erp) }) : null
  const standIn = standIns?.of(erp) ?? null
  const behind = upstream ?? standIn
  if (behind === null) throw new Error(`no stand-in is known for ${erp}: give \`upstream\``)
  plantSecrets(Object.values(behind.credentials).flatMap((own) => Object.values(own)))
  await writeSecrets(path('secrets.json'), behind.credentials)
  mkdirSync(path('state'), { mode: 0o700 })
  writeFileSync(path('server.log'), '', { mode: 0o600 })
  const env = {
    ALCADA_ERP: erp,
    ALCADA_CHANNEL: channel,
    ALCADA_TRUST_FILE: keys.trustFile,
    ALCADA_TOKEN_KEYS_FILE: keys.tokenKeysFile,
    ALCADA_SECRETS_FILE: path('secrets.json'),
    ALCADA_STATE_DIR: path('state'),
    ...(behind.url === null ? {} : { ALCADA_BASE_URL: behind.url }),
    ALCADA_PORT: '0',
    ALCADA_OPS_PORT: '0',
    ...extra,
  }

  const heard: Set<(message: Extract<ServerMessage, { type: 'policy' }>) => void> = new Set()
  let revision = 0
  const onMessage = (message: ServerMessage): void => {
    if (message.type === 'failed') return
    revision = message.revision ?? 0
    if (message.type === 'policy') for (const listener of [...heard]) listener(message)
  }
  const nextPolicy: Alcada['nextPolicy'] = () =>
    new Promise((resolve) => {
      const listener = (message: Extract<ServerMessage, { type: 'policy' }>): void => {
        heard.delete(listener)
        resolve(message)
      }
      heard.add(listener)
    })
  const enforced = async (wanted: number): Promise<void> => {
    while (revision < wanted) await nextPolicy()
  }

  const log = (): string => readFileSync(path('server.log'), 'utf8')
  const start = (settings: Record<string, string>): Promise<ServerProcess> =>
    spawnServer({ env: settings, logFile: path('server.log'), onMessage })
  const clear = async (): Promise<void> => {
    recordLogs(extra['ALCADA_LOG_DIR'] ?? '')
    await publisher.close()
    await standIns?.close()
    project.remove()
    rmSync(place, { recursive: true, force: true })
  }
  const first = async (): Promise<ServerProcess> => {
    await publisher.publish()
    return start(env)
  }
  let server = await first().catch(async (cause: unknown) => {
    const said = log()
    await clear()
    throw new Error(`the server of ${erp} did not start\n${said}`, { cause })
  })
  const { mcp, ops } = server
  const again = { ...env, ALCADA_PORT: new URL(mcp).port, ALCADA_OPS_PORT: new URL(ops).port }

  return {
    mcp: new URL(mcp),
    ops,
    get pid() {
      return server.pid
    },
    get standIn() {
      if (standIn === null) throw new Error('this test brought its own upstream')
      return standIn
    },
    project,
    bundleFile: join(channel, channelPath(erp)),
    env: again,
    token(role, options = {}) {
      const { sub = 'agent-1', kind = 'agent', purpose, companies = [AURORA], ttlS = 3_600 } = options
      const person = kind === 'human' ? {} : { for: options.for ?? 'u17' }
      const roles = typeof role === 'string' ? [role] : role
      return issueToken({ erp, sub, kind, purpose, roles, companies, ttlS, ...person }, keys.token, options.now).token
    },
    async publish() {
      const published = await publisher.publish()
      await enforced(published)
      return published
    },
    async prepare() {
      const compiled = await publisher.compile()
      return async () => {
        const published = await publisher.publish(compiled)
        await enforced(published)
        return published
      }
    },
    enforced,
    nextPolicy,
    ledger: () => readLedger(path('state')),
    log,
    async restart({ hard = false } = {}) {
      if (hard) process.kill(server.pid, 'SIGKILL')
      else await server.stop()
      await server.exited
      server = await start(again)
    },
    async stop() {
      await server.stop()
      await clear()
    },
  }
}
