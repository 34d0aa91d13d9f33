import { readFile } from 'node:fs/promises'
import { answerTo, resourceMetadata } from '../identity/challenge.ts'
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
  metadata(path: string): object | null
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
  /** Address of the embedded issuer, where agents renew their tokens; null: nowhere. */
  tokenIssuer: string | null
  /** Origin by which clients know this server, where it is not the listener's own; null: the listener's. */
  publicUrl: string | null
}

const METADATA = '/.well-known/oauth-protected-resource'

/** What the protocol's edge asks of the rest: callers recognised by token under the policy in force, calls, lists. */
export function gateFor(options: GateOptions): Gate {
  const { erp, version, handler, verifier, policy, metrics, log, tokenIssuer, publicUrl } = options
  let address = publicUrl ?? 'http://127.0.0.1'

  const recognised = async (verify: (limits: TokenLimits | undefined) => Promise<Identity>): Promise<Identity> => {
    try {
      return await verify(limits())
    } catch (error) {
      if (!(error instanceof TokenError)) throw error
      metrics.authenticationFailed(error.code)
      log.warn('authentication.failed', { code: error.code })
      const { status, header } = answerTo(error, `${address}${METADATA}/mcp`)
      throw new Unauthenticated(status, error.message, header)
    }
  }
  /** What the policy asks of a token. Without a policy nothing is allowed anyway. */
  const limits = (): TokenLimits | undefined => {
    const config = policy.current()?.config
    if (config === undefined) return undefined
    const { rbac_enabled, token_rotation_s, identity } = config.security
    const roles = rbac_enabled ? Object.keys(config.rbac.roles) : null
    return { maxAgeS: token_rotation_s, roles, callers: config.rbac.callers, identity }
  }
  /** The document of RFC 9728, as the policy in force trusts issuers. */
  const metadata = (): object => {
    const { embedded, issuers } = policy.current()?.config.security.identity ?? { embedded: true, issuers: [] }
    const own = embedded && tokenIssuer !== null ? [tokenIssuer] : []
    const others = issuers.map(({ issuer }) => issuer)
    const scopes = issuers.flatMap((issuer) => issuer.scopes)
    return resourceMetadata(`${address}/mcp`, [...others, ...own], scopes)
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
    metadata: (path) => (path === METADATA || path === `${METADATA}/mcp` ? metadata() : null),
    listeningAt(origin) {
      address = publicUrl ?? origin
    },
  }
}
