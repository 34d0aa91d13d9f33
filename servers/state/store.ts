import type { Answer, Input, OperationName } from './operations.ts'

/** The ledger could not be written or read. Nothing may be done that would have to stand in it. */
export class LedgerError extends Error {
  readonly code = 'ledger_unavailable'

  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'LedgerError'
  }
}

/** The state of one ERP's server, in whichever database. */
export interface Store {
  /** False while nothing can be written: then everything is denied. */
  ready(): boolean
  /** Resolves when the answer is durable. Throws LedgerError. */
  ask<Name extends OperationName>(name: Name, input: Input<Name>): Promise<Answer<Name>>
  stop(): Promise<void>
}
