/**
 * `reconcile:` of `erps/<erp>/tools.yaml`: where this ERP shows what the ledger says was done, for `alcada reconcile`.
 * No part of a bundle: no server needs it.
 */
export interface ReconcileMap {
  settlements: SettlementMap[]
  /** Lists of parties whose records show bank data. Default none: the ERP shows none. */
  bank?: string[]
  /** What this ERP cannot tell, in sentences that stand in every report. */
  untold?: string[]
}

/** What one list of the ERP shows of settlements, and the calls that make them. */
export interface SettlementMap {
  /** What its records are called in a report: `payment`. */
  name: string
  /** A list tool. */
  list: string
  /** Its arguments for the first and last day of settlements. Default: none, all of it is read. */
  days?: {
    from: string
    to: string
    /** Days that the ERP gives out at once; it is asked for one such part after the other, up to a year from now. Default: no limit. */
    most?: number
  }
  /** The tool that reads one of them by `id`, for what the list does not show. */
  read?: string
  /** The list does not show all of a record: each is read by `read`. Default false. */
  each?: boolean
  /** Pointers into a record. */
  record: {
    id: string
    /** Money, in reais: of the settlement, or with `sums` what of the record is settled. */
    amount: string
    date?: string
    /** Id of what it settles. */
    of?: string
    counterparty?: string
    status?: string
    /** With `sums`: days. A record that has all of them before the first day is left out. Default: none is. */
    since?: string[]
  }
  /** Values of `status` in which money has moved, or will without anybody asking again. Default: every record. */
  settled?: string[]
  /** Each record is a title, and all that is known of its settlements is their sum. Default false. */
  sums?: boolean
  /** By tool. */
  calls: Record<string, SettlementCall>
}

/** What a call does to a settlement. Pointers into {args, result}: the caller's arguments, and `data` of the answer. */
export interface SettlementCall {
  /** draft: makes one that moves nothing yet. change: alters such a draft. settle: moves money. remove: takes one away. */
  does: 'draft' | 'change' | 'settle' | 'remove'
  /** Id of the settlement, or a list of ids. */
  id: string
  /** Id of what is settled. */
  of?: string
  /** Money, in reais, added up. Default: what the decision took for the amount. */
  amount?: string[]
  date?: string
  counterparty?: string
}
