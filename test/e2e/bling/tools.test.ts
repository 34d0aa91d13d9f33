// Every tool of Bling through a server process, its stand-in behind it, tokens got by OAuth: what is sent, what comes back, and
// what is refused before anything is sent.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AURORA, BRISA } from '../../helpers/alcada/start.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { HASTY, SEED } from './seed.ts'

let line: Line
beforeAll(async () => {
  line = await openLine({ erp: 'bling', free: true, standIn: { limitFactor: 1_000 }, edits: [HASTY] })
})
afterAll(() => line.stop())

const idOf = (data: unknown): string => String(Object(data).id)
const row = (kind: string, id: unknown): Record<string, unknown> | undefined =>
  line.standIn.records(AURORA, kind).find((one) => String(one['id']) === String(id))
const lines = (account: string): readonly Record<string, unknown>[] =>
  line.standIn.records(AURORA, 'baixas').filter(({ conta }) => String(conta) === account)

const KINDS = [
  { kind: 'customer', plural: 'customers', seeded: SEED.customer, type: 'Cliente', fresh: '12ABC34501DE35', tipo: 'J' },
  { kind: 'vendor', plural: 'vendors', seeded: SEED.vendor, type: 'Fornecedor', fresh: '52998224725', tipo: 'F' },
]

describe.each(KINDS)('$plural of Bling', ({ kind, plural, seeded, type, fresh, tipo }) => {
  test('a list comes page by page, no record twice, without a total: a full page may have another behind it', async () => {
    const seen: unknown[] = []
    for (const page of [1, 2, 3]) {
      const { result } = await line.call('viewer', `get_${plural}_list`, { page, page_size: 5 })
      expect(result?.metadata).toEqual({ platform: 'bling', total_count: null, page, page_size: 5, has_next: page < 3 })
      for (const one of Object.values(Object(result?.data))) seen.push(Object(one).id)
    }
    expect(new Set(seen).size).toBe(12)
    const { result } = await line.call('viewer', `get_${plural}_list`, { page: 3, page_size: 4 })
    expect(result).toMatchObject({ metadata: { has_next: true } })
    const large = await line.call('viewer', `get_${plural}_list`, { page_size: 101 })
    expect(large.refusal?.error).toMatchObject({ code: 'arguments_invalid', field: 'page_size' })
  })

  test('one is found by a part of its name, by document and by id, which tells more than a list', async () => {
    const one = Object(await line.data('admin', `get_${kind}_by_id`, { id: seeded }))
    expect(one).toMatchObject({ id: seeded, state: 'SP', inactive: false, bank: { account: null, pix_key: null } })
    expect(one.email).toMatch(/\.example$/)
    const [listed] = Object(await line.data('admin', `get_${plural}_list`, { name_contains: one.name.slice(0, 12) }))
    expect(listed).toEqual({ ...one, trade_name: null, email: null, city: null, state: null })
    expect(await line.data('admin', `get_${kind}_by_document`, { document: one.document })).toMatchObject([
      { id: seeded },
    ])
    expect(await line.data('admin', `get_${kind}_by_document`, { document: '11444777000161' })).toEqual([])
  })

  test('it is created of its type, changed without losing a field, taken out of use and deleted', async () => {
    const reference = `NEW-${kind}`
    const created = await line.data('operator', `create_${kind}`, {
      reference,
      name: 'Confeitaria Ação & Cia "São João"',
      document: fresh,
      trade_name: 'São João',
      email: 'contato@saojoao.example',
      phone: '11987654321',
      city: 'Campinas',
      state: 'SP',
    })
    const id = idOf(created)
    expect(created).toEqual({ id, reference })
    expect(row('contatos', id)).toMatchObject({
      nome: 'Confeitaria Ação & Cia "São João"',
      codigo: reference,
      ...{ tipo, situacao: 'A', fantasia: 'São João', telefone: '11987654321' },
      endereco: { geral: { municipio: 'Campinas', uf: 'SP' } },
      tiposContato: [{ descricao: type }],
    })
    const before = row('contatos', id)
    await line.data('operator', `update_${kind}`, { id, email: 'novo@saojoao.example', city: 'Santos' })
    expect(row('contatos', id)).toEqual({
      ...before,
      email: 'novo@saojoao.example',
      endereco: { geral: { municipio: 'Santos', uf: 'SP' } },
    })
    await line.data('operator', `update_${kind}_inactive`, { id, reason: 'encerrou as atividades' })
    expect(await line.data('viewer', `get_${kind}_by_id`, { id })).toMatchObject({ inactive: true })
    expect((await line.call('operator', `delete_${kind}`, { id, reason: 'em duplicidade' })).code).toBe(-32_602)
    await line.data('admin', `delete_${kind}`, { id, reason: 'em duplicidade' })
    expect(row('contatos', id)).toBeUndefined()
    const kept = await line.call('admin', `delete_${kind}`, { id: seeded, reason: 'em duplicidade' })
    expect(kept.refusal?.error.message).toBe('the ERP says: O contato possui movimentações.')
  })
})

const SIDES = [
  {
    side: 'payable',
    native: 'pagar',
    party: 'vendor_id',
    partyId: SEED.vendor,
    category: SEED.expense,
    settle: 'payment',
  },
  {
    ...{ side: 'receivable', native: 'receber', party: 'customer_id', partyId: SEED.customer },
    ...{ category: SEED.income, settle: 'receipt' },
  },
]

describe.each(SIDES)('what is $side in Bling', ({ side, native, party, partyId, category, settle }) => {
  const kind = `contas/${native}`
  const plural = `accounts_${side}`
  const args = (reference: string, amount: number): Record<string, unknown> => ({
    ...{ reference, [party]: partyId, amount, due_date: '2026-12-31', category_id: category },
    ...{ issue_date: '2026-11-20', accrual_date: '2026-11-02' },
  })
  const enter = async (reference: string, amount: number): Promise<string> =>
    idOf(await line.data('operator', `create_account_${side}`, args(reference, amount)))
  const settlement = (reference: string, id: string, amount: number): Record<string, unknown> => ({
    ...{ reference, [`${side}_id`]: id, account_id: SEED.account, amount, date: '2026-11-24' },
  })

  test('a list is narrowed by party and state; a state that Bling does not keep is refused', async () => {
    for (const status of ['open', 'paid']) {
      const some = Object.values(Object(await line.data('viewer', `get_${plural}_list`, { status, page_size: 100 })))
      expect(some.length).toBeGreaterThan(2)
      expect(some.every((one) => Object(one).status === status)).toBe(true)
    }
    const mine = Object.values(Object(await line.data('admin', `get_${plural}_list`, { [party]: partyId })))
    expect(mine.length).toBeGreaterThan(0)
    expect(mine.every((one) => Object(one)[party] === partyId)).toBe(true)
    const overdue = await line.call('viewer', `get_${plural}_list`, { status: 'overdue' })
    expect(overdue.refusal?.error.code).toBe('erp_validation')
  })

  test.each([0.07, 29.99, 1234567.89])('R$ %d is entered to the centavo, once, and read back', async (amount) => {
    const more = { document_number: 'NF-9', description: 'entrega "rápida" de pão', account_id: SEED.account }
    const given = { ...args(`M-${amount}`, amount), ...more }
    const id = idOf(await line.data('operator', `create_account_${side}`, given))
    expect(row(kind, id)).toMatchObject({
      ...{ valor: amount, saldo: amount, situacao: 1, ocorrencia: { tipo: 1 } },
      ...{ vencimento: '2026-12-31', dataEmissao: '2026-11-20', competencia: '2026-11-02' },
      ...{ numeroDocumento: 'NF-9', historico: 'entrega "rápida" de pão', categoria: { id: Number(category) } },
    })
    expect(await line.data('admin', `get_account_${side}_by_id`, { id })).toMatchObject({
      ...{ id, amount, paid_amount: 0, open_amount: amount, status: 'open', category_id: category },
      ...{ issue_date: '2026-11-20', due_date: '2026-12-31', accrual_date: '2026-11-02', [party]: partyId },
    })
    const again = await line.call('operator', `create_account_${side}`, given)
    expect(again.result).toMatchObject({ data: { id }, alcada: { replayed: true } })
  })

  test('an open one is changed without losing a field, and deleted; a settled one neither', async () => {
    const id = await enter(`CH-${side}`, 10)
    const before = row(kind, id)
    const change = { reference: `CHG-${side}`, id, amount: 12.34, due_date: '2027-01-15' }
    await line.data('operator', `update_account_${side}`, change)
    expect(row(kind, id)).toEqual({ ...before, valor: 12.34, saldo: 12.34, vencimento: '2027-01-15' })
    await line.data('admin', `delete_account_${side}`, { id, reason: 'lançado em duplicidade' })
    expect(row(kind, id)).toBeUndefined()
    const paid = String(line.standIn.records(AURORA, kind).find(({ situacao }) => situacao === 2)?.['id'])
    for (const [role, tool, more] of [
      ['admin', `delete_account_${side}`, { reason: 'lançado em duplicidade' }],
      ['operator', `update_account_${side}`, { reference: `CP-${side}`, amount: 1 }],
    ] as const) {
      expect((await line.call(role, tool, { id: paid, ...more })).refusal?.error.code).toBe('record_state')
    }
    const again = await line.call('operator', `create_${settle}`, settlement(`AG-${side}`, paid, 1))
    expect(again.refusal?.error.code).toBe('record_state')
    expect(line.received(`PUT /contas/${native}/{id}`)).toBe(1)
  })

  test('it is settled in parts to the centavo, and a settlement is undone', async () => {
    const id = await enter(`ST-${side}`, 1234567.89)
    const first = idOf(await line.data('operator', `create_${settle}`, settlement(`ST-${side}-1`, id, 29.99)))
    await line.data('operator', `create_${settle}`, settlement(`ST-${side}-2`, id, 1234537.83))
    await line.data('operator', `create_${settle}`, settlement(`ST-${side}-3`, id, 0.07))
    expect(lines(id).map(({ valorPago }) => valorPago)).toEqual([29.99, 1234537.83, 0.07])
    // The category is that of what is settled; the borderô is found again by our reference.
    expect(lines(id)[0]).toMatchObject({
      ...{ bordero: Number(first), data: '2026-11-24', historico: `ST-${side}-1` },
      ...{ portador: { id: Number(SEED.account) }, categoria: { id: Number(category) }, juros: 0, desconto: 0 },
    })
    expect(await line.data('viewer', `get_account_${side}_by_id`, { id })).toMatchObject({
      status: 'paid',
      open_amount: 0,
    })
    expect(await line.data('viewer', `get_${settle}_by_id`, { id: first })).toMatchObject({
      ...{ id: first, [party]: partyId, account_id: SEED.account, date: '2026-11-24', amount: 29.99, status: 'done' },
    })
    const undo = { id: first, [`${side}_id`]: id, reason: 'pago em duplicidade' }
    expect((await line.call('operator', `delete_${settle}`, undo)).code).toBe(-32_602)
    await line.data('admin', `delete_${settle}`, undo)
    expect(lines(id).map(({ valorPago }) => valorPago)).toEqual([1234537.83, 0.07])
    expect(await line.data('viewer', `get_account_${side}_by_id`, { id })).toMatchObject({
      ...{ open_amount: 29.99, status: 'partial' },
    })
  })

  test('more than is open is refused before Bling is asked, also where the balance is not the amount', async () => {
    const id = await enter(`OV-${side}`, 100)
    await line.data('operator', `create_${settle}`, settlement(`OV-${side}-1`, id, 60))
    const before = line.received(`POST /contas/${native}/{id}/baixar`)
    const above = await line.call('operator', `create_${settle}`, settlement(`OV-${side}-2`, id, 40.01))
    expect(above.refusal?.error.code).toBe('amount_above_open')
    expect(line.received(`POST /contas/${native}/{id}/baixar`)).toBe(before)
  })

  test('the books of another account are out of reach for a token of one', async () => {
    const seeded = side === 'payable' ? SEED.payable : SEED.receivable
    const foreign = await line.call('operator', `create_${settle}`, settlement(`BR-${side}`, seeded, 1), {
      companies: [BRISA],
    })
    expect(foreign.refusal?.error.code).toBe('resolve_failed')
    expect(lines(seeded)).toEqual([])
  })
})

test('payables by due date; a period that Bling does not take is told in its words', async () => {
  const due = { due_from: '2026-11-30', due_to: '2026-11-30', page_size: 100 }
  const found = Object.values(Object(await line.data('viewer', 'get_accounts_payable_list', due)))
  expect(found.length).toBeGreaterThan(0)
  expect(found.every((one) => Object(one).due_date === '2026-11-30')).toBe(true)
  const { refusal } = await line.call('viewer', 'get_accounts_payable_list', { ...due, due_from: '2025-01-01' })
  expect(refusal?.error.message).toBe('the ERP says: O intervalo entre as datas não pode ser superior a um ano.')
})

test('a payment to somebody who was taken out of use is refused, also where that was done in Bling', async () => {
  const made = await line.data('operator', 'create_vendor', {
    reference: 'OUT-1',
    name: 'Fora Ltda',
    document: '11444777000161',
  })
  const bill = {
    reference: 'OUT-2',
    vendor_id: idOf(made),
    amount: 10,
    due_date: '2026-12-31',
    category_id: SEED.expense,
  }
  const dates = { issue_date: '2026-11-20', accrual_date: '2026-11-20' }
  const id = idOf(await line.data('operator', 'create_account_payable', { ...bill, ...dates }))
  await line.data('operator', 'update_vendor_inactive', { id: idOf(made), reason: 'encerrou as atividades' })
  const payment = { reference: 'OUT-3', payable_id: id, account_id: SEED.account, amount: 10, date: '2026-11-25' }
  expect((await line.call('operator', 'create_payment', payment)).refusal?.error.code).toBe('record_state')
  expect(lines(id)).toEqual([])
})

test('a borderô of several accounts is neither one payment nor undone as one', async () => {
  const many = line.standIn.records(AURORA, 'baixas').filter(({ historico }) => historico === 'Baixa em lote')
  const [first] = many
  const of = { id: String(first?.['bordero']), payable_id: String(first?.['conta']) }
  expect((await line.call('viewer', 'get_payment_by_id', { id: of.id })).refusal?.error.code).toBe('erp_not_found')
  const undo = await line.call('admin', 'delete_payment', { ...of, reason: 'pago em duplicidade' })
  expect(undo.refusal?.error.code).toBe('resolve_failed')
  expect(line.standIn.records(AURORA, 'baixas').filter(({ historico }) => historico === 'Baixa em lote')).toEqual(many)
})

test('categories are listed, read and created, financial accounts listed and read', async () => {
  const { result } = await line.call('viewer', 'get_categories_list', { page_size: 3 })
  expect(result?.metadata).toMatchObject({ total_count: null, page_size: 3, has_next: true })
  expect(await line.data('viewer', 'get_category_by_id', { id: SEED.expense })).toMatchObject({
    ...{ id: SEED.expense, inactive: false, kind: 'expense' },
  })
  for (const [kind, tipo] of [
    ['income', 2],
    ['expense', 1],
  ]) {
    const args = { reference: `CAT-${kind}`, name: `Nova ${kind}`, kind }
    const made = await line.data('operator', 'create_category', args)
    expect(row('categorias', idOf(made))).toMatchObject({ descricao: `Nova ${kind}`, tipo })
  }
  expect(await line.data('viewer', 'get_bank_accounts_list', {})).toHaveLength(3)
  expect(await line.data('viewer', 'get_bank_account_by_id', { id: SEED.account })).toEqual({
    ...{ id: SEED.account, name: 'Conta Movimento', inactive: null, bank_code: null, branch: null, number: null },
  })
})

test('an id that Bling cannot have is refused before it is asked', async () => {
  const before = line.standIn.received.length
  for (const id of ['a1', '..', '1.5']) {
    const { refusal } = await line.call('viewer', 'get_category_by_id', { id })
    expect(refusal).toMatchObject({ error: { code: 'erp_validation' }, alcada: { retry: 'never' } })
  }
  expect(line.standIn.received.length).toBe(before)
})

test('every tool has answered', async () => {
  expect(await line.unanswered(/./)).toEqual([])
})
