import type { Reconciled } from './reconcile.ts'
import type { Window } from './window.ts'

export interface ReconcileReport extends Reconciled {
  erp: string
  window: Window
  companies: string[]
  /** What came of lifting the block of a restore, in a sentence; null where nobody asked for it. */
  cleared: string | null
}
