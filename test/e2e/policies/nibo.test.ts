import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AURORA, BRISA } from '../../helpers/alcada/start.ts'
import { type Line, openLine, type Told } from '../../helpers/line/line.ts'
import { SEED } from '../nibo/seed.ts'

// The ten policies of the project, each with a call that goes through and one that does not, before Nibo's stand-in.

const PAY = 'POST /schedules/debit/{id}/payments'
const OTHERS = { sub: 'agent-9', for: 'u9' }
let line: Line
beforeAll(async () => {
  line = await openLine({
    erp: 'nibo',
    guarded: true,
    standIn: { limitFactor: 1_000, listLagMs: 0 },
    edits: [
      ['policies/nibo/rbac.yaml', 'day_total: 5000.00', 'day_total: 80.00'],
      ['policies/nibo/security.yaml', 'rows_per_day: 5000', 'rows_per_day: 60'],
    ],
  })
})
afterAll(() => line.stop())

const codeOf = ({ result, refusal }: Told): string => (result === null ? (refusal?.error.code ?? '?') : 'done')

async function pay(reference: string, amount: number, options: object = {}): Promise<string> {
  const args = { reference, payable_id: SEED.payable, account_id: SEED.account, amount, date: '2026-11-24' }
  return codeOf(await line.call('operator', 'create_payment', args, options))
}

const bill = (reference: string, changes: object = {}): object => ({
  reference,
  vendor_id: SEED.vendor,
  amount: 250,
  due_date: '2026-12-31',
  accrual_date: '2026-11-24',
  category_id: SEED.expense,
  ...changes,
})

describe('in this order', () => {
  test('alçada: of two payments at once that are not within the total of the day together, one waits', async () => {
    const codes = await Promise.all([pay('A-1', 60), pay('A-2', 29.9)])
    expect(codes.sort()).toEqual(['approval_required', 'done'])
    expect(line.received(PAY)).toBe(1)
  })

  test('duties: who changed a party does not pay it, through no agent of theirs; somebody else does', async () => {
    const change = { id: SEED.vendor, phone: '1133088958' }
    expect(codeOf(await line.call('operator', 'update_vendor', change))).toBe('done')
    const before = line.received(PAY)
    expect(await pay('D-1', 1)).toBe('own_counterparty')
    expect(await pay('D-2', 1, { sub: 'agent-2' })).toBe('own_counterparty')
    expect(codeOf(await line.call('operator', 'create_account_payable', bill('D-3')))).toBe('own_counterparty')
    expect(line.received(PAY)).toBe(before)
    expect(line.received('POST /schedules/debit')).toBe(0)
    expect(await pay('D-4', 2, OTHERS)).toBe('done')
  })

  test('duties: who entered a party enters no bill of it', async () => {
    const vendor = { reference: 'V-1', name: 'Moinho Novo Ltda', document: '52998224725' }
    const vendor_id = Object(await line.data('operator', 'create_vendor', vendor)).id
    expect(codeOf(await line.call('operator', 'create_account_payable', bill('D-5', { vendor_id })))).toBe(
      'own_counterparty',
    )
    expect(line.received('POST /schedules/debit')).toBe(0)
    const others = await line.call('operator', 'create_account_payable', bill('D-6', { vendor_id }), OTHERS)
    expect(codeOf(others)).toBe('done')
  })

  test('bank data: a change waits for somebody else and does not reach Nibo', async () => {
    const before = line.received('PUT /suppliers/{id}')
    const change = { id: SEED.vendor, bank: { pix_key: 'outro@example.com.br' } }
    expect(codeOf(await line.call('operator', 'update_vendor', change, OTHERS))).toBe('approval_required')
    expect(line.received('PUT /suppliers/{id}')).toBe(before)
  })

  test("bank data: a change in Nibo's own screen holds payments, whoever made it", async () => {
    expect(await pay('B-1', 3, OTHERS)).toBe('done')
    const url = `${line.standIn.url}/suppliers/${SEED.vendor}`
    const headers = {
      apitoken: line.standIn.credentials[AURORA]?.['api_token'] ?? '',
      'content-type': 'application/json',
    }
    const record = await (await fetch(url, { headers })).json()
    const { name, document } = Object(record)
    const body = JSON.stringify({ name, document, bankAccountInformation: { pixKey: 'outro@example.com.br' } })
    expect((await fetch(url, { method: 'PUT', headers, body })).ok).toBe(true)
    const before = line.received(PAY)
    expect(await pay('B-2', 4, OTHERS)).toBe('bank_data_frozen')
    expect(line.received(PAY)).toBe(before)
  })

  test('no deletes: an agent takes out of use with a reason, and deletes nothing', async () => {
    const id = SEED.vendor
    expect(codeOf(await line.call('admin', 'delete_vendor', { id, reason: 'entered by mistake' }))).toBe(
      'delete_forbidden',
    )
    const undo = { id: '51a3f63f-0f2f-4f5d-8f5f-0a5f7c3d2e11', payable_id: SEED.payable, reason: 'paid twice, undo it' }
    expect(codeOf(await line.call('admin', 'delete_payment', undo))).not.toBe('done')
    expect(line.standIn.received.filter(({ operation }) => operation.startsWith('DELETE'))).toEqual([])
    const customer = { id: SEED.customer, reason: '          ' }
    expect(codeOf(await line.call('operator', 'update_customer_inactive', customer))).toBe('reason_missing')
    const said = { ...customer, reason: 'closed its shop' }
    expect(codeOf(await line.call('operator', 'update_customer_inactive', said, OTHERS))).toBe('done')
  })

  test('fiscal: a service invoice hidden in an argument is issued for nobody', async () => {
    const sale = { ...bill('F-1', { category_id: SEED.income }), customer_id: SEED.customer, issue_nfse: true }
    const { vendor_id: _, ...args } = Object(sale)
    expect(codeOf(await line.call('admin', 'create_account_receivable', args))).toBe('effect_forbidden')
    expect(line.received('POST /schedules/credit')).toBe(0)
    expect(codeOf(await line.call('admin', 'create_account_receivable', { ...args, issue_nfse: false }))).toBe('done')
  })

  test('period: nothing is entered into closed books, nor without its date', async () => {
    const enter = (changes: object): Promise<Told> =>
      line.call('operator', 'create_account_payable', bill('P-1', { amount: 31, ...changes }), OTHERS)
    const before = line.received('POST /schedules/debit')
    expect(codeOf(await enter({ accrual_date: '2026-09-30' }))).toBe('period_locked')
    const { accrual_date: _, ...undated } = Object(bill('P-2'))
    expect(codeOf(await line.call('operator', 'create_account_payable', undated, OTHERS))).toBe('period_unknown')
    expect(line.received('POST /schedules/debit')).toBe(before)
    expect(codeOf(await enter({ accrual_date: '2026-10-01' }))).toBe('done')
  })

  test('masking: what a role may not see is hidden from it', async () => {
    const seen = await line.call('viewer', 'get_vendor_by_id', { id: SEED.vendor })
    expect(Object(seen.result?.data).document).not.toBe('06380302000208')
    expect(seen.result?.alcada.masked).toContain('/document')
    const clear = await line.call('operator', 'get_vendor_by_id', { id: SEED.vendor })
    expect(Object(clear.result?.data).document).toBe('06380302000208')
  })

  test('export: customers are listed by a part of their name, and so many a day', async () => {
    const list = 'get_customers_list'
    const before = line.received('GET /customers')
    expect(codeOf(await line.call('viewer', list, {}))).toBe('filter_missing')
    expect(codeOf(await line.call('viewer', list, { name_contains: 'Restaurante', page_size: 61 }))).toBe(
      'rows_today_above_cap',
    )
    expect(line.received('GET /customers')).toBe(before)
    expect(codeOf(await line.call('viewer', list, { name_contains: 'Restaurante', page_size: 20 }))).toBe('done')
    expect(line.received('GET /customers')).toBe(before + 1)
  })

  test('export: calls at once do not get past the day together', async () => {
    const token = { sub: 'agent-7', for: 'u7' }
    const args = { name_contains: 'Restaurante', page_size: 50 }
    const told = await Promise.all(
      [1, 2, 3, 4].map((page) => line.call('viewer', 'get_customers_list', { ...args, page }, token)),
    )
    expect(told.map(codeOf)).toContain('rows_today_above_cap')
  })

  test('duplicates: the same bill under another reference waits for somebody else', async () => {
    const enter = (reference: string): Promise<Told> =>
      line.call('operator', 'create_account_payable', bill(reference, { amount: 77 }), OTHERS)
    expect(codeOf(await enter('R-1'))).toBe('done')
    const before = line.received('POST /schedules/debit')
    expect(codeOf(await enter('R-2'))).toBe('approval_required')
    expect(line.received('POST /schedules/debit')).toBe(before)
    // The same call again is no second bill: it is answered as before.
    expect(codeOf(await enter('R-1'))).toBe('done')
    expect(line.received('POST /schedules/debit')).toBe(before)
  })

  test('tenant: a token of one company reaches no other, whatever the arguments say', async () => {
    const both = { companies: [AURORA, BRISA] }
    const id = SEED.vendor
    expect(codeOf(await line.call('viewer', 'get_vendor_by_id', { id, company: AURORA }, both))).toBe('done')
    const before = line.standIn.received.length
    expect(codeOf(await line.call('viewer', 'get_vendor_by_id', { id, company: BRISA }))).toBe('arguments_invalid')
    expect(codeOf(await line.call('viewer', 'get_vendor_by_id', { id, company: '11222333000181' }, both))).toBe(
      'company_not_allowed',
    )
    expect(line.standIn.received.length).toBe(before)
  })
})
