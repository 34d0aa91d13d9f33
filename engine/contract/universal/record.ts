import type { SensitiveKind } from '../vocabulary.ts'

/** A field of a universal record. Every field is always present in a result; what an ERP does not know is null. */
export interface UniversalField {
  type: 'string' | 'boolean' | 'money' | 'date' | 'integer'
  description: string
  /** Set where the value is personal or secret data: whoever maps the field must mark it. */
  sensitive?: SensitiveKind
  values?: readonly string[]
}

/** A record by JSON Pointer: `/bank/pix_key`. */
export type UniversalRecord = Readonly<Record<string, UniversalField>>

const PARTY: UniversalRecord = {
  '/id': { type: 'string', description: 'identifier in the ERP' },
  '/reference': { type: 'string', description: 'your own identifier, as given at creation' },
  '/name': { type: 'string', description: 'legal name', sensitive: 'name' },
  '/trade_name': { type: 'string', description: 'trade name', sensitive: 'name' },
  '/document': { type: 'string', description: 'CPF or CNPJ without punctuation', sensitive: 'document' },
  '/email': { type: 'string', description: 'e-mail address', sensitive: 'email' },
  '/phone': { type: 'string', description: 'phone number with area code', sensitive: 'phone' },
  '/city': { type: 'string', description: 'city' },
  '/state': { type: 'string', description: 'state, two letters' },
  '/inactive': { type: 'boolean', description: 'true when it may no longer be used' },
  '/bank/bank_code': { type: 'string', description: 'bank number', sensitive: 'bank' },
  '/bank/branch': { type: 'string', description: 'bank branch', sensitive: 'bank' },
  '/bank/account': { type: 'string', description: 'bank account number', sensitive: 'bank' },
  '/bank/holder_name': { type: 'string', description: 'name of the account holder', sensitive: 'name' },
  '/bank/holder_document': { type: 'string', description: 'CPF or CNPJ of the account holder', sensitive: 'document' },
  '/bank/pix_key': { type: 'string', description: 'PIX key', sensitive: 'pix' },
}

const STATUS = ['draft', 'open', 'partial', 'paid', 'overdue', 'cancelled'] as const

function account(party: 'vendor' | 'customer'): UniversalRecord {
  return {
    '/id': { type: 'string', description: 'identifier in the ERP' },
    '/reference': { type: 'string', description: 'your own identifier, as given at creation' },
    [`/${party}_id`]: { type: 'string', description: `identifier of the ${party}` },
    [`/${party}_name`]: { type: 'string', description: `name of the ${party}`, sensitive: 'name' },
    '/document_number': { type: 'string', description: 'number of the invoice or bill' },
    '/description': { type: 'string', description: 'free text' },
    '/category_id': { type: 'string', description: 'identifier of the category' },
    '/issue_date': { type: 'date', description: 'date of issue' },
    '/due_date': { type: 'date', description: 'due date' },
    '/accrual_date': { type: 'date', description: 'date whose accounting period it belongs to' },
    '/changed_date': { type: 'date', description: 'day of the last change in the ERP' },
    '/amount': { type: 'money', description: 'whole amount' },
    '/paid_amount': { type: 'money', description: 'what has been settled' },
    '/open_amount': { type: 'money', description: 'what is still open' },
    '/status': { type: 'string', description: 'state', values: STATUS },
  }
}

function settlement(of: 'payable' | 'receivable', party: 'vendor' | 'customer'): UniversalRecord {
  return {
    '/id': { type: 'string', description: 'identifier in the ERP' },
    [`/${of}_id`]: { type: 'string', description: `identifier of the ${of} it settles` },
    [`/${party}_id`]: { type: 'string', description: `identifier of the ${party}` },
    [`/${party}_name`]: { type: 'string', description: `name of the ${party}`, sensitive: 'name' },
    '/account_id': { type: 'string', description: 'identifier of the bank account' },
    '/date': { type: 'date', description: 'date of the settlement' },
    '/amount': { type: 'money', description: 'amount' },
    '/description': { type: 'string', description: 'free text' },
    '/status': {
      type: 'string',
      description: 'state',
      values: ['draft', 'approved', 'processing', 'done', 'failed'],
    },
  }
}

const NAMED: UniversalRecord = {
  '/id': { type: 'string', description: 'identifier in the ERP' },
  '/name': { type: 'string', description: 'name' },
  '/inactive': { type: 'boolean', description: 'true when it may no longer be used' },
}

/** What every ERP's answers are brought to, by entity. */
export const RECORDS: Readonly<Record<string, UniversalRecord>> = {
  customer: PARTY,
  vendor: PARTY,
  account_payable: account('vendor'),
  account_receivable: account('customer'),
  payment: settlement('payable', 'vendor'),
  receipt: settlement('receivable', 'customer'),
  category: { ...NAMED, '/kind': { type: 'string', description: 'what it classifies', values: ['income', 'expense'] } },
  cost_center: NAMED,
  bank_account: {
    ...NAMED,
    '/bank_code': { type: 'string', description: 'bank number', sensitive: 'bank' },
    '/branch': { type: 'string', description: 'bank branch', sensitive: 'bank' },
    '/number': { type: 'string', description: 'account number', sensitive: 'bank' },
  },
  /** What a write answers: enough to read the record back. */
  written: {
    '/id': { type: 'string', description: 'identifier in the ERP' },
    '/reference': { type: 'string', description: 'your own identifier, as given' },
  },
}
