import type { Asked } from './operations.ts'

/** A batch was not written: none of its operations happened. */
export class BatchError extends Error {
  /** database: nothing can be written now. operation: one of them could not be done; alone the others may be. */
  readonly at: 'database' | 'operation'

  constructor(at: BatchError['at'], cause: unknown) {
    super(cause instanceof Error ? cause.message : 'the ledger was not written', { cause })
    this.name = 'BatchError'
    this.at = at
  }
}

/** One database, from one process. */
export interface Driver {
  /** Does all operations in one transaction, in order; the answers are given once it is durable. Throws BatchError. */
  transact(batch: readonly Asked[]): Promise<unknown[]>
  close(): Promise<void>
}
