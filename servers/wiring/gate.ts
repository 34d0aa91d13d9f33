import { readFile } from 'node:fs/promises'
import { challengeOf, resourceMetadata } from '../identity/challenge.ts'
import type { Identity } from '../identity/identity.ts'
import { TokenError } from '../identity/token-error.ts'
import type { TokenLimits, Verifier } from '../identity/verifier.ts'
import { type McpGate, Unauthenticated } from '../mcp/gate.ts'
import type { Metrics } from '../ops/metrics.ts'
import type { RequestHandler } from '../request/handler.ts'
import type { InForce } from './in-force.ts'
import type { Log } from './log.ts'

export interface Gate {
  gate: McpGate
  /** Identifies by the token in a file, read again for every request. */
  fromFile(path: string): () => Promise<Identity>
  /** The document of RFC 9728 when the path asks for it. */
  metadata(path: string, origin: string): object | null
  /** Told once the listener has its address: challenges name it. */
  listeningAt(origin: string): void
}

export interface GateOptions {
  erp: string
  version: string
  handler: RequestHandler
  verifier: Verifier
  policy: InForce
  metrics: Metrics
  log: Log
}

const METADATA = '/.well-known/oauth-protected-resource'

/** What the protocol's edge asks of the rest: callers recognised by token under the policy in force, calls, lists. */
export function gateFor({ erp, version, handler, verifier, policy, metrics, log }: GateOptions): Gate {
  let address = 'http://127.0.0.1'

  const recognised = async (verify: (limits: TokenLimits | undefined) => Promise<Identity>): Promise<Identity> => {
    try {
      return await verify(limits())
    } catch (error) {
      if (!(error instanceof TokenError)) throw error
      metrics.authenticationFailed(error.code)
      log.warn('authentication.failed', { code: error.code })
      throw new Unauthenticated(401, error.message, challengeOf(error, `${address}${METADATA}/mcp`))
    }
  }
  /** What the policy asks of a token. Without a policy nothing is allowed anyway. */
  const limits = (): TokenLimits | undefined => {
    const config = policy.current()?.config
    if (config === undefined) return undefined
    const roles = config.security.rbac_enabled ? Object.keys(config.rbac.roles) : null
    return { maxAgeS: config.security.token_rotation_s, roles }
  }
  return {
    gate: {
      erp,
      version,
      authenticate: (authorization) => recognised((asked) => verifier.verify(authorization, asked)),
      call: handler.call,
      list: async (identity) => handler.list(identity),
    },
    fromFile: (path) => async () => {
      const token = (await readFile(path, 'utf8')).trim()
      return recognised((asked) => verifier.verifyToken(token, asked))
    },
    metadata: (path, origin) =>
      path === METADATA || path === `${METADATA}/mcp` ? resourceMetadata(`${origin}/mcp`, []) : null,
    listeningAt(origin) {
      address = origin
    },
  }
}
