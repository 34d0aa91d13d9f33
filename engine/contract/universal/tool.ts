import type { Effect } from '../vocabulary.ts'
import { ARGUMENTS } from './argument.ts'
import type { JsonSchema } from './json-schema.ts'

/** What a universal tool is in every ERP: only the ERP's way of doing it stands in its tools.yaml. */
export interface UniversalTool {
  /** For the agent, in English; starts with a verb. */
  description: string
  effect: Effect
  entity: string
  /** Names of arguments out of ARGUMENTS, `!` behind the required ones. */
  args: readonly string[]
  /** The record it answers with, out of RECORDS. */
  record: string
  /** list: a page of records. many: all that match, unpaged. one: a single record. */
  answer: 'list' | 'many' | 'one'
  /** True when it moves or creates money: facts must then declare amount and idempotency key. */
  money?: true
}

const PAGE = ['page', 'page_size']
const PARTY_FIELDS = ['trade_name', 'email', 'phone', 'city', 'state', 'bank']

function party(entity: 'customer' | 'vendor', plural: string): Record<string, UniversalTool> {
  const base = { entity, record: entity } as const
  const write = { entity, record: 'written', answer: 'one' } as const
  return {
    [`get_${plural}_list`]: {
      ...base,
      description: `List ${plural}, page by page`,
      effect: 'read',
      answer: 'list',
      args: [...PAGE, 'name_contains', 'inactive_filter'],
    },
    [`get_${entity}_by_id`]: {
      ...base,
      description: `Get one ${entity}`,
      effect: 'read',
      answer: 'one',
      args: ['id!'],
    },
    [`get_${entity}_by_document`]: {
      ...base,
      description: `Find ${plural} by CPF or CNPJ`,
      effect: 'read',
      answer: 'many',
      args: ['document!'],
    },
    [`create_${entity}`]: {
      ...write,
      description: `Create a ${entity}`,
      effect: 'create',
      args: ['reference!', 'name!', 'document!', ...PARTY_FIELDS],
    },
    [`update_${entity}`]: {
      ...write,
      description: `Change fields of a ${entity}; fields left out keep their values`,
      effect: 'update',
      args: ['id!', 'name', 'document', ...PARTY_FIELDS],
    },
    [`update_${entity}_inactive`]: {
      ...write,
      description: `Take a ${entity} out of use without deleting it`,
      effect: 'update',
      args: ['id!', 'reason!'],
    },
    [`delete_${entity}`]: { ...write, description: `Delete a ${entity}`, effect: 'delete', args: ['id!', 'reason!'] },
  }
}

function account(
  entity: string,
  plural: string,
  partyId: string,
  extra: readonly string[] = [],
): Record<string, UniversalTool> {
  const base = { entity, record: entity } as const
  const write = { entity, record: 'written', answer: 'one' } as const
  const words = plural.replace('_', ' ')
  return {
    [`get_${plural}_list`]: {
      ...base,
      description: `List ${words}, page by page`,
      effect: 'read',
      answer: 'list',
      args: [...PAGE, partyId, 'status', 'due_from', 'due_to'],
    },
    [`get_${entity}_by_id`]: {
      ...base,
      description: `Get one of the ${words}`,
      effect: 'read',
      answer: 'one',
      args: ['id!'],
    },
    [`create_${entity}`]: {
      ...write,
      description: `Enter one of the ${words}`,
      effect: 'create',
      money: true,
      args: [
        'reference!',
        `${partyId}!`,
        'amount!',
        'due_date!',
        'category_id!',
        'issue_date',
        'accrual_date',
        'account_id',
        'cost_center_id',
        'document_number',
        'description',
        ...extra,
      ],
    },
    [`update_${entity}`]: {
      ...write,
      description: `Change one of the open ${words}; fields left out keep their values`,
      effect: 'update',
      money: true,
      args: [
        'reference!',
        'id!',
        'amount',
        'due_date',
        'category_id',
        'accrual_date',
        'document_number',
        'description',
      ],
    },
    [`delete_${entity}`]: {
      ...write,
      description: `Delete one of the open ${words}`,
      effect: 'delete',
      args: ['id!', 'reason!'],
    },
  }
}

function settlement(entity: string, plural: string, of: string): Record<string, UniversalTool> {
  const write = { entity, record: 'written', answer: 'one' } as const
  return {
    [`get_${plural}_list`]: {
      description: `List ${plural}, page by page`,
      effect: 'read',
      entity,
      record: entity,
      answer: 'list',
      args: [...PAGE, 'date_from', 'date_to'],
    },
    [`get_${entity}_by_id`]: {
      description: `Get one ${entity}`,
      effect: 'read',
      entity,
      record: entity,
      answer: 'one',
      args: ['id!'],
    },
    [`create_${entity}`]: {
      ...write,
      description: `Settle a ${of}, wholly or in part: this moves money in the books`,
      effect: 'settle',
      money: true,
      args: [
        'reference!',
        `${of}_id!`,
        'account_id!',
        'amount!',
        'date!',
        'interest',
        'fine',
        'discount',
        'description',
      ],
    },
    [`delete_${entity}`]: {
      ...write,
      description: `Undo a ${entity}: the ${of} is open again`,
      effect: 'delete',
      args: ['id!', `${of}_id!`, 'reason!'],
    },
  }
}

function named(entity: string, plural: string): Record<string, UniversalTool> {
  const words = plural.replace('_', ' ')
  const one = words.replace(/ies$/, 'y').replace(/s$/, '')
  const base = { entity, record: entity, effect: 'read' } as const
  const write = { entity, record: 'written', answer: 'one' } as const
  return {
    [`get_${plural}_list`]: { ...base, description: `List ${words}, page by page`, answer: 'list', args: PAGE },
    [`get_${entity}_by_id`]: { ...base, description: `Get one ${one}`, answer: 'one', args: ['id!'] },
    [`create_${entity}`]: {
      ...write,
      description: `Create a ${one}`,
      effect: 'create',
      args: ['reference!', 'name!', ...(entity === 'category' ? ['kind!'] : [])],
    },
    [`update_${entity}`]: { ...write, description: `Rename a ${one}`, effect: 'update', args: ['id!', 'name!'] },
  }
}

/** Every universal tool, by name. An ERP offers those its tools.yaml tells how to do. */
export const UNIVERSAL_TOOLS: Readonly<Record<string, UniversalTool>> = {
  ...party('customer', 'customers'),
  ...party('vendor', 'vendors'),
  create_vendor_identifier: {
    description: 'Add a CPF or CNPJ to a vendor',
    effect: 'update',
    entity: 'vendor',
    record: 'written',
    answer: 'one',
    args: ['id!', 'document!'],
  },
  ...account('account_payable', 'accounts_payable', 'vendor_id'),
  ...account('account_receivable', 'accounts_receivable', 'customer_id', ['issue_boleto', 'issue_nfse']),
  ...settlement('payment', 'payments', 'payable'),
  ...settlement('receipt', 'receipts', 'receivable'),
  create_payment_draft: {
    description: 'Prepare a payment to a vendor; it moves nothing until it is approved in the ERP',
    effect: 'create',
    entity: 'payment',
    record: 'written',
    answer: 'one',
    money: true,
    args: ['reference!', 'vendor_id!', 'account_id!', 'amount!', 'date!', 'payable_id', 'description'],
  },
  update_payment_draft: {
    description: 'Change a payment that is still a draft',
    effect: 'update',
    entity: 'payment',
    record: 'written',
    answer: 'one',
    money: true,
    args: ['reference!', 'id!', 'amount', 'date', 'description'],
  },
  update_payment_approved: {
    description: 'Approve prepared payments in the ERP: this releases their money',
    effect: 'settle',
    entity: 'payment',
    record: 'written',
    answer: 'many',
    money: true,
    args: ['reference!', 'payment_ids!'],
  },
  delete_payment_draft: {
    description: 'Delete a payment that is still a draft',
    effect: 'delete',
    entity: 'payment',
    record: 'written',
    answer: 'one',
    args: ['id!', 'reason!'],
  },
  ...named('category', 'categories'),
  ...named('cost_center', 'cost_centers'),
  get_bank_accounts_list: named('bank_account', 'bank_accounts')['get_bank_accounts_list'] as UniversalTool,
  get_bank_account_by_id: named('bank_account', 'bank_accounts')['get_bank_account_by_id'] as UniversalTool,
}

/** A tool's arguments as JSON Schema; `without` are the optional arguments, or parts of one (`bank/pix_key`), this ERP cannot take. */
export function inputSchemaOf(tool: UniversalTool, without: readonly string[] = []): JsonSchema {
  const properties: Record<string, JsonSchema> = {}
  const required: string[] = []
  for (const entry of tool.args) {
    const name = entry.replace('!', '')
    const schema = ARGUMENTS[name]
    if (schema === undefined) throw new Error(`argument \`${name}\` is not in the vocabulary`)
    if (without.includes(name)) continue
    properties[name] = withoutParts(schema, name, without)
    if (entry.endsWith('!')) required.push(name)
  }
  return { type: 'object', properties, required, additionalProperties: false }
}

function withoutParts(schema: JsonSchema, name: string, without: readonly string[]): JsonSchema {
  const parts = without.filter((part) => part.startsWith(`${name}/`)).map((part) => part.slice(name.length + 1))
  const properties = schema['properties']
  if (parts.length === 0 || typeof properties !== 'object' || properties === null) return schema
  return {
    ...schema,
    properties: Object.fromEntries(Object.entries(properties).filter(([key]) => !parts.includes(key))),
  }
}
