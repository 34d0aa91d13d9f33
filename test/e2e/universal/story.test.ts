import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ErpName, type Line, openLine } from '../../helpers/line/line.ts'
import { HASTY } from '../bling/seed.ts'

// The same calls on four ERPs, under the policies as they are shipped. An agent reads a tool's arguments from its list
// and leaves out those that are not in it; nothing else differs.

interface World {
  erp: ErpName
  /** Takes a payment out of the books' hands: at once, or as a draft that is approved. */
  settles: 'at once' | 'by approval'
  /** Whether an admin alone may take something back. */
  undone: boolean
  /** What would slow the calls down. */
  hasty?: readonly [string, string, string]
}

const WORLDS: readonly World[] = [
  { erp: 'omie', settles: 'at once', undone: true },
  { erp: 'nibo', settles: 'at once', undone: false },
  { erp: 'bling', settles: 'at once', undone: false, hasty: HASTY },
  { erp: 'tryton', settles: 'by approval', undone: true },
]

const VENDOR = {
  reference: 'V-1',
  name: 'Laticínios Serra Ltda',
  document: '11222333000181',
  email: 'contato@serra.example',
}
/** Step → ERP → the keys of what came back. */
const shapes = new Map<string, Map<string, string>>()

describe.each(WORLDS)('$erp', ({ erp, settles, undone, hasty }) => {
  let line: Line
  let vendor = ''
  let payable = ''
  let account = ''
  let category = ''
  beforeAll(async () => {
    line = await openLine({ erp, standIn: { limitFactor: 1_000 }, edits: hasty === undefined ? [] : [hasty] })
  })
  afterAll(() => line.stop())

  /** Calls a tool with the arguments that it takes here. */
  async function take(role: string, tool: string, args: object): Promise<unknown> {
    const { result, text } = await line.call(role, tool, await accepted(tool, args))
    if (result === null) throw new Error(`${erp}: ${tool}: ${text}`)
    const one: unknown = Array.isArray(result.data) ? result.data[0] : result.data
    const keys = JSON.stringify([Object.keys(Object(one)), Object.keys(result.metadata), Object.keys(result.alcada)])
    shapes.set(tool, (shapes.get(tool) ?? new Map()).set(erp, keys))
    return result.data
  }

  async function refused(role: string, tool: string, args: object): Promise<unknown> {
    return (await line.call(role, tool, await accepted(tool, args))).refusal
  }

  async function accepted(tool: string, args: object): Promise<object> {
    const listed = (await line.tools('admin')).find(({ name }) => name === tool)
    const properties: unknown = Object(listed?.inputSchema).properties
    return Object.fromEntries(Object.entries(args).filter(([name]) => Object.hasOwn(Object(properties), name)))
  }

  const first = (data: unknown): { id: string } => Object(Array.isArray(data) ? data[0] : data)
  const payableOf = (reference: string, amount: number): object => ({
    reference,
    vendor_id: vendor,
    amount,
    due_date: '2026-12-31',
    issue_date: '2026-11-25',
    accrual_date: '2026-11-25',
    category_id: category,
    account_id: account,
    description: 'leite',
  })

  test('vendors are listed, read by id, and a document that nobody has is an empty list', async () => {
    const listed = await take('viewer', 'get_vendors_list', { page: 1, page_size: 2 })
    expect(listed).toHaveLength(2)
    // A list may know less than a read by id, and nothing else.
    const known = Object.entries(first(listed)).filter(([, value]) => value !== null)
    expect(await take('viewer', 'get_vendor_by_id', { id: first(listed).id })).toMatchObject(Object.fromEntries(known))
    expect(await line.data('viewer', 'get_vendor_by_document', { document: VENDOR.document })).toEqual([])
  })

  test('a viewer does not create a vendor, an operator does, and it is found by its document', async () => {
    expect((await line.call('viewer', 'create_vendor', VENDOR)).code).toBe(-32_602)
    const created = await take('operator', 'create_vendor', VENDOR)
    vendor = first(created).id
    expect(created).toEqual({ id: vendor, reference: 'V-1' })
    expect(await line.data('operator', 'get_vendor_by_id', { id: vendor })).toMatchObject({
      name: VENDOR.name,
      email: VENDOR.email,
    })
    // Lists of some ERPs show a new record a little later.
    await expect
      .poll(() => take('admin', 'get_vendor_by_document', { document: VENDOR.document }))
      .toMatchObject([{ id: vendor, name: VENDOR.name, document: VENDOR.document }])
    expect((await line.call('operator', 'create_vendor', VENDOR)).result).toMatchObject({
      data: { id: vendor },
      alcada: { replayed: true },
    })
    expect(await refused('operator', 'create_vendor', { ...VENDOR, name: 'Outra Ltda' })).toMatchObject({
      error: { code: 'idempotency_conflict', field: 'reference' },
    })
  })

  test('a payable is entered up to the limit, and above it needs consent', async () => {
    account = first(await take('viewer', 'get_bank_accounts_list', {})).id
    const categories = Object.values(Object(await take('viewer', 'get_categories_list', {})))
    category = first(categories.filter((one) => Object(one).kind === 'expense').slice(-1)).id
    payable = first(await take('operator', 'create_account_payable', payableOf('AP-1', 1500.07))).id
    expect(await take('viewer', 'get_account_payable_by_id', { id: payable })).toMatchObject({
      id: payable,
      vendor_id: vendor,
      amount: 1500.07,
      due_date: '2026-12-31',
    })
    await expect
      .poll(() => take('viewer', 'get_accounts_payable_list', { vendor_id: vendor }))
      .toMatchObject([{ id: payable }])
    expect(await refused('operator', 'create_account_payable', payableOf('AP-2', 60000))).toMatchObject({
      error: { code: 'approval_required' },
      alcada: { retry: 'when_approved', approval: { count: 1, roles: ['approver'] } },
    })
    expect(await refused('operator', 'create_account_payable', payableOf('AP-3', 900000))).toMatchObject({
      error: { code: 'amount_above_alcada' },
      alcada: { retry: 'never' },
    })
    expect(await line.data('viewer', 'get_accounts_payable_list', { vendor_id: vendor })).toHaveLength(1)
  })

  test('money moves up to the limit, and above it needs consent', async () => {
    const above = {
      error: { code: 'approval_required' },
      alcada: { retry: 'when_approved', approval: { count: 1, roles: ['approver'] } },
    }
    if (settles === 'at once') {
      const payment = { payable_id: payable, account_id: account, date: '2026-11-25' }
      expect(
        await refused('operator', 'create_payment', { ...payment, reference: 'P-1', amount: 1000.01 }),
      ).toMatchObject(above)
      expect(
        await refused('operator', 'create_payment', { ...payment, reference: 'P-2', amount: 1500.08 }),
      ).toMatchObject({
        error: { code: 'amount_above_open' },
      })
      const paid = first(await take('operator', 'create_payment', { ...payment, reference: 'P-3', amount: 1000 }))
      expect(await take('viewer', 'get_account_payable_by_id', { id: payable })).toMatchObject({
        open_amount: 500.07,
        paid_amount: 1000,
      })
      const undo = { id: paid.id, payable_id: payable, reason: 'pago em duplicidade' }
      if (undone) {
        await take('admin', 'delete_payment', undo)
        expect(await take('viewer', 'get_account_payable_by_id', { id: payable })).toMatchObject({
          open_amount: 1500.07,
        })
      } else {
        expect(await refused('admin', 'delete_payment', undo)).toMatchObject({ error: { code: 'approval_required' } })
      }
      return
    }
    const draft = { vendor_id: vendor, account_id: account, date: '2026-11-25' }
    const [small, large] = [
      first(await take('operator', 'create_payment_draft', { ...draft, reference: 'D-1', amount: 1000 })).id,
      first(await take('operator', 'create_payment_draft', { ...draft, reference: 'D-2', amount: 0.01 })).id,
    ]
    expect(
      await refused('operator', 'update_payment_approved', { reference: 'P-1', payment_ids: [small, large] }),
    ).toMatchObject(above)
    await take('operator', 'update_payment_approved', { reference: 'P-3', payment_ids: [small] })
    expect(await take('viewer', 'get_payment_by_id', { id: small })).toMatchObject({ status: 'approved', amount: 1000 })
    expect(await take('viewer', 'get_payment_by_id', { id: large })).toMatchObject({ status: 'draft', amount: 0.01 })
    await take('admin', 'delete_payment_draft', { id: large, reason: 'em duplicidade' })
  })

  test('a vendor is taken out of use, and stays in the books', async () => {
    await take('operator', 'update_vendor_inactive', { id: vendor, reason: 'encerrou as atividades' })
    expect(await line.data('viewer', 'get_vendor_by_id', { id: vendor })).toMatchObject({
      inactive: true,
      name: VENDOR.name,
    })
  })
})

test('what a tool answers has the same fields in each ERP', () => {
  expect(shapes.size).toBeGreaterThan(10)
  for (const [tool, byErp] of shapes) {
    expect([tool, new Set(byErp.values()).size]).toEqual([tool, 1])
  }
  expect(shapes.get('create_vendor')?.size).toBe(4)
})
