import type { Catalogue } from '../../engine/contract/catalogue.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { Redactor } from '../credentials/redactor.ts'
import type { OpenCircuit } from './circuit.ts'
import type { LimiterSharing } from './limiter.ts'
import type { ErpCall, ErpDone } from './outcome.ts'
import type { UpstreamPlace } from './upstream/place.ts'

/** What a kind of ERP does for one call. Throws ErpFailure. */
export interface Caller {
  /** Equal for two calls that ask the same. */
  key(call: ErpCall): string
  run(call: ErpCall): Promise<ErpDone>
  /** A company's credential is another now: no session of the old one is used again. */
  renew(company: string): void
  openCircuits(): OpenCircuit[]
  /** Only of `kind: mcp`. */
  refusedTools?(): string[]
  /** Only of `kind: mcp`. Never throws. */
  begin?(companies: readonly string[]): Promise<void>
  close(): Promise<void>
}

export interface CallerOptions extends LimiterSharing {
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
