import type { JsonSchema } from './json-schema.ts'

const ID: JsonSchema = { type: 'string', minLength: 1, maxLength: 64, pattern: '^[A-Za-z0-9._:-]+$' }
const TEXT: JsonSchema = { type: 'string', minLength: 1, maxLength: 200 }
const DATE: JsonSchema = { type: 'string', format: 'date', description: 'YYYY-MM-DD' }
const DOCUMENT: JsonSchema = {
  type: 'string',
  // CPF, or CNPJ in its numeric and, since July 2026, alphanumeric form (IN RFB 2.229/2024), without punctuation.
  pattern: '^([0-9]{11}|[0-9A-Z]{12}[0-9]{2})$',
  description: 'CPF or CNPJ without punctuation',
}
/**
 * Major units, above zero, small enough that centavos stay exact in a double. `format: centavos` (ours, see money.ts)
 * refuses a third decimal: `multipleOf: 0.01` cannot, since 0.07 / 0.01 is no integer in floating point.
 */
const MONEY: JsonSchema = { type: 'number', exclusiveMinimum: 0, maximum: 1e12, format: 'centavos' }

function described(schema: JsonSchema, description: string): JsonSchema {
  return { ...schema, description }
}

const BANK: JsonSchema = {
  type: 'object',
  description: 'bank data: where money to this party goes',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    bank_code: { type: 'string', pattern: '^[0-9]{3}$' },
    branch: { type: 'string', pattern: '^[0-9]{1,6}(-?[0-9Xx])?$' },
    account: { type: 'string', pattern: '^[0-9]{1,13}(-?[0-9Xx])?$' },
    holder_name: TEXT,
    holder_document: DOCUMENT,
    pix_key: { type: 'string', minLength: 1, maxLength: 77 },
  },
}

/** The one meaning of each argument name, in every ERP. */
export const ARGUMENTS: Readonly<Record<string, JsonSchema>> = {
  id: described(ID, 'identifier in the ERP'),
  reference: described(
    { type: 'string', minLength: 1, maxLength: 20, pattern: '^[A-Za-z0-9._-]+$' },
    'your own unique identifier of this operation: a repeat with the same one is not done twice',
  ),
  page: { type: 'integer', minimum: 1, maximum: 100_000, default: 1, description: 'page number, from 1' },
  page_size: { type: 'integer', minimum: 1, maximum: 500, default: 50, description: 'records a page' },
  name: described(TEXT, 'legal name'),
  name_contains: described(TEXT, 'only those whose name contains this'),
  inactive_filter: { type: 'boolean', description: 'true: only inactive ones; false: only active ones' },
  trade_name: described(TEXT, 'trade name'),
  document: DOCUMENT,
  email: { type: 'string', format: 'email', maxLength: 200 },
  phone: { type: 'string', pattern: '^[0-9]{10,13}$', description: 'digits, with area code' },
  city: TEXT,
  state: { type: 'string', pattern: '^[A-Z]{2}$' },
  bank: BANK,
  reason: { type: 'string', minLength: 5, maxLength: 200, description: 'why; kept in the ledger' },
  kind: { type: 'string', enum: ['income', 'expense'] },
  vendor_id: described(ID, 'identifier of the vendor'),
  customer_id: described(ID, 'identifier of the customer'),
  payable_id: described(ID, 'identifier of the payable'),
  receivable_id: described(ID, 'identifier of the receivable'),
  payment_ids: {
    type: 'array',
    items: ID,
    minItems: 1,
    maxItems: 50,
    uniqueItems: true,
    description: 'identifiers of the payments',
  },
  account_id: described(ID, 'identifier of the bank account'),
  category_id: described(ID, 'identifier of the category'),
  cost_center_id: described(ID, 'identifier of the cost centre'),
  document_number: described({ type: 'string', minLength: 1, maxLength: 20 }, 'number of the invoice or bill'),
  description: described({ type: 'string', minLength: 1, maxLength: 500 }, 'free text'),
  amount: described(MONEY, 'amount in reais'),
  interest: described(MONEY, 'interest paid on top, in reais'),
  fine: described(MONEY, 'fine paid on top, in reais'),
  discount: described(MONEY, 'discount received, in reais'),
  date: described(DATE, 'date of the settlement, YYYY-MM-DD'),
  issue_date: described(DATE, 'date of issue, YYYY-MM-DD'),
  due_date: described(DATE, 'due date, YYYY-MM-DD'),
  accrual_date: described(DATE, 'date whose accounting period it belongs to, YYYY-MM-DD'),
  due_from: described(DATE, 'due on or after, YYYY-MM-DD'),
  due_to: described(DATE, 'due on or before, YYYY-MM-DD'),
  date_from: described(DATE, 'on or after, YYYY-MM-DD'),
  date_to: described(DATE, 'on or before, YYYY-MM-DD'),
  status: { type: 'string', enum: ['open', 'paid', 'overdue', 'cancelled'], description: 'only those in this state' },
  issue_boleto: { type: 'boolean', description: 'also issue a boleto: a legal document' },
  issue_nfse: { type: 'boolean', description: 'also issue a service invoice (NFS-e): a legal document' },
}
