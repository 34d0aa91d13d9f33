// Nibo lists payments and receipts, each by the id that the ledger has too; and bank data of its suppliers.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { AURORA } from '../../helpers/alcada/start.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { HASTY, SEED } from '../nibo/seed.ts'
import { type Comparing, comparing } from './line-and-ledger.ts'

let line: Line
let compare: Comparing

beforeAll(async () => {
  line = await openLine({ erp: 'nibo', free: true, standIn: { limitFactor: 1_000, listLagMs: 0 }, edits: [HASTY] })
  compare = comparing(line, 'nibo')
})
afterAll(async () => {
  compare?.remove()
  await line.stop()
})

async function nibo(method: string, path: string, body?: object): Promise<unknown> {
  const ApiToken = line.standIn.credentials[AURORA]?.['api_token'] ?? ''
  const sent = body === undefined ? {} : { body: JSON.stringify(body) }
  const text = await (await fetch(`${line.standIn.url}${path}`, { method, headers: { ApiToken }, ...sent })).text()
  return text === '' ? null : JSON.parse(text)
}

const idOf = async (tool: string, args: object): Promise<string> =>
  String(Object(await line.data('operator', tool, args)).id)

test('a payment put in, one taken away and other bank data are told, and a receipt that fits is not', async () => {
  await line.data('viewer', 'get_vendors_list', {})
  const title = (reference: string, kind: 'payable' | 'receivable'): Promise<string> =>
    idOf(`create_account_${kind}`, {
      ...{ reference, amount: 100, due_date: '2031-02-03' },
      ...(kind === 'payable' ? { vendor_id: SEED.vendor, category_id: SEED.expense } : {}),
      ...(kind === 'receivable' ? { customer_id: SEED.customer, category_id: SEED.income } : {}),
    })
  const settle = { account_id: SEED.account, amount: 100, date: '2031-02-03' }
  const [fits, gone, past, received] = [
    await title('A', 'payable'),
    await title('B', 'payable'),
    await title('C', 'payable'),
    await title('D', 'receivable'),
  ]
  await idOf('create_payment', { ...settle, payable_id: fits, reference: 'P-A' })
  const taken = await idOf('create_payment', { ...settle, payable_id: gone, reference: 'P-B' })
  await idOf('create_receipt', { ...settle, receivable_id: received, reference: 'P-D' })
  await nibo('DELETE', `/schedules/debit/${gone}/payments/${taken}`)
  const direct = { accountId: SEED.account, date: '2031-02-04', value: 25.5 }
  const put = String(await nibo('POST', `/schedules/debit/${past}/payments`, direct))
  const supplier = Object(await nibo('GET', `/suppliers/${SEED.vendor}`))
  const { phone: _, email: __, ...rest } = supplier
  const bank = { ...supplier.bankAccountInformation, pixKey: 'outra@exemplo.com.br' }
  await nibo('PUT', `/suppliers/${SEED.vendor}`, { ...rest, bankAccountInformation: bank })

  const { code, out, err } = await compare.run('--from', '2031-02-01', '--format', 'csv')
  expect({ code, err }).toEqual({ code: 3, err: '' })
  const rows = out.trimEnd().split('\r\n').slice(1)
  const of = (kind: string): string[] => rows.filter((row) => row.startsWith(`${kind},`))
  expect(of('erp_only')).toEqual([
    `erp_only,payment,${AURORA},${put},${past},2031-02-04,25.50,${SEED.vendor},done,,,,,,,,no entry of the ledger made it,look in the ERP who did it`,
  ])
  expect(of('ledger_only').map((row) => row.split(',').slice(0, 4))).toEqual([['ledger_only', 'payment', AURORA, '']])
  expect(of('ledger_only')[0]).toContain(
    `create_payment,agent-1,u17,100.00,P-B,the ERP has no payment \`${taken}\` any more`,
  )
  expect(of('alike').map((row) => row.split(',').slice(1, 7))).toEqual([
    ['payment', AURORA, expect.any(String), fits, '2031-02-03', '100.00'],
    ['receipt', AURORA, expect.any(String), received, '2031-02-03', '100.00'],
  ])
  // Its day is today, and the days asked for are in 2031.
  expect(of('bank_changed')).toEqual([])
  const { told } = await compare.about({ vendor: SEED.vendor })
  expect(told).toEqual([
    expect.stringMatching(/^vendor bank_changed: entry nibo-\d+ saw it on \S+ bank data changed, and no call/),
  ])
})
