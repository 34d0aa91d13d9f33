import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AURORA, BRISA } from '../../helpers/alcada/start.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'

let line: Line
beforeAll(async () => {
  line = await openLine({ erp: 'omie', free: true, standIn: { limitFactor: 1_000 } })
})
afterAll(() => line.stop())

const SIDES = [
  {
    side: 'payable',
    table: 'contapagar',
    list: 'get_accounts_payable_list',
    party: 'vendor_id',
    partyId: '2485013',
    category: '2.01.01',
    seeded: '2701001',
    settle: 'payment',
    partial: '2701013',
    paid: '2701009',
    call: 'LancarPagamento',
  },
  {
    side: 'receivable',
    table: 'contareceber',
    list: 'get_accounts_receivable_list',
    party: 'customer_id',
    partyId: '2485001',
    category: '1.01.01',
    seeded: '2801001',
    settle: 'receipt',
    partial: '2801010',
    paid: '2801007',
    call: 'LancarRecebimento',
  },
]

describe.each(SIDES)('what is $side in Omie', (of) => {
  const { side, table, settle } = of
  const idOf = (data: unknown): string => String(Object(data).id)
  const title = (id: string): Record<string, unknown> | undefined =>
    line.standIn.records(AURORA, table).find((row) => String(row['codigo_lancamento_omie']) === id)
  const settlements = (id: string): readonly Record<string, unknown>[] =>
    line.standIn.records(AURORA, 'baixas').filter((row) => String(row['codigo_lancamento_omie']) === id)
  const enter = async (reference: string, amount: number): Promise<string> =>
    idOf(
      await line.data('operator', `create_account_${side}`, {
        reference,
        [of.party]: of.partyId,
        amount,
        due_date: '2026-12-31',
        category_id: of.category,
        account_id: '2243121',
      }),
    )

  test('a list is narrowed by party and state; a due date it cannot look for is no argument', async () => {
    const { result } = await line.call('viewer', of.list, { status: 'paid', page_size: 2 })
    expect(result).toMatchObject({ data: [{ status: 'paid' }, { status: 'paid' }], metadata: { has_next: true } })
    const mine = await line.data('viewer', of.list, { [of.party]: of.partyId })
    expect(mine).toEqual(expect.arrayContaining([expect.objectContaining({ id: of.seeded, [of.party]: of.partyId })]))
    for (const [status, states] of [
      ['open', ['open', 'overdue', 'partial']],
      ['overdue', ['overdue', 'partial']],
    ] as const) {
      for (const one of Object.values(Object(await line.data('viewer', of.list, { status })))) {
        expect(states).toContain(Object(one).status)
      }
    }
    const { refusal } = await line.call('viewer', of.list, { due_from: '2026-11-01' })
    expect(refusal?.error).toMatchObject({ code: 'arguments_invalid', field: 'due_from' })
  })

  test('one is read by id with its dates and its money', async () => {
    const amount = side === 'payable' ? 89.9 : 149.9
    expect(await line.data('viewer', `get_account_${side}_by_id`, { id: of.seeded })).toMatchObject({
      id: of.seeded,
      amount,
      open_amount: side === 'payable' ? amount : null,
      status: 'open',
      due_date: side === 'payable' ? '2026-11-30' : '2026-11-28',
    })
  })

  test.each([0.07, 29.99, 1234567.89, 0.01, 999999.1])('R$ %d is entered to the centavo', async (amount) => {
    const data = await line.data('operator', `create_account_${side}`, {
      reference: `M-${amount}`,
      [of.party]: of.partyId,
      amount,
      due_date: '2026-12-31',
      category_id: of.category,
      issue_date: '2026-11-02',
      account_id: '2243121',
      cost_center_id: '2910002',
      document_number: 'NF-77',
      description: 'entrega "rápida" de pão',
    })
    expect(title(idOf(data))).toMatchObject({
      codigo_lancamento_integracao: `M-${amount}`,
      codigo_cliente_fornecedor: Number(of.partyId),
      valor_documento: amount,
      data_vencimento: '31/12/2026',
      data_previsao: '31/12/2026',
      data_emissao: '02/11/2026',
      codigo_categoria: of.category,
      id_conta_corrente: 2243121,
      numero_documento: 'NF-77',
      observacao: 'entrega "rápida" de pão',
      distribuicao: [{ cCodDep: '2910002', nPerDep: 100 }],
    })
    expect(settlements(idOf(data))).toEqual([])
  })

  test('an open one is changed in what is named and keeps the rest; then it is deleted', async () => {
    const id = await enter(`CH-${side}`, 250.1)
    const change = { reference: `CH-${side}-1`, id, amount: 260.2, due_date: '2027-01-15', description: 'revisado' }
    expect(idOf(await line.data('operator', `update_account_${side}`, change))).toBe(id)
    expect(title(id)).toMatchObject({
      valor_documento: 260.2,
      data_vencimento: '15/01/2027',
      observacao: 'revisado',
      codigo_categoria: of.category,
      codigo_lancamento_integracao: `CH-${side}`,
    })
    await line.data('admin', `delete_account_${side}`, { id, reason: 'lançado em duplicidade' })
    expect(title(id)).toBeUndefined()
  })

  test('one that is settled is neither changed nor deleted, nor settled again, and Omie is not asked to', async () => {
    const writes = line.received('AlterarContaPagar') + line.received('AlterarContaReceber') + line.received(of.call)
    for (const [tool, args] of [
      [`update_account_${side}`, { reference: `X-${side}`, id: of.paid, amount: 1 }],
      [`delete_account_${side}`, { id: of.paid, reason: 'lançado em duplicidade' }],
      [
        `create_${settle}`,
        { reference: `Y-${side}`, [`${side}_id`]: of.paid, account_id: '2243121', amount: 1, date: '2026-11-25' },
      ],
    ] as const) {
      expect((await line.call('admin', tool, args)).refusal).toMatchObject({ error: { code: 'record_state' } })
    }
    expect(line.received('AlterarContaPagar') + line.received('AlterarContaReceber') + line.received(of.call)).toBe(
      writes,
    )
    expect(title(of.paid)).toBeDefined()
  })

  test('it is settled to the centavo with interest, fine and discount, and the settlement is undone', async () => {
    const id = await enter(`ST-${side}`, 1234567.89)
    const args = {
      reference: `ST-${side}-1`,
      [`${side}_id`]: id,
      account_id: '2243122',
      amount: 1234537.83,
      interest: 0.07,
      fine: 29.99,
      discount: 30.06,
      date: '2026-11-24',
      description: 'liquidação',
    }
    const settled = await line.data('operator', `create_${settle}`, args)
    expect(settlements(id)).toMatchObject([
      {
        codigo_baixa: Number(idOf(settled)),
        codigo_baixa_integracao: `ST-${side}-1`,
        codigo_conta_corrente: 2243122,
        valor: 1234537.83,
        juros: 0.07,
        multa: 29.99,
        desconto: 30.06,
        data: '24/11/2026',
        observacao: 'liquidação',
      },
    ])
    expect(await line.data('viewer', `get_account_${side}_by_id`, { id })).toMatchObject({ status: 'paid' })

    const undo = { id: idOf(settled), [`${side}_id`]: id, reason: 'pago em duplicidade' }
    expect((await line.call('operator', `delete_${settle}`, undo)).code).toBe(-32_602)
    expect(settlements(id)).toHaveLength(1)
    await line.data('admin', `delete_${settle}`, undo)
    expect(settlements(id)).toEqual([])
    expect(await line.data('viewer', `get_account_${side}_by_id`, { id })).toMatchObject({ status: 'open' })
  })

  test('only what has a settlement is taken for one whose settlement is undone', async () => {
    const { refusal } = await line.call('admin', `delete_${settle}`, {
      id: '1',
      [`${side}_id`]: of.seeded,
      reason: 'pago em duplicidade',
    })
    expect(refusal?.error).toMatchObject({ code: 'record_state' })
  })

  test('what is settled in part can be settled further only where Omie tells what is open', async () => {
    const args = {
      reference: `PT-${side}`,
      [`${side}_id`]: of.partial,
      account_id: '2243121',
      amount: 5,
      date: '2026-11-25',
    }
    const { result, refusal } = await line.call('operator', `create_${settle}`, args)
    if (side === 'payable') expect(result?.data).toMatchObject({ reference: 'PT-payable' })
    else expect(refusal?.error).toMatchObject({ code: 'record_state' })
    expect(settlements(of.partial)).toHaveLength(side === 'payable' ? 2 : 1)
  })

  test('the books of another company are out of reach for a token of one', async () => {
    const brisa = { companies: [BRISA] }
    const args = {
      reference: `BR-${side}`,
      [`${side}_id`]: of.seeded,
      account_id: '2243121',
      amount: 1,
      date: '2026-11-25',
    }
    const { refusal } = await line.call('operator', `create_${settle}`, args, brisa)
    expect(refusal?.error.code).toBe('resolve_failed')
    expect(line.standIn.received.findLast(({ operation }) => operation.startsWith('Consultar'))?.company).toBe(BRISA)
    expect(settlements(of.seeded)).toEqual([])

    const mine = `3${of.seeded.slice(1)}`
    const own = { ...args, reference: `BS-${side}`, [`${side}_id`]: mine, account_id: '3243121' }
    await line.data('operator', `create_${settle}`, own, brisa)
    expect(line.standIn.received.at(-1)).toMatchObject({ operation: of.call, company: BRISA })
    expect(settlements(of.seeded)).toEqual([])
  })
})

test('every tool for accounts and settlements has answered', async () => {
  expect(await line.unanswered(/payable|receivable|payment|receipt/)).toEqual([])
})
