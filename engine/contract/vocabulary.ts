/** What a call does, in rising order of consequence. */
export const EFFECTS = ['read', 'create', 'update', 'delete', 'settle', 'fiscal'] as const
export type Effect = (typeof EFFECTS)[number]

/** What a role grants, in rising order. */
export const PERMISSIONS = ['read', 'write', 'delete', 'admin'] as const
export type Permission = (typeof PERMISSIONS)[number]

/** The kinds of value that are masked unless a role may see them. */
export const SENSITIVE_KINDS = ['document', 'name', 'email', 'phone', 'address', 'bank', 'pix', 'url'] as const
export type SensitiveKind = (typeof SENSITIVE_KINDS)[number]

export const VERBS = ['get', 'create', 'update', 'delete', 'search'] as const

/** Singular to plural: the plural stands only before `_list`. Closed, so that one name means one thing in every ERP. */
export const ENTITIES: Readonly<Record<string, string>> = {
  customer: 'customers',
  vendor: 'vendors',
  account_payable: 'accounts_payable',
  account_receivable: 'accounts_receivable',
  payment: 'payments',
  receipt: 'receipts',
  category: 'categories',
  cost_center: 'cost_centers',
  bank_account: 'bank_accounts',
  approval: 'approvals',
}

export const MODIFIERS = [
  'list',
  'by_id',
  'by_document',
  'by_reference',
  'inactive',
  'draft',
  'approved',
  'identifier',
  'balance',
] as const

export interface ToolName {
  verb: (typeof VERBS)[number]
  /** Singular. */
  entity: string
  modifier: (typeof MODIFIERS)[number] | null
}

/** Takes a universal tool name apart; null when it is not one. `get_vendors_list` → get, vendor, list. */
export function parseToolName(name: string): ToolName | null {
  const verb = VERBS.find((candidate) => name.startsWith(`${candidate}_`))
  if (verb === undefined) return null
  const rest = name.slice(verb.length + 1)
  for (const [singular, plural] of Object.entries(ENTITIES)) {
    if (rest === `${plural}_list`) return { verb, entity: singular, modifier: 'list' }
    if (rest === singular) return { verb, entity: singular, modifier: null }
    const modifier = MODIFIERS.find((candidate) => candidate !== 'list' && rest === `${singular}_${candidate}`)
    if (modifier !== undefined) return { verb, entity: singular, modifier }
  }
  return null
}
