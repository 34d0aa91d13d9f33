import type { Catalogue } from '../../engine/contract/catalogue.ts'
import type { SharedGrants } from '../../engine/contract/erp-grant.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { Redactor } from '../credentials/redactor.ts'
import type { OpenCircuit } from './circuit.ts'
import type { LimiterSharing } from './limiter.ts'
import type { GrantHeard } from './oauth/tokens.ts'
import type { ErpCall, ErpDone } from './outcome.ts'
import type { UpstreamPlace } from './upstream/place.ts'

/** Where tokens are kept that are got by OAuth 2. */
export interface GrantSharing {
  /** Absent: none is kept, and so none can be got. */
  grants?: SharedGrants | undefined
  /** Hears what became of a grant; rejects where it cannot be written down. Default: nobody. */
  onGrant?: ((grant: GrantHeard) => Promise<void>) | undefined
}

/** What a kind of ERP does for one call. Throws ErpFailure. */
export interface Caller {
  /** Equal for two calls that ask the same. */
  key(call: ErpCall): string
  run(call: ErpCall): Promise<ErpDone>
  /** A company's credential is another now: no session of the old one is used again. */
  renew(company: string): void
  /** Only of `kind: api`: uses what the ERP ends where nobody does for long. Never rejects. */
  keepAlive?(): Promise<void>
  openCircuits(): OpenCircuit[]
  /** Only of `kind: api`. */
  endedGrants?(): string[]
  /** Only of `kind: mcp`. */
  refusedTools?(): string[]
  /** Only of `kind: mcp`. Never throws. */
  begin?(companies: readonly string[]): Promise<void>
  close(): Promise<void>
}

export interface CallerOptions extends LimiterSharing, GrantSharing {
  catalogue: Catalogue
  credentials: Credentials
  redactor: Redactor
  now: () => number
  baseUrl: string
  allowedHosts: readonly string[]
  upstream: UpstreamPlace
  maxWaitMs: number
  maxWaiting: number
}
