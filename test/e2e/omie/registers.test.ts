import { afterAll, beforeAll, expect, test } from 'vitest'
import { AURORA } from '../../helpers/alcada/start.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'

let line: Line
beforeAll(async () => {
  line = await openLine({ erp: 'omie', free: true, standIn: { limitFactor: 1_000 } })
})
afterAll(() => line.stop())

test('categories are listed, read and renamed, and nothing else of one changes', async () => {
  const { result } = await line.call('viewer', 'get_categories_list', { page_size: 2 })
  expect(result).toMatchObject({
    data: [
      { id: '1.01', name: 'Receitas de Vendas', kind: 'income', inactive: false },
      { id: '1.01.01', name: 'Venda de Produtos', kind: 'income', inactive: false },
    ],
    metadata: { total_count: 10, page: 1, page_size: 2, has_next: true },
  })
  expect(await line.data('viewer', 'get_category_by_id', { id: '2.01.01' })).toMatchObject({ kind: 'expense' })
  expect(await line.data('operator', 'update_category', { id: '2.01.01', name: 'Farinhas e fermentos' })).toEqual({
    id: '2.01.01',
    reference: null,
  })
  const [category] = line.standIn.records(AURORA, 'categorias').filter((row) => row['codigo'] === '2.01.01')
  expect(category).toMatchObject({ descricao: 'Farinhas e fermentos', conta_despesa: 'S', conta_inativa: 'N' })
})

test('departments, which other ERPs call cost centres, are listed, read and renamed', async () => {
  expect(await line.data('viewer', 'get_cost_centers_list', {})).toEqual([
    { id: '2910001', name: 'Produção', inactive: false },
    { id: '2910002', name: 'Loja Centro', inactive: false },
    { id: '2910003', name: 'Administrativo', inactive: false },
  ])
  expect(await line.data('viewer', 'get_cost_center_by_id', { id: '2910002' })).toMatchObject({ name: 'Loja Centro' })
  await line.data('operator', 'update_cost_center', { id: '2910002', name: 'Loja Matriz' })
  const [changed] = line.standIn.records(AURORA, 'departamentos').filter((row) => row['codigo'] === '2910002')
  expect(changed).toMatchObject({ descricao: 'Loja Matriz', estrutura: '001.002', inativo: 'N' })
})

test('bank accounts are listed and read; their numbers are for those who may see them', async () => {
  const account = { id: '2243121', name: 'Conta Movimento', inactive: false }
  const bank = { bank_code: '001', branch: '7125', number: '35728-1' }
  expect(await line.data('admin', 'get_bank_accounts_list', { page_size: 1 })).toEqual([{ ...account, ...bank }])
  expect(await line.data('admin', 'get_bank_account_by_id', { id: '2243121' })).toEqual({ ...account, ...bank })
  const { result } = await line.call('viewer', 'get_bank_account_by_id', { id: '2243121' })
  expect(result).toMatchObject({
    data: { ...account, bank_code: '***', branch: '***', number: '***' },
    alcada: { masked: ['/bank_code', '/branch', '/number'] },
  })
})

test('an id that Omie cannot have is refused before it is asked', async () => {
  const before = line.standIn.received.length
  const { refusal } = await line.call('viewer', 'get_bank_account_by_id', { id: 'abc' })
  expect(refusal).toMatchObject({ error: { code: 'erp_validation' }, alcada: { retry: 'never' } })
  expect(line.standIn.received.length).toBe(before)
})

test('every tool that is neither for parties nor for money has answered', async () => {
  expect(await line.unanswered(/^(?!.*(customer|vendor|payable|receivable|payment|receipt))/)).toEqual([])
})
