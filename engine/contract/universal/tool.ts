import { account } from './account-tools.ts'
import { named } from './named-tools.ts'
import { party } from './party-tools.ts'
import { DRAFT_TOOLS, settlement } from './settlement-tools.ts'
import type { UniversalTool } from './tool-kind.ts'

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
  ...DRAFT_TOOLS,
  ...named('category', 'categories'),
  ...named('cost_center', 'cost_centers'),
  get_bank_accounts_list: named('bank_account', 'bank_accounts')['get_bank_accounts_list'] as UniversalTool,
  get_bank_account_by_id: named('bank_account', 'bank_accounts')['get_bank_account_by_id'] as UniversalTool,
}
