import { afterAll, beforeAll, expect, test } from 'vitest'
import { AURORA } from '../../helpers/alcada/start.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'
import { HASTY, SEED } from './seed.ts'

let line: Line
beforeAll(async () => {
  line = await openLine({ erp: 'nibo', free: true, standIn: { limitFactor: 1_000, listLagMs: 0 }, edits: [HASTY] })
})
afterAll(() => line.stop())

function row(table: string, key: string, id: unknown): Record<string, unknown> | undefined {
  return line.standIn.records(AURORA, table).find((one) => one[key] === id)
}

test('categories are listed, read and created', async () => {
  const { result } = await line.call('viewer', 'get_categories_list', { page_size: 3 })
  expect(result?.metadata).toMatchObject({ total_count: 7, page: 1, page_size: 3, has_next: true })
  expect(await line.data('viewer', 'get_category_by_id', { id: SEED.expense })).toEqual({
    id: SEED.expense,
    name: 'Compra de Mercadorias',
    inactive: false,
    kind: 'expense',
  })
  for (const [kind, type] of [
    ['income', 'in'],
    ['expense', 'out'],
  ]) {
    const args = { reference: `CAT-${kind}`, name: `Nova ${kind}`, kind }
    const { id, reference } = Object(await line.data('operator', 'create_category', args))
    expect(reference).toBe(`CAT-${kind}`)
    expect(row('categories', 'id', id)).toMatchObject({ name: `Nova ${kind}`, type })
  }
})

test('cost centres are listed, read, created, and renamed without losing a field', async () => {
  expect(await line.data('viewer', 'get_cost_centers_list', {})).toHaveLength(3)
  const one = { id: SEED.costCenter, name: 'Loja Centro', inactive: false }
  expect(await line.data('viewer', 'get_cost_center_by_id', { id: SEED.costCenter })).toEqual(one)
  const { id } = Object(await line.data('operator', 'create_cost_center', { reference: 'CC-1', name: 'Loja Norte' }))
  expect(row('costcenters', 'costCenterId', id)).toEqual({
    costCenterId: id,
    description: 'Loja Norte',
    isArchived: false,
  })
  await line.data('operator', 'update_cost_center', { id, name: 'Loja Sul' })
  expect(row('costcenters', 'costCenterId', id)).toEqual({
    costCenterId: id,
    description: 'Loja Sul',
    isArchived: false,
  })
})

test('bank accounts are listed; their numbers are for those who may see them', async () => {
  const accounts = Object(await line.data('admin', 'get_bank_accounts_list', {}))
  expect(accounts).toHaveLength(3)
  expect(accounts).toContainEqual({
    id: SEED.account,
    name: 'Conta Movimento',
    inactive: false,
    bank_code: '1',
    branch: '7125',
    number: '35728-1',
  })
  const { result } = await line.call('viewer', 'get_bank_accounts_list', {})
  expect(result?.alcada.masked).toEqual(['/*/bank_code', '/*/branch', '/*/number'])
})

test('an id that Nibo cannot have is refused before it is asked', async () => {
  const before = line.standIn.received.length
  for (const id of ['1', '..', 'x'.repeat(36)]) {
    const { refusal } = await line.call('viewer', 'get_category_by_id', { id })
    expect(refusal).toMatchObject({ error: { code: 'erp_validation' }, alcada: { retry: 'never' } })
  }
  expect(line.standIn.received.length).toBe(before)
})

test('every tool that is neither for parties nor for money has answered', async () => {
  expect(await line.unanswered(/^(?!.*(customer|vendor|payable|receivable|payment|receipt))/)).toEqual([])
})
