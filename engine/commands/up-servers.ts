import { dirname } from 'node:path'
import { approvalsClient } from '../access/approvals-client.ts'
import type { DevelopmentKeys } from '../access/development-keys.ts'
import type { Issuer } from '../access/issuer.ts'
import { issueToken } from '../access/token.ts'
import type { StandIn } from '../sandbox/stand-in.ts'
import { credentialSettings, thoseOfOne, withoutThoseOfOne } from './credential-settings.ts'
import type { Environment } from './environment.ts'
import { type ServerMessage, type ServerProcess, spawnServer } from './server-process.ts'
import type { UpNeeds } from './up-needs.ts'
import { upstreamPath } from './upstream-path.ts'
import { type Workplace, writeSecrets } from './workplace.ts'

/** The company of an ERP that is tried out and needs no credential of one. */
const TRIAL = '12345678000195'

/** Roles that `up` hands out a token for. */
const ROLES = ['viewer', 'operator', 'admin', 'approver'] as const

/** One running server and how to talk to it. */
export interface UpServer {
  erp: string
  mcp: string
  ops: string
  /** A link that signs the approver in, once, within five minutes. */
  console: string
  revision: number | null
  tokens: Record<string, string>
  stop(): Promise<void>
}

export interface StartServers {
  names: readonly string[]
  /** By name. */
  needs: ReadonlyMap<string, UpNeeds>
  port: number
  place: Workplace
  keys: DevelopmentKeys
  /** What takes the place of an ERP; null: the ERP itself. */
  standIns: { of(erp: string): Pick<StandIn, 'url' | 'credentials'> | null }
  /** Where agents renew their tokens. */
  issuer: Issuer
  environment: Environment
  say(text: string): void
}

/** One process per ERP, each with its own settings only. A server that ends is started again. */
export async function startServers(options: StartServers): Promise<UpServer[]> {
  const { names, environment, say } = options
  const left = names.length === 1 ? [] : thoseOfOne(environment.passed)
  if (left.length > 0) say(`${left.join(', ')}: one server's own, so none of several is told\n`)
  const starting = names.map((erp, index) => startOne(erp, index, options))
  try {
    return await Promise.all(starting)
  } catch (error) {
    // One alone is no use, and a server that is left behind would keep this process from ending.
    const started = await Promise.allSettled(starting)
    await Promise.all(started.map((one) => (one.status === 'fulfilled' ? one.value.stop() : undefined)))
    throw error
  }
}

async function startOne(erp: string, index: number, options: StartServers): Promise<UpServer> {
  const { names, needs, place, keys, standIns, issuer, environment, port, say } = options
  const standIn = standIns.of(erp)
  // What the environment names may be one ERP's own, and here are several.
  const passed = names.length === 1 ? environment.passed : withoutThoseOfOne(environment.passed)
  const credentials = standIn?.credentials ?? (needs.get(erp)?.credential === false ? { [TRIAL]: {} } : null)
  if (credentials !== null) await writeSecrets(place.secretsFile(erp), credentials)
  const env = {
    ALCADA_LOG_DIR: place.logs,
    ...passed,
    ALCADA_ERP: erp,
    ALCADA_CHANNEL: place.channel,
    ALCADA_TRUST_FILE: keys.trustFile,
    ALCADA_TOKEN_KEYS_FILE: keys.tokenKeysFile,
    ...(credentials === null
      ? { ...credentialSettings(place, erp, passed), ...passed }
      : { ALCADA_SECRETS_FILE: place.secretsFile(erp) }),
    ALCADA_STATE_DIR: place.stateDir(erp),
    ...(needs.get(erp)?.program === true
      ? { ALCADA_UPSTREAM_PATH: upstreamPath(dirname(place.folder), environment) }
      : {}),
    ALCADA_TOKEN_ISSUER: issuer.addressOf(erp),
    ALCADA_PORT: String(port === 0 ? 0 : port + 2 * index),
    ALCADA_OPS_PORT: String(port === 0 ? 0 : port + 2 * index + 1),
    ...(standIn === null ? {} : { ALCADA_BASE_URL: standIn.url }),
  }
  const onMessage = (message: ServerMessage): void => tell(erp, message, say)
  let stopping = false
  let server: ServerProcess = await spawnServer({ env, logFile: place.logFile(erp), onMessage })
  const { mcp, ops, revision } = server
  const fixed = { ...env, ALCADA_PORT: new URL(mcp).port, ALCADA_OPS_PORT: new URL(ops).port }
  const keep = async (): Promise<void> => {
    for (;;) {
      const code = await server.exited
      if (stopping) return
      say(`${erp}: the server ended with ${code ?? 'a signal'} and is started again; its logs: ${place.logs}\n`)
      await new Promise((resolve) => setTimeout(resolve, RESTART_MS))
      server = await spawnServer({ env: fixed, logFile: place.logFile(erp), onMessage })
    }
  }
  const kept = keep().catch((error: unknown) => say(`${erp}: ${error instanceof Error ? error.message : error}\n`))
  const tokens = tokensFor(erp, Object.keys(credentials ?? {}), keys)
  const stop = async (): Promise<void> => {
    stopping = true
    await server.stop()
    await kept
  }
  const approvals = approvalsClient({ ops, token: tokens['approver'] ?? '', language: 'en' })
  const login = await approvals.login().catch((error: unknown) => stop().then(() => Promise.reject(error)))
  return {
    erp,
    mcp,
    ops,
    console: login.url,
    revision,
    tokens,
    stop,
  }
}

const RESTART_MS = 1_000

/** A token per role, for the first company: an agent that acts for a person, and a human who approves. */
function tokensFor(erp: string, companies: readonly string[], { token: key }: DevelopmentKeys): Record<string, string> {
  const tokens: Record<string, string> = {}
  for (const role of ROLES) {
    const person =
      role === 'approver'
        ? ({ sub: 'u90', kind: 'human', purpose: 'approvals' } as const)
        : ({ sub: `agent-${role}`, for: 'u17', kind: 'agent' } as const)
    tokens[role] = issueToken({ erp, ...person, roles: [role], companies: companies.slice(0, 1) }, key).token
  }
  return tokens
}

function tell(erp: string, message: ServerMessage, say: (text: string) => void): void {
  if (message.type !== 'policy') return
  if (message.error === null) say(`${erp}: revision ${message.revision ?? 'none'} is enforced\n`)
  else
    say(
      `${erp}: ${message.error.code}: ${message.error.message}; ${message.revision === null ? 'everything is denied' : `revision ${message.revision} stays in force`}\n`,
    )
}
