/** One request a stand-in received, kept so that a test can prove what reached the ERP and what did not. */
export interface ReceivedCall {
  /** The ERP's own name for the operation: `LancarPagamento`, `POST /schedules/debit`, `model.party.party.create`. */
  operation: string
  /** CNPJ of the company whose credential came with the call; null when none was valid. */
  company: string | null
  /** HTTP status that was answered; 0 when the connection was cut without an answer. */
  status: number
  /** What the call carried apart from its credential: the body, the query or the positional arguments. */
  params?: unknown
}

/** What goes wrong with one call, where no input of a client can bring it about. */
export interface Fault {
  /** Only a call of this operation meets the fault, others pass it by. Default: the next call of any operation. */
  operation?: string
  /** Status to answer with. Default: the call's own answer. */
  status?: number
  /** Body to answer with when `status` is given: an object as JSON, a string as it is. Default: none. */
  body?: unknown
  /** Headers to answer with when `status` is given. */
  headers?: Record<string, string>
  /** Wait before answering, in milliseconds. Default 0. */
  delayMs?: number
  /** Cuts the connection in place of an answer. Default false. */
  dropConnection?: boolean
  /** The call takes effect before the fault hides its answer: a write whose outcome the client cannot know. Default false. */
  afterApplying?: boolean
}

/** A running stand-in ERP on loopback. */
export interface StandIn {
  erp: string
  /** What takes the place of `connection.base_url`, without a slash at its end. */
  url: string
  /** Per CNPJ, the credential values by the names `erp.yaml` uses. Made anew at each start. */
  credentials: Record<string, Record<string, string>>
  received: readonly ReceivedCall[]
  /** Copies of the stored records of one company by the ERP's own name for the kind; empty for an unknown one. */
  records(company: string, kind: string): readonly Record<string, unknown>[]
  /** Puts a fault at the end of the queue; each is met by one call. */
  failNext(fault: Fault): void
  close(): Promise<void>
}

export interface StandInOptions {
  /** TCP port on 127.0.0.1. Default 0: any free one. */
  port?: number
  /** The clock, in epoch milliseconds. Default Date.now. Limits and blocks are counted on it. */
  now?: () => number
  /** Multiplies every declared limit; for load tests of what lies before the ERP. Default 1: the real limits. */
  limitFactor?: number
}
