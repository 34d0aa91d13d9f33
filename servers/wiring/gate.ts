import { readFile } from 'node:fs/promises'
import { resourceMetadata } from '../identity/challenge.ts'
import type { Identity } from '../identity/identity.ts'
import type { McpGate } from '../mcp/gate.ts'
import type { RequestHandler } from '../request/handler.ts'
import { type AuthenticateOptions, authenticator } from './authenticate.ts'

export interface Gate {
  gate: McpGate
  /** Identifies by the token in a file, read again for every request. */
  fromFile(path: string): () => Promise<Identity>
  /** The document of RFC 9728 when the path asks for it. */
  metadata(path: string): object | null
  /** Told once the listener has its address: challenges name it. */
  listeningAt(origin: string): void
}

export interface GateOptions extends Omit<AuthenticateOptions, 'metadata'> {
  erp: string
  version: string
  handler: RequestHandler
  /** Address of the embedded issuer, where agents renew their tokens; null: nowhere. */
  tokenIssuer: string | null
  /** Origin by which clients know this server, where it is not the listener's own; null: the listener's. */
  publicUrl: string | null
}

const METADATA = '/.well-known/oauth-protected-resource'

/** What the protocol's edge asks of the rest: callers recognised by token under the policy in force, calls, lists. */
export function gateFor(options: GateOptions): Gate {
  const { erp, version, handler, policy, tokenIssuer, publicUrl } = options
  let address = publicUrl ?? 'http://127.0.0.1'
  const authenticate = authenticator({ ...options, metadata: () => `${address}${METADATA}/mcp` })

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
      authenticate: authenticate.fromHeader,
      call: handler.call,
      list: async (identity) => handler.list(identity),
    },
    fromFile: (path) => async () => authenticate.fromToken((await readFile(path, 'utf8')).trim()),
    metadata: (path) => (path === METADATA || path === `${METADATA}/mcp` ? metadata() : null),
    listeningAt(origin) {
      address = publicUrl ?? origin
    },
  }
}
