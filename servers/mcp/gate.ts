import type { CallAnswer, IncomingCall } from '../request/call.ts'
import type { ToolListing } from '../request/list-tools.ts'

/** Who calls, and for which companies. */
export type Identity = IncomingCall['identity']

/** What the protocol's edge asks of the rest of the server. */
export interface McpGate {
  /** Name of the ERP, told to clients. */
  erp: string
  version: string
  /** Who calls, from the value of an Authorization header. Throws Unauthenticated. */
  authenticate(authorization: string | undefined, source: string): Promise<Identity>
  call(incoming: IncomingCall): Promise<CallAnswer>
  list(identity: Identity): Promise<readonly ToolListing[]>
}

/** A caller who could not be recognised: an HTTP status and its challenge. */
export class Unauthenticated extends Error {
  readonly status: 401 | 403 | 429 | 503
  readonly challenge: string
  /** When to come back; null: with another token at once. */
  readonly retryAfterS: number | null

  constructor(
    status: Unauthenticated['status'],
    message: string,
    challenge: string,
    retryAfterS: number | null = null,
  ) {
    super(message)
    this.name = 'Unauthenticated'
    this.status = status
    this.challenge = challenge
    this.retryAfterS = retryAfterS
  }
}
