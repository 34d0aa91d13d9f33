import { type Description, readDescription } from './openapi/document.ts'

/**
 * What stands in for a description where there is none: an API as most are built, in our own words. Everything that
 * comes of it has to be compared with the ERP's documentation. `inBody`: each call is a POST that says what it does.
 */
export function usualDescription(inBody: boolean): Description {
  const paths = Object.assign({}, ...RESOURCES.map((resource) => pathsOf(resource, inBody)))
  return readDescription(JSON.stringify({ openapi: '3.1.0', paths, components: { schemas: SCHEMAS } }))
}

interface Resource {
  path: string
  schema: string
  writes: boolean
  /** Query parameters that narrow the list. */
  filters: Record<string, object>
  example: object[]
}

const TEXT = { type: 'string' }
const DATE = { type: 'string', format: 'date' }
const MONEY = { type: 'number' }
const ID = { type: 'string', readOnly: true }

const PARTY = {
  type: 'object',
  properties: {
    id: ID,
    reference: TEXT,
    name: TEXT,
    trade_name: TEXT,
    document: TEXT,
    email: TEXT,
    phone: TEXT,
    city: TEXT,
    state: TEXT,
    inactive: { type: 'boolean', readOnly: true },
    bank: { type: 'object', properties: { bank_code: TEXT, branch: TEXT, account: TEXT, pix_key: TEXT } },
  },
}

function account(party: string): object {
  return {
    type: 'object',
    properties: {
      id: ID,
      reference: TEXT,
      [`${party}_id`]: TEXT,
      document_number: TEXT,
      description: TEXT,
      category_id: TEXT,
      issue_date: DATE,
      due_date: DATE,
      accrual_date: DATE,
      amount: MONEY,
      paid_amount: MONEY,
      open_amount: MONEY,
      status: { type: 'string', enum: ['open', 'partial', 'paid', 'overdue', 'cancelled'] },
    },
  }
}

const SCHEMAS = { customer: PARTY, vendor: PARTY, payable: account('vendor'), receivable: account('customer') }

function parties(prefix: string): object[] {
  const rows = [
    ['Padaria Aurora Ltda', '11222333000181', 'Recife', 'PE'],
    ['Mercearia Brisa Ltda', '45997418000153', 'Natal', 'RN'],
    ['Oficina Cedro Ltda', '12ABC34501DE35', 'Olinda', 'PE'],
  ] as const
  return rows.map(([name, document, city, state], index) => ({
    ...{ id: `${prefix}${index + 1}`, reference: `REF-${index + 1}`, name, trade_name: name.split(' ')[1], document },
    ...{ email: `contato${index + 1}@example.com`, phone: `119${index}0000000`, city, state, inactive: index === 2 },
    bank: { bank_code: '001', branch: '1234', account: `56789${index}`, pix_key: `contato${index + 1}@example.com` },
  }))
}

function accounts(party: string, prefix: string): object[] {
  const rows = [
    [900, 0, 'open', '2026-12-10'],
    [1500.5, 1500.5, 'paid', '2026-11-10'],
    [3200, 200, 'partial', '2026-12-20'],
  ] as const
  return rows.map(([amount, paid_amount, status, due_date], index) => ({
    ...{
      id: `${prefix}${index + 1}`,
      reference: `DOC-${index + 1}`,
      [`${party}_id`]: `${party.slice(0, 1)}${index + 1}`,
    },
    ...{ document_number: `${1000 + index}`, description: 'novembro', category_id: 'k1', issue_date: '2026-11-01' },
    ...{ due_date, accrual_date: '2026-11-01', amount, paid_amount, open_amount: amount - paid_amount, status },
  }))
}

const RESOURCES: readonly Resource[] = [
  {
    path: '/customers',
    schema: 'customer',
    writes: true,
    filters: { name: TEXT, document: TEXT },
    example: parties('c'),
  },
  { path: '/vendors', schema: 'vendor', writes: true, filters: { name: TEXT, document: TEXT }, example: parties('v') },
  {
    path: '/accounts-payable',
    schema: 'payable',
    writes: false,
    filters: { vendor_id: TEXT, due_from: DATE, due_to: DATE },
    example: accounts('vendor', 'p'),
  },
  {
    path: '/accounts-receivable',
    schema: 'receivable',
    writes: false,
    filters: { customer_id: TEXT, due_from: DATE, due_to: DATE },
    example: accounts('customer', 'r'),
  },
]

function pathsOf(resource: Resource, inBody: boolean): object {
  return inBody ? spoken(resource) : rest(resource)
}

const PAGE = { page: { type: 'integer' }, page_size: { type: 'integer', maximum: 100 } }

function listSchema(schema: object): object {
  return {
    type: 'object',
    properties: {
      items: { type: 'array', items: schema },
      total: { type: 'integer' },
      total_pages: { type: 'integer' },
    },
  }
}

function rest({ path, schema, writes, filters, example }: Resource): object {
  const record = { $ref: `#/components/schemas/${schema}` }
  const query = Object.entries({ ...PAGE, ...filters }).map(([name, one]) => ({ name, in: 'query', schema: one }))
  const id = { name: 'id', in: 'path', required: true, schema: TEXT }
  return {
    [path]: {
      get: { parameters: query, responses: answers(listSchema(record), { items: example }) },
      ...(writes ? { post: { requestBody: json(record), responses: answers(record) } } : {}),
    },
    [`${path}/{id}`]: {
      parameters: [id],
      get: { responses: answers(record) },
      ...(writes ? { patch: { requestBody: json(record), responses: answers(record) } } : {}),
    },
  }
}

function spoken({ path, schema, writes, filters, example }: Resource): object {
  const record = { $ref: `#/components/schemas/${schema}` }
  const id = { type: 'object', properties: { id: TEXT } }
  const asked = { type: 'object', properties: { ...PAGE, ...filters } }
  const changed = { allOf: [record, { type: 'object', properties: { id: TEXT } }] }
  const post = (body: object, answer: object, shown?: object): object => ({
    post: { requestBody: json(body), responses: answers(answer, shown) },
  })
  return {
    [`${path}/list`]: post(asked, listSchema(record), { items: example }),
    [`${path}/get`]: post(id, record),
    ...(writes ? { [`${path}/create`]: post(record, record), [`${path}/update`]: post(changed, record) } : {}),
  }
}

function json(schema: object, example?: object): object {
  return { content: { 'application/json': { schema, ...(example === undefined ? {} : { example }) } } }
}

function answers(schema: object, example?: object): object {
  return { 200: json(schema, example) }
}
