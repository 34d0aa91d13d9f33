import { decodeJwt } from 'jose'
import { mcpUser, type User } from '../operate/load-test/user.ts'
import { approverUser } from './load-test-approver.ts'
import { type LoadServerOptions, startLoadServer } from './load-test-server.ts'
import { UsageError } from './usage-error.ts'

/** Whom the load comes from, and where it goes. */
export interface LoadPlace extends AsyncDisposable {
  server: 'own' | 'given'
  mcp: string
  /** Origin of the operations listener; null where it is not known. */
  ops: string | null
  users: User[]
}

/** Of twenty users: most look things up, many enter, one administers, one consents. The first four are one of each. */
const TWENTY = [
  ...['viewer', 'operator', 'approver', 'admin'],
  ...Array.from({ length: 7 }, () => ['viewer', 'operator']).flat(),
  ...['viewer', 'viewer'],
]
/** Longest wait for an answer, in milliseconds. */
const TIMEOUT_MS = 30_000
/** A server of its own before a stand-in, where records may be made. */
export async function ownPlace(options: LoadServerOptions): Promise<LoadPlace> {
  const server = await startLoadServer(options)
  const users = Array.from({ length: options.users }, (_, index) => {
    const role = TWENTY[index % TWENTY.length] ?? 'viewer'
    if (role === 'approver') return approverUser(server.ops, server.approver(index))
    const token = server.token(role, index)
    return mcpUser({ mcp: new URL(server.mcp), token, role, writes: true, timeoutMs: TIMEOUT_MS })
  })
  const { mcp, ops } = server
  return { server: 'own', mcp, ops, users, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

export interface TargetPlaceOptions {
  target: string
  /** Users take them in turn. */
  tokens: readonly string[]
  users: number
  erp: string
}

/** A server that runs already: only reads are sent there. @throws UsageError of a token that is for something else */
export function targetPlace({ target, tokens, users: count, erp }: TargetPlaceOptions): LoadPlace {
  const roles = tokens.map((token) => roleIn(token, erp))
  const users = Array.from({ length: count }, (_, index) => {
    const at = index % tokens.length
    const [token = '', role = ''] = [tokens[at], roles[at]]
    return mcpUser({ mcp: new URL(target), token, role, writes: false, timeoutMs: TIMEOUT_MS })
  })
  return { server: 'given', mcp: target, ops: null, users, [Symbol.asyncDispose]: async () => undefined }
}

/** What a token says it is; whether that holds is for the server to judge. */
function roleIn(token: string, erp: string): string {
  const claims = claimsOf(token)
  if (claims === null) return 'token'
  if (claims['aud'] === `alcada:${erp}:approvals`) {
    throw new UsageError(
      'a token for approving makes no calls: expected one of `alcada token issue` without --approvals',
    )
  }
  const roles: unknown = claims['roles']
  return Array.isArray(roles) && roles.length > 0 ? roles.join('+') : 'default role'
}

function claimsOf(token: string): Record<string, unknown> | null {
  try {
    return decodeJwt(token)
  } catch {
    return null
  }
}
