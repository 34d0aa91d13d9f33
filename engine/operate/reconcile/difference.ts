/** Something that the ERP and the ledger do not tell alike, or that nobody knows, side by side. */
export interface Difference {
  kind: DifferenceKind
  /** What it is about: the `name` of what was compared, or `bank data`. */
  of: string
  company: string
  /** As the ERP has it now; null where it has nothing of the kind. */
  erp: ErpSide | null
  /** As the ledger has it; null where it has nothing of the kind. */
  ledger: EntrySide | null
  /** What is known, in a sentence. */
  evidence: string
  /** What a person does about it: a command where there is one. */
  next: string
}

/**
 * erp_only: no entry of the ledger made it. ledger_only: the entry has no effect in the ERP. amount_differs: both have
 * it, with other amounts. unknown_outcome: the server could not tell whether it was done. bank_changed: bank data was
 * changed, and no entry did it.
 */
export type DifferenceKind = 'erp_only' | 'ledger_only' | 'amount_differs' | 'unknown_outcome' | 'bank_changed'

export interface ErpSide {
  id: string
  of: string | null
  date: string | null
  /** Centavos. */
  amount: number | null
  counterparty: string | null
  status: string | null
}

export interface EntrySide {
  entry: string
  /** ISO 8601. */
  at: string
  tool: string
  caller: string
  person: string
  /** Centavos. */
  amount: number | null
  reference: string | null
}

/** One that both tell alike. */
export interface Matched {
  of: string
  company: string
  erp: ErpSide
  entries: string[]
}

/** What was to be compared, and could not be. */
export interface NotCompared {
  what: string
  why: string
  /** Whether it keeps the report from being clean: what an ERP never tells does not. */
  open: boolean
}
