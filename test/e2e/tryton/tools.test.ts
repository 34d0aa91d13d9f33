import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { TRYTONS } from './books.ts'
import { type Session, startSession } from './session.ts'

/** What the calls below made, by the name they gave it. */
type Made = Record<string, string>
type Call = [tool: string, args: (made: Made) => Record<string, unknown>, as?: string]

const ALFA = '11222333000181'
const draft = { account_id: '1', amount: 480, date: '2026-12-01' }

/** Every tool of tools.yaml at least once; `as` names the id for the calls after it. */
const CALLS: Call[] = [
  ['get_vendors_list', () => ({ page: 1, page_size: 3 })],
  ['get_vendors_list', () => ({ name_contains: 'moinho' })],
  ['get_vendors_list', () => ({ inactive_filter: true })],
  ['get_vendor_by_id', () => ({ id: '3' })],
  ['get_vendor_by_document', () => ({ document: '9KLM72X4000126' })],
  ['create_vendor', () => ({ reference: 'V-1', name: 'Alfa Ltda', document: ALFA, email: 'a@alfa.example' }), 'vendor'],
  ['create_vendor', () => ({ reference: 'V-2', name: 'Beta Ltda', document: '12ABC34501DE35' }), 'letters'],
  ['update_vendor', ({ vendor }) => ({ id: vendor, name: 'Alfa e Filhos Ltda' })],
  ['create_vendor_identifier', ({ vendor }) => ({ id: vendor, document: '12ABC34501DE35' })],
  ['update_vendor_inactive', ({ letters }) => ({ id: letters, reason: 'out of business' })],
  ['delete_vendor', ({ letters }) => ({ id: letters, reason: 'entered twice' })],
  ['get_customers_list', () => ({})],
  ['get_customer_by_id', () => ({ id: '9' })],
  ['get_customer_by_document', () => ({ document: '52998224725' })],
  ['create_customer', () => ({ reference: 'C-1', name: 'Mercado Ltda', document: ALFA }), 'customer'],
  ['update_customer', ({ customer }) => ({ id: customer, name: 'Mercado Bom Ltda' })],
  ['update_customer_inactive', ({ customer }) => ({ id: customer, reason: 'out of business' })],
  ['delete_customer', ({ customer }) => ({ id: customer, reason: 'entered twice' })],
  ['get_categories_list', () => ({})],
  ['get_bank_accounts_list', () => ({})],
  [
    'create_account_payable',
    ({ vendor }) => ({
      reference: 'AP-1',
      vendor_id: vendor,
      amount: 1500.5,
      due_date: '2026-12-30',
      category_id: '5',
      issue_date: '2026-11-20',
      description: 'caixas de novembro',
    }),
    'payable',
  ],
  ['get_accounts_payable_list', () => ({ due_from: '2026-11-01', due_to: '2026-12-31', page_size: 2 })],
  ['get_accounts_payable_list', ({ vendor }) => ({ vendor_id: vendor })],
  ['get_account_payable_by_id', ({ payable }) => ({ id: payable })],
  ['create_payment_draft', ({ vendor }) => ({ reference: 'PD-1', vendor_id: vendor, ...draft }), 'payment'],
  ['create_payment_draft', () => ({ reference: 'PD-2', vendor_id: '3', ...draft, description: 'um' }), 'second'],
  ['get_payments_list', () => ({ date_from: '2026-12-01', date_to: '2026-12-31' })],
  ['get_payment_by_id', ({ payment }) => ({ id: payment })],
  ['update_payment_draft', ({ payment }) => ({ reference: 'PU-1', id: payment, amount: 481, date: '2026-12-02' })],
  ['update_payment_approved', ({ payment }) => ({ reference: 'PA-1', payment_ids: [payment] })],
  ['delete_payment_draft', ({ second }) => ({ id: second, reason: 'entered twice' })],
]

describe.each(TRYTONS)('the tools of tools.yaml, before %s', (_name, start, missing) => {
  describe.skipIf(missing !== null)('called one after the other', () => {
    let session: Session
    const answers = new Map<string, unknown[]>()
    beforeAll(async () => {
      session = await startSession(start)
    })
    afterAll(() => session?.close())

    test('each is done, and answers in the shape it promises', async () => {
      const admin = await session.as('admin')
      const listed = (await admin.client.listTools()).tools
      // The server answers this one itself: no ERP is asked.
      const tools = listed.filter(({ name }) => name !== 'get_approval_by_id')
      expect([...new Set(CALLS.map(([tool]) => tool))].sort()).toEqual(tools.map(({ name }) => name).sort())
      expect(tools).toHaveLength(26)
      const ajv = new Ajv2020({ strict: false })
      const made: Made = {}
      for (const [tool, args, as] of CALLS) {
        const told = await admin.call(tool, args(made))
        expect(told.kind, `${tool}: ${JSON.stringify(told)}`).toBe('result')
        if (told.kind !== 'result') continue
        const { kind: _kind, ...result } = told
        const { $schema: _dialect, ...promised } = tools.find(({ name }) => name === tool)?.outputSchema ?? { not: {} }
        expect({ tool, valid: ajv.validate(promised, result), errors: ajv.errors }).toMatchObject({ valid: true })
        if (as !== undefined) made[as] = idOf(told.data)
        answers.set(tool, [...(answers.get(tool) ?? []), told.data])
      }
    })

    test('pages, filters and documents with letters', () => {
      const [page, named, inactive] = answers.get('get_vendors_list') ?? []
      expect(names(page)).toEqual([
        'Embalagens Aliança Ltda',
        'Energia Capital Distribuidora S.A.',
        'João Batista Ferreira',
      ])
      expect(names(named)).toEqual(['Moinho Santa Clara Ltda'])
      expect(inactive).toEqual([])
      expect(answers.get('get_vendor_by_document')).toMatchObject([[{ id: '6', document: '9KLM72X4000126' }]])
      expect(answers.get('get_customer_by_document')).toMatchObject([[{ id: '10', document: '52998224725' }]])
      expect(names(answers.get('get_bank_accounts_list')?.[0])).toEqual(['PIX', 'Transferência bancária'])
      expect(names(answers.get('get_categories_list')?.[0])).toEqual([
        'Receita de vendas',
        'Matéria-prima',
        'Energia e serviços',
        'Tecnologia',
      ])
    })

    test('a payable is entered whole and read back by its id', () => {
      expect(answers.get('get_account_payable_by_id')).toMatchObject([
        {
          vendor_id: '12',
          vendor_name: 'Alfa e Filhos Ltda',
          description: 'caixas de novembro',
          due_date: '2026-12-30',
          issue_date: '2026-11-20',
          amount: 1500.5,
          open_amount: 1500.5,
          paid_amount: 0,
          status: 'draft',
        },
      ])
      expect(answers.get('get_accounts_payable_list')?.[0]).toMatchObject([
        { amount: 1275.33, paid_amount: 300, open_amount: 975.33, status: 'open' },
        { amount: 480, status: 'draft' },
      ])
    })

    test('a payment is drafted, changed and approved; what was deleted is gone', () => {
      const rows = session.books.payments().filter(({ id }) => Number(id) > 5)
      expect(rows).toEqual([{ id: '6', company: 1, party: '12', amount: '481.00', state: 'approved' }])
      expect(Object.values(session.books.parties())).not.toContain('Beta Ltda')
      expect(Object.values(session.books.parties())).not.toContain('Mercado Bom Ltda')
    })
  })
})

function names(list: unknown): string[] {
  return Array.isArray(list) ? list.map(({ name }: { name: string }) => name) : []
}

function idOf(written: unknown): string {
  return typeof written === 'object' && written !== null && 'id' in written ? String(written.id) : ''
}
