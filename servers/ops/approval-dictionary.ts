/** Portuguese as it is written in Brazil, and English. */
export const LANGUAGES = ['pt', 'en'] as const
export type Language = (typeof LANGUAGES)[number]

type Words = Readonly<Record<Language, Readonly<Record<string, string>>>>

/** By verb, or by modifier where that says more. */
export const VERB_WORDS: Words = {
  pt: {
    create: 'Criar',
    update: 'Alterar',
    delete: 'Excluir',
    get: 'Consultar',
    search: 'Procurar',
    approved: 'Aprovar no ERP:',
    inactive: 'Inativar',
  },
  en: {
    create: 'Create',
    update: 'Change',
    delete: 'Delete',
    get: 'Read',
    search: 'Search',
    approved: 'Approve in the ERP:',
    inactive: 'Inactivate',
  },
}

export const ENTITY_WORDS: Words = {
  pt: {
    customer: 'cliente',
    vendor: 'fornecedor',
    account_payable: 'conta a pagar',
    account_receivable: 'conta a receber',
    payment: 'pagamento',
    receipt: 'recebimento',
    category: 'categoria',
    cost_center: 'centro de custo',
    bank_account: 'conta bancária',
  },
  en: {
    account_payable: 'account payable',
    account_receivable: 'account receivable',
    cost_center: 'cost centre',
    bank_account: 'bank account',
  },
}

export const FIELD_WORDS: Words = {
  pt: {
    id: 'Código',
    reference: 'Referência',
    name: 'Razão social',
    trade_name: 'Nome fantasia',
    document: 'CPF ou CNPJ',
    email: 'E-mail',
    phone: 'Telefone',
    city: 'Cidade',
    state: 'Estado',
    bank: 'Dados bancários',
    bank_code: 'Banco',
    branch: 'Agência',
    account: 'Conta',
    holder_name: 'Titular',
    holder_document: 'Documento do titular',
    pix_key: 'Chave PIX',
    reason: 'Motivo',
    vendor_id: 'Código do fornecedor',
    vendor_name: 'Fornecedor',
    customer_id: 'Código do cliente',
    customer_name: 'Cliente',
    payable_id: 'Conta a pagar',
    receivable_id: 'Conta a receber',
    vendor: 'Fornecedor',
    customer: 'Cliente',
    payable: 'Conta a pagar',
    receivable: 'Conta a receber',
    payment_ids: 'Pagamentos',
    payments: 'Pagamento',
    account_id: 'Conta corrente',
    category_id: 'Categoria',
    cost_center_id: 'Centro de custo',
    document_number: 'Número do documento',
    description: 'Descrição',
    amount: 'Valor',
    open_amount: 'Valor em aberto',
    paid_amount: 'Valor pago',
    interest: 'Juros',
    fine: 'Multa',
    discount: 'Desconto',
    date: 'Data',
    issue_date: 'Emissão',
    due_date: 'Vencimento',
    accrual_date: 'Competência',
    status: 'Situação',
    inactive: 'Inativo',
    issue_boleto: 'Emitir boleto',
    issue_nfse: 'Emitir NFS-e',
  },
  en: {
    id: 'Id',
    name: 'Legal name',
    document: 'CPF or CNPJ',
    email: 'E-mail',
    bank: 'Bank data',
    bank_code: 'Bank',
    pix_key: 'PIX key',
    vendor_name: 'Vendor',
    customer_name: 'Customer',
    amount: 'Amount',
    open_amount: 'Open amount',
    paid_amount: 'Paid amount',
    due_date: 'Due date',
  },
}

/** What `status` of a universal record says; English is what stands there. */
export const STATE_WORDS: Words = {
  pt: {
    draft: 'rascunho',
    open: 'em aberto',
    partial: 'pago em parte',
    paid: 'pago',
    overdue: 'vencido',
    cancelled: 'cancelado',
    approved: 'aprovado',
    processing: 'em processamento',
    done: 'concluído',
    failed: 'não realizado',
  },
  en: {},
}
