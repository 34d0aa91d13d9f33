import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { developmentKeys } from '../access/development-keys.ts'
import { issueToken } from '../access/token.ts'
import type { CompiledErp } from '../compile/compile.ts'
import type { Checked } from '../compile/project.ts'
import { publishBundle } from '../publish/bundle.ts'
import { folderWriter } from '../publish/folder.ts'
import type { Environment } from './environment.ts'
import { signedBundle } from './sign.ts'
import { startStandIns } from './stand-ins.ts'
import { startUpIssuer } from './up-issuer.ts'
import { upNeeds } from './up-needs.ts'
import { startServers } from './up-servers.ts'
import { UsageError } from './usage-error.ts'
import { openWorkplace } from './workplace.ts'

/** A server of one ERP that nobody else uses, before its stand-in. */
export interface LoadServer extends AsyncDisposable {
  mcp: string
  /** Origin of its operations listener. */
  ops: string
  /** A token of a user of its own with this role. */
  token(role: string, user: number): string
  /** A token for consenting to what others ask for. */
  approver(user: number): string
}

export interface LoadServerOptions {
  erp: CompiledErp
  /** Where stand-ins may be described. */
  erps: Checked['erps']
  users: number
  /** Multiplies the stand-in's own limits, so that what lies before it is measured. */
  limitFactor: number
  environment: Environment
}

/** Starts the same server as `up`, in a folder that is removed with it. @throws UsageError where there is no stand-in */
export async function startLoadServer(options: LoadServerOptions): Promise<LoadServer> {
  const { erp, erps, users, limitFactor, environment } = options
  await using closing = new AsyncDisposableStack()
  const folder = await mkdtemp(join(tmpdir(), 'alcada-load-'))
  closing.defer(() => rm(folder, { recursive: true, force: true }))
  const standIns = await startStandIns([erp.name], { limitFactor, erps })
  closing.defer(() => standIns.close())
  const standIn = standIns.of(erp.name)
  if (standIn === null) {
    throw new UsageError(
      `\`${erp.name}\` has no stand-in, and a real ERP is not put under load: name a server that may be, with --target URL --token-file FILE`,
    )
  }
  const place = await openWorkplace(folder)
  const keys = await developmentKeys(place.folder)
  const bundle = (revision: number): Promise<Uint8Array> =>
    signedBundle(erp, { revision, key: keys.bundle, nowMs: Date.now() })
  await publishBundle({ channel: folderWriter(place.channel), erp: erp.name, bundle })
  const issuer = await startUpIssuer(place, keys, 0)
  closing.defer(() => issuer.close())
  const [server] = await startServers({
    ...{ names: [erp.name], needs: new Map([[erp.name, upNeeds(erp)]]), port: 0, place, keys, standIns, issuer },
    // Every user keeps a connection open; and nobody's own settings reach a server that is only measured.
    environment: { ...environment, passed: { MAX_CONNECTIONS: String(users * 2 + 20), LOG_LEVEL: 'ERROR' } },
    say: (text) => void process.stderr.write(text),
  })
  if (server === undefined) throw new Error(`expected a server of ${erp.name}`)
  closing.defer(() => server.stop())
  const companies = Object.keys(standIn.credentials).slice(0, 1)
  const held = closing.move()
  return {
    mcp: server.mcp,
    ops: server.ops,
    token: (role, user) =>
      issueToken(
        { erp: erp.name, sub: `load-${role}-${user}`, for: `person-${user}`, kind: 'agent', roles: [role], companies },
        keys.token,
      ).token,
    approver: (user) =>
      issueToken(
        { erp: erp.name, sub: `person-${user}`, kind: 'human', purpose: 'approvals', roles: ['approver'], companies },
        keys.token,
      ).token,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}
