import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { DecisionInput } from '../../../engine/contract/decision-input.ts'
import { type ErpName, type Line, openLine } from '../../helpers/line/line.ts'
import { SEED as BLING_SEED, HASTY } from '../bling/seed.ts'
import { SEED } from '../nibo/seed.ts'

// Every call here is a centavo above what an operator may move alone, under the policies as they are shipped: it ends
// in a decision and moves nothing, and the ledger has what it was decided on.

interface MoneyTool {
  tool: string
  args: Record<string, unknown>
  /** In centavos, without what is added. */
  amount: number
}

interface Moved {
  payable: string
  receivable: string
  account: string
  date: string
  /** What each new record is given, its amount included. */
  entry: { amount: number } & Record<string, unknown>
  parties: { vendor: string; customer: string }
  categories: { expense: string; income: string }
}

/** What settles and what is entered at every ERP that has payments: the first a centavo above R$ 1.000,00. */
function moneyTools({ payable, receivable, account, date, entry, parties, categories }: Moved): MoneyTool[] {
  const settled = { account_id: account, amount: 1000.01, date }
  const { vendor, customer } = parties
  const entered = Math.round(entry.amount * 100)
  return [
    { tool: 'create_payment', args: { payable_id: payable, ...settled }, amount: 100_001 },
    { tool: 'create_receipt', args: { receivable_id: receivable, ...settled }, amount: 100_001 },
    {
      tool: 'create_account_payable',
      args: { ...entry, vendor_id: vendor, category_id: categories.expense },
      amount: entered,
    },
    {
      tool: 'create_account_receivable',
      args: { ...entry, customer_id: customer, category_id: categories.income },
      amount: entered,
    },
  ]
}

const OMIE: MoneyTool[] = [
  ...moneyTools({
    payable: '2701008',
    receivable: '2801006',
    account: '2243121',
    date: '2026-11-25',
    entry: { amount: 50_000.01, due_date: '2026-12-31', account_id: '2243121' },
    parties: { vendor: '2485013', customer: '2485001' },
    categories: { expense: '2.01.01', income: '1.01.01' },
  }),
  { tool: 'update_account_payable', args: { id: '2701001', amount: 50_000.01 }, amount: 5_000_001 },
  { tool: 'update_account_receivable', args: { id: '2801001', amount: 50_000.01 }, amount: 5_000_001 },
]
const NIBO: MoneyTool[] = moneyTools({
  payable: '4fd441d2-677e-4f15-a870-fff947bc23ce',
  receivable: 'aec958e3-5657-4a69-b888-a7f7960757b4',
  account: SEED.account,
  date: '2026-11-25',
  entry: { amount: 20_000.01, due_date: '2026-12-31' },
  parties: SEED,
  categories: SEED,
})
const BLING: MoneyTool[] = [
  ...moneyTools({
    payable: '1041008',
    receivable: '1051006',
    account: BLING_SEED.account,
    date: '2026-11-24',
    entry: { amount: 20_000.01, due_date: '2026-12-31', issue_date: '2026-11-20', accrual_date: '2026-11-20' },
    parties: BLING_SEED,
    categories: BLING_SEED,
  }),
  { tool: 'update_account_payable', args: { id: BLING_SEED.payable, amount: 20_000.01 }, amount: 2_000_001 },
  { tool: 'update_account_receivable', args: { id: BLING_SEED.receivable, amount: 20_000.01 }, amount: 2_000_001 },
]

/** Ways to say an amount where none belongs. */
const TEXTS = ['9000000', '"},"valor":9000000,"x":{"', "' or value gt 0 or '", '{"amount":9000000}']
const UNKNOWN: Record<string, unknown> = {
  payable_ids: ['2701005', '2701006'],
  payments: [{ amount: 9_000_000 }],
  instalment: [{ value: 9_000_000 }],
  installments: 12,
  recurrence: { times: 999 },
  repeticao: { quantidade: 12 },
  valor: 9_000_000,
  juros: 9_000_000,
  baixar_documento: 'S',
  pagamento: { valor: 9_000_000 },
  cnab_integracao_bancaria: { pix_qrcode: '000201' },
  bank: { pix_key: 'x', amount: 9_000_000 },
  collection: { value: 1 },
  autoGenerateNFSeType: 2,
  'amount ': 9_000_000,
  Amount: 9_000_000,
  company: '12ABC34501DE35',
}

describe.each<[ErpName, MoneyTool[]]>([
  ['omie', OMIE],
  ['nibo', NIBO],
  ['bling', BLING],
])('money hidden in a call to %s', (erp, tools) => {
  let line: Line
  let used = 0
  beforeAll(async () => {
    line = await openLine({ erp, standIn: { limitFactor: 1_000 }, edits: erp === 'bling' ? [HASTY] : [] })
  })
  afterAll(() => line.stop())

  const lastInput = (): DecisionInput | null => {
    const event = line.alcada.ledger().at(-1)?.event
    return event?.kind === 'recorded' ? event.input : null
  }
  const writes = (): number =>
    line.standIn.received.filter(
      ({ operation }) =>
        /^(POST|PUT|PATCH|Lancar|Incluir|Alterar)/.test(operation) && !/\/oauth\/token$/.test(operation),
    ).length

  /** Calls what must end in a decision, and gives what it was decided on. */
  async function decided(
    tool: string,
    args: object,
  ): Promise<{ code: string | undefined; facts: DecisionInput['facts'] | undefined }> {
    used += 1
    const { refusal } = await line.call('operator', tool, { ...args, reference: `H-${used}` })
    return { code: refusal?.error.code, facts: lastInput()?.facts }
  }

  test('these are all the money tools there are', async () => {
    const listed = (await line.tools('operator')).filter(({ description }) => description?.includes('R$') === true)
    expect(tools.map(({ tool }) => tool).sort()).toEqual(listed.map(({ name }) => name).sort())
  })

  test.each(tools)(
    '$tool: interest and fine count in full, a discount takes nothing off, and one given counts',
    async ({ tool, args, amount }) => {
      expect(await decided(tool, args)).toMatchObject({ code: 'approval_required', facts: { amount } })
      const listed = (await line.tools('operator')).find(({ name }) => name === tool)
      const takes = Object.keys(Object(Object(listed?.inputSchema).properties))
      for (const [name, counts] of [
        ['interest', 1],
        ['fine', 1],
        ['discount', tool === 'create_receipt' ? 1 : 0],
      ] as const) {
        if (!takes.includes(name)) {
          expect((await decided(tool, { ...args, [name]: 12.34 })).code).toBe('arguments_invalid')
          continue
        }
        expect(await decided(tool, { ...args, [name]: 12.34 })).toMatchObject({
          code: 'approval_required',
          facts: { amount: amount + 1_234 * counts },
        })
        for (const wrong of ['12.34', -12.34, 0, 0.001, null, [1]]) {
          expect((await decided(tool, { ...args, [name]: wrong })).code).toBe('arguments_invalid')
        }
      }
      expect(writes()).toBe(0)
    },
  )

  test.each(tools)('$tool: an amount in a text is a text', async ({ tool, args, amount }) => {
    const listed = (await line.tools('operator')).find(({ name }) => name === tool)
    const takes = Object.keys(Object(Object(listed?.inputSchema).properties))
    for (const text of TEXTS) {
      for (const name of ['description', 'document_number'].filter((one) => takes.includes(one))) {
        const { code, facts } = await decided(tool, { ...args, [name]: text.slice(0, 20) })
        expect([name, code, facts?.amount]).toEqual([name, 'approval_required', amount])
      }
      for (const name of ['reference', 'account_id', 'category_id', 'payable_id'].filter((one) =>
        takes.includes(one),
      )) {
        const { refusal } = await line.call('operator', tool, { ...args, reference: 'T-1', [name]: `${text} ` })
        expect(refusal?.error).toMatchObject({ code: 'arguments_invalid', field: name })
      }
    }
    expect(writes()).toBe(0)
  })

  test.each(tools)('$tool: an argument it does not have is refused by its name', async ({ tool, args }) => {
    for (const [name, value] of Object.entries(UNKNOWN)) {
      const { refusal } = await line.call('operator', tool, { ...args, reference: 'U-1', [name]: value })
      expect(refusal?.error).toMatchObject({ code: 'arguments_invalid', field: name })
    }
    expect(writes()).toBe(0)
  })
})

describe('what is hidden below the limit', () => {
  let line: Line
  beforeAll(async () => {
    line = await openLine({ erp: 'omie', standIn: { limitFactor: 1_000 } })
  })
  afterAll(() => line.stop())
  const pay = (reference: string, more: object) =>
    line.call('operator', 'create_payment', {
      reference,
      payable_id: '2701008',
      account_id: '2243121',
      date: '2026-11-25',
      ...more,
    })

  test('a thousand is paid alone; a thousand and a centavo of interest is not', async () => {
    expect((await pay('B-1', { amount: 1000, interest: 0.01 })).refusal?.error.code).toBe('approval_required')
    expect((await pay('B-2', { amount: 0.01, fine: 1000 })).refusal?.error.code).toBe('approval_required')
    expect((await pay('B-3', { amount: 1100, discount: 1099 })).refusal?.error.code).toBe('approval_required')
    expect((await pay('B-4', { amount: 200_000, interest: 0.01 })).refusal?.error.code).toBe('amount_above_alcada')
    expect(line.received('LancarPagamento')).toBe(0)
    expect((await pay('B-5', { amount: 990, interest: 9.99, fine: 0.01 })).result).not.toBeNull()
    expect(line.standIn.received.at(-1)?.params).toMatchObject({ valor: 990, juros: 9.99, multa: 0.01 })
  })

  test('more than is open is denied, however it is put; interest and fine come on top of it', async () => {
    const open = { payable_id: '2701001' }
    for (const [index, more] of [{ amount: 89.91 }, { amount: 500 }, { amount: 89.91, discount: 50 }].entries()) {
      expect((await pay(`C-${index}`, { ...open, ...more })).refusal?.error.code).toBe('amount_above_open')
    }
    expect(line.received('LancarPagamento')).toBe(1)
    expect((await pay('C-9', { ...open, amount: 89.9, interest: 1.23, fine: 4.56 })).result).not.toBeNull()
    expect(
      line.standIn.records('12345678000195', 'baixas').filter((row) => row['codigo_lancamento_omie'] === 2701001),
    ).toMatchObject([{ valor: 89.9, juros: 1.23, multa: 4.56 }])
  })

  test('a text of the caller reaches the books as it is and changes nothing beside it', async () => {
    const description = 'x"},{"valor":9000000,"codigo_lancamento":2701007}],"app_key":"1'
    await pay('D-1', { amount: 10.1, description })
    expect(line.standIn.received.at(-1)?.params).toEqual({
      codigo_lancamento: 2701008,
      codigo_conta_corrente: 2243121,
      valor: 10.1,
      data: '25/11/2026',
      codigo_baixa_integracao: 'D-1',
      observacao: description,
    })
  })
})
