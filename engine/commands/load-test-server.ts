import { issueToken } from '../access/token.ts'
import type { CompiledErp } from '../compile/compile.ts'
import type { Checked } from '../compile/project.ts'
import type { Environment } from './environment.ts'
import { startOwnServer } from './own-server.ts'
import { startStandIns } from './stand-ins.ts'
import { UsageError } from './usage-error.ts'

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

/** Starts a server of its own before a stand-in. @throws UsageError where there is no stand-in */
export async function startLoadServer(options: LoadServerOptions): Promise<LoadServer> {
  const { erp, erps, users, limitFactor, environment } = options
  await using closing = new AsyncDisposableStack()
  const standIns = await startStandIns([erp.name], { limitFactor, erps })
  closing.defer(() => standIns.close())
  const standIn = standIns.of(erp.name)
  if (standIn === null) {
    throw new UsageError(
      `\`${erp.name}\` has no stand-in, and a real ERP is not put under load: name a server that may be, with --target URL --token-file FILE`,
    )
  }
  // Every user keeps a connection open; and nobody's own settings reach a server that is only measured.
  const settings = { MAX_CONNECTIONS: String(users * 2 + 20) }
  const { mcp, ops, key, ...server } = await startOwnServer({ erp, behind: standIn, settings, environment })
  closing.use(server)
  const companies = Object.keys(standIn.credentials).slice(0, 1)
  const held = closing.move()
  return {
    mcp,
    ops,
    token: (role, user) =>
      issueToken(
        { erp: erp.name, sub: `load-${role}-${user}`, for: `person-${user}`, kind: 'agent', roles: [role], companies },
        key,
      ).token,
    approver: (user) =>
      issueToken(
        { erp: erp.name, sub: `person-${user}`, kind: 'human', purpose: 'approvals', roles: ['approver'], companies },
        key,
      ).token,
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}
