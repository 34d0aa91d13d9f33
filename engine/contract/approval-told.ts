/** A request as the server tells it. */
export interface ApprovalTold {
  id: string
  state: string
  title: string
  tool: string
  caller: { id: string; person: string }
  company: string
  /** Centavos. */
  amount: number | null
  currency: string
  due_date: string | null
  bank_change: boolean
  count: number
  roles: string[]
  given: { person: string; at: string }[]
  created: string
  expires: string
  reason: string | null
  entry: string | null
  refusal: string | null
}

export interface CallTold {
  /** What it does, with its amount. */
  title: string
  /** What the ERP itself calls it; empty where it is not known. */
  native: string
  lines: LineTold[]
  records: { title: string; lines: LineTold[] }[]
}

export interface LineTold {
  label: string
  value: string
  before: string | null
  changed: boolean
}
