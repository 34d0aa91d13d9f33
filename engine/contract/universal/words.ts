/**
 * By which words descriptions of APIs in Portuguese and English name what the vocabulary knows. Closed lists: what is
 * called otherwise is not guessed at. Words are singular, in lower case, without accents and without `of`, `de` and the
 * like (`plainWords`); a name has to be one of them as a whole.
 */
export const ENTITY_WORDS: Readonly<Record<string, readonly string[]>> = {
  customer: ['customer', 'client', 'cliente', ...bothParties()],
  vendor: ['vendor', 'supplier', 'fornecedor', ...bothParties()],
  account_payable: [
    ...['account payable', 'payable', 'bill', 'vendor bill', 'supplier invoice', 'purchase invoice'],
    ...['conta pagar', 'contapagar', 'titulo pagar'],
  ],
  account_receivable: [
    ...['account receivable', 'receivable', 'invoice', 'sale invoice', 'customer invoice'],
    ...['conta receber', 'contareceber', 'titulo receber', 'fatura'],
  ],
  payment: ['payment', 'vendor payment', 'supplier payment', 'bill payment', 'pagamento'],
  receipt: ['receipt', 'customer payment', 'recebimento'],
  category: ['category', 'categoria', 'categoria financeira', 'categoria receita despesa', 'plano conta'],
  cost_center: ['cost center', 'cost centre', 'costcenter', 'centro custo', 'centro resultado'],
  bank_account: ['bank account', 'conta bancaria', 'conta corrente', 'contacorrente', 'conta financeira'],
}

/** Parties of either kind: they become customers and vendors. */
function bothParties(): string[] {
  return ['contact', 'contato', 'party', 'business partner', 'parceiro', 'pessoa']
}

/** What stands before the resource in a path and says nothing of it. */
export const PATH_PREFIXES: readonly string[] = [
  'api',
  'rest',
  'accounting',
  'finance',
  'financeiro',
  'geral',
  'empresa',
]

/** The last part of a path that says what is done, where not the method does. */
export const ACTION_WORDS: Readonly<
  Record<'list' | 'get' | 'create' | 'update' | 'delete' | 'settle', readonly string[]>
> = {
  list: ['list', 'listar', 'search'],
  get: ['get', 'consultar', 'obter'],
  create: ['create', 'incluir', 'criar'],
  update: ['update', 'alterar', 'atualizar'],
  delete: ['delete', 'excluir', 'remover'],
  settle: ['pay', 'settle', 'payment', 'pagamento', 'pagar', 'receipt', 'recebimento', 'receber', 'baixar', 'baixa'],
}

const PARTY_ID = [
  'contact id',
  'contato id',
  'id contato',
  'party id',
  'pessoa id',
  'parceiro id',
  'contact contact id',
]

/** Arguments of universal tools and fields of universal records (`bank/pix_key`), by the names they have elsewhere. */
export const FIELD_WORDS: Readonly<Record<string, readonly string[]>> = {
  reference: [
    ...['reference', 'referencia', 'external id', 'external reference', 'integration code'],
    ...['id externo', 'codigo integracao', 'codigo', 'code'],
  ],
  name: [
    'name',
    'nome',
    'legal name',
    'company name',
    'razao social',
    'nome razao social',
    'display name',
    'full name',
  ],
  trade_name: ['trade name', 'fantasia', 'nome fantasia'],
  document: [
    ...['document', 'documento', 'cpf cnpj', 'cnpj cpf', 'cnpj', 'cpf', 'tax id', 'tax number', 'federal tax number'],
    ...['numero documento', 'document number', 'documento numero'],
  ],
  email: ['email', 'mail', 'email address', 'email principal'],
  phone: ['phone', 'telefone', 'fone', 'phone number', 'telephone', 'celular', 'mobile', 'mobile phone'],
  city: [
    'city',
    'cidade',
    'municipio',
    'address city',
    'endereco cidade',
    'endereco municipio',
    'endereco geral municipio',
  ],
  state: ['state', 'uf', 'estado', 'address state', 'endereco uf', 'endereco estado', 'endereco geral uf'],
  inactive: ['inactive', 'inativo', 'archived', 'is archived', 'is inactive', 'arquivado', 'disabled'],
  active: ['active', 'ativo', 'is active', 'enabled'],
  'bank/bank_code': [
    'bank code',
    'bank bank code',
    'codigo banco',
    'banco codigo',
    'dado bancario banco',
    'bank account bank code',
  ],
  'bank/branch': ['branch', 'agencia', 'bank branch', 'dado bancario agencia', 'banco agencia', 'bank account branch'],
  'bank/account': [
    'bank account',
    'bank account number',
    'conta corrente',
    'dado bancario conta',
    'banco conta',
    'bank account account',
  ],
  'bank/holder_name': ['bank holder name', 'titular', 'dado bancario titular', 'bank account holder name'],
  'bank/holder_document': ['bank holder document', 'documento titular', 'dado bancario documento titular'],
  'bank/pix_key': ['pix key', 'chave pix', 'bank pix key', 'dado bancario chave pix', 'bank account pix key'],
  vendor_id: ['vendor id', 'supplier id', 'fornecedor id', 'id fornecedor', ...PARTY_ID],
  customer_id: ['customer id', 'client id', 'cliente id', 'id cliente', ...PARTY_ID],
  vendor_name: ['vendor name', 'supplier name', 'fornecedor nome', 'nome fornecedor', 'contact name', 'contato nome'],
  customer_name: ['customer name', 'client name', 'cliente nome', 'nome cliente', 'contact name', 'contato nome'],
  document_number: ['document number', 'numero documento', 'invoice number', 'bill number', 'number', 'numero'],
  description: ['description', 'descricao', 'historico', 'memo', 'note', 'observacao'],
  category_id: ['category id', 'categoria id', 'id categoria', 'codigo categoria'],
  cost_center_id: ['cost center id', 'centro custo id', 'id centro custo'],
  issue_date: ['issue date', 'data emissao', 'emissao', 'invoice date', 'bill date', 'date', 'data'],
  due_date: ['due date', 'vencimento', 'data vencimento'],
  accrual_date: ['accrual date', 'competencia', 'data competencia'],
  amount: [
    'amount',
    'valor',
    'value',
    'total',
    'total amount',
    'valor total',
    'valor documento',
    'valor recebido',
    'valor pago',
  ],
  paid_amount: ['paid amount', 'amount paid', 'valor pago', 'valor recebido'],
  open_amount: ['open amount', 'amount due', 'balance due', 'outstanding', 'saldo', 'valor aberto', 'balance'],
  status: ['status', 'situacao'],
  payable_id: ['payable id', 'account payable id', 'bill id', 'conta pagar id', 'id conta pagar', 'bill bill id'],
  receivable_id: [
    'receivable id',
    'account receivable id',
    'conta receber id',
    'id conta receber',
    'invoice id',
    'invoice invoice id',
  ],
  account_id: [
    'account id',
    'bank account id',
    'conta id',
    'id conta',
    'conta corrente id',
    'id conta corrente',
    'portador id',
    'conta financeira id',
    'account account id',
  ],
  date: ['date', 'data', 'payment date', 'data pagamento', 'paid on', 'data recebimento', 'receipt date'],
  interest: ['interest', 'juro'],
  fine: ['fine', 'multa', 'late fee', 'acrescimo'],
  discount: ['discount', 'desconto'],
  kind: ['kind', 'type', 'tipo'],
  bank_code: ['bank code', 'codigo banco', 'banco codigo', 'banco numero'],
  branch: ['branch', 'agencia', 'numero agencia'],
  number: ['number', 'account number', 'bank account number', 'numero', 'numero conta', 'conta'],
  page: ['page', 'pagina', 'page number', 'numero pagina'],
  page_size: [
    'page size',
    'pagesize',
    'limit',
    'limite',
    'per page',
    'size',
    'registro pagina',
    'registro por pagina',
    'top',
  ],
  offset: ['offset', 'skip', 'start'],
  name_contains: ['name contain', 'name', 'nome', 'search', 'pesquisa', 'search term', 'busca', 'q'],
  due_from: [
    'due from',
    'due date from',
    'due date start',
    'data vencimento inicial',
    'vencimento inicial',
    'vencimento desde',
  ],
  due_to: ['due to', 'due date to', 'due date end', 'data vencimento final', 'vencimento final', 'vencimento ate'],
  date_from: ['date from', 'from date', 'start date', 'data inicial', 'data pagamento inicial'],
  date_to: ['date to', 'to date', 'end date', 'data final', 'data pagamento final'],
}

/** What a thing of no name but a description is called: categories and the like. */
export const NAMED_BY_DESCRIPTION: readonly string[] = ['descricao', 'description', 'title', 'titulo']

/** States and kinds by the values that stand for them elsewhere. */
export const VALUE_WORDS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  status: {
    draft: ['draft', 'rascunho'],
    open: ['open', 'aberto', 'aberta', 'pending', 'pendente', 'authorised', 'authorized', 'vencer'],
    partial: ['partial', 'parcial', 'partially paid'],
    paid: ['paid', 'pago', 'paga', 'settled', 'liquidado', 'recebido'],
    overdue: ['overdue', 'atrasado', 'vencido'],
    cancelled: ['cancelled', 'canceled', 'cancelado', 'voided'],
    approved: ['approved', 'aprovado', 'authorised', 'authorized'],
    processing: ['processing', 'processando'],
    done: ['done', 'paid', 'pago', 'settled', 'liquidado', 'completed', 'concluido'],
    failed: ['failed', 'falhou'],
  },
  kind: {
    income: ['income', 'receita', 'revenue', 'in', 'entrada'],
    expense: ['expense', 'despesa', 'out', 'saida'],
  },
}

const STOP_WORDS = new Set(['a', 'o', 'de', 'da', 'do', 'das', 'dos', 'e', 'of', 'the', 'and'])

/** A name as plain words: `contasAPagar`, `Contas a Pagar` and `contas-pagar` are all `conta pagar`. */
export function plainWords(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '' && !STOP_WORDS.has(word))
    .map(singular)
    .join(' ')
}

function singular(word: string): string {
  if (word.length < 4) return word
  return word
    .replace(/ies$/, 'y')
    .replace(/(o|a)es$/, 'ao')
    .replace(/ores$/, 'or')
    .replace(/(?<=[^s])s$/, '')
    .replace(/^(statu|busines|addres|acces)$/, '$1s')
}
