import type { Catalogue } from '../../engine/contract/catalogue.ts'
import type { Credentials } from '../credentials/credentials.ts'
import type { OpenCircuit } from './circuit.ts'
import type { ErpCall, ErpOutcome } from './outcome.ts'

/** What a kind of ERP does for one call. Throws ErpFailure. */
export interface Caller {
  /** Equal for two calls that ask the same. */
  key(call: ErpCall): string
  run(call: ErpCall): Promise<ErpOutcome>
  openCircuits(): OpenCircuit[]
  close(): Promise<void>
}

export interface CallerOptions {
  catalogue: Catalogue
  credentials: Credentials
  now: () => number
  baseUrl: string
  allowedHosts: readonly string[]
  maxWaitMs: number
  maxWaiting: number
}
