import { expect, test } from 'vitest'
import { mixOf, type SeenTool, type Step } from '../../../../engine/operate/load-test/mix.ts'

const tool = (name: string, required: string[] = [], reads = true, optional: string[] = []): SeenTool => ({
  name,
  inputSchema: { required, properties: Object.fromEntries([...required, ...optional].map((one) => [one, {}])) },
  annotations: { readOnlyHint: reads },
})
const TOOLS = [
  tool('get_vendors_list', [], true, ['name_contains']),
  tool('get_categories_list'),
  tool('get_vendor_by_id', ['id']),
  tool('get_approval_by_id', ['id']),
  tool('create_account_payable', ['reference'], false, ['accrual_date']),
  tool('create_payment', ['reference'], false),
  tool('delete_vendor', ['id', 'reason'], false),
]
/** A die of its own: the same numbers at each run. */
function die(): () => number {
  let state = 7
  return () => {
    state = (state * 16_807) % 2_147_483_647
    return state / 2_147_483_647
  }
}
function steps(writes: boolean, tools: readonly SeenTool[] = TOOLS): Step[] {
  const mix = mixOf({ tools, writes, random: die(), now: () => Date.UTC(2026, 10, 23) })
  return Array.from({ length: 400 }, () => {
    const step = mix.next()
    if (step.does === 'call' && step.tool === 'get_vendors_list') mix.saw(step.tool, [{ id: 'v1' }, { id: 'v2' }])
    if (step.does === 'call' && step.tool === 'get_categories_list') mix.saw(step.tool, [{ id: 'c1' }])
    return step
  })
}
const called = (all: readonly Step[]): string[] =>
  [...new Set(all.map((step) => (step.does === 'call' ? step.tool : 'tools/list')))].sort()

test('where records may be made: reads, records that were seen, and titles; no money, nothing deleted', () => {
  const all = steps(true)
  expect(called(all)).toEqual([
    'create_account_payable',
    'get_categories_list',
    'get_vendor_by_id',
    'get_vendors_list',
    'tools/list',
  ])
  const entered = all.find((step) => step.does === 'call' && step.tool === 'create_account_payable')
  expect(entered).toEqual({
    does: 'call',
    tool: 'create_account_payable',
    args: {
      reference: expect.stringMatching(/^load-[0-9a-f-]{12}$/),
      vendor_id: expect.stringMatching(/^v[12]$/),
      amount: expect.any(Number),
      due_date: '2026-12-23',
      category_id: 'c1',
      accrual_date: '2026-11-23',
    },
  })
})

test('a bill is entered like one that was seen, where no list of parties shows whom it is of', () => {
  const tools = [
    tool('get_accounts_payable_list'),
    tool('get_bank_accounts_list'),
    tool('create_account_payable', ['reference'], false, ['issue_date', 'accrual_date', 'account_id']),
  ]
  const mix = mixOf({ tools, writes: true, random: die(), now: () => Date.UTC(2026, 10, 23) })
  const entered = Array.from({ length: 100 }, () => {
    const step = mix.next()
    if (step.does === 'call' && step.tool === 'get_accounts_payable_list')
      mix.saw(step.tool, [
        { id: 'p1', vendor_id: 'v9', category_id: 'c4' },
        { id: 'p2', vendor_id: null, category_id: null },
      ])
    if (step.does === 'call' && step.tool === 'get_bank_accounts_list') mix.saw(step.tool, [{ id: 'b1' }])
    return step
  }).find((step) => step.does === 'call' && step.tool === 'create_account_payable')
  expect(entered).toMatchObject({
    args: {
      vendor_id: 'v9',
      category_id: 'c4',
      issue_date: '2026-11-23',
      account_id: 'b1',
      accrual_date: '2026-11-23',
    },
  })
})

test('where a title does not tell its category, one of the list of categories is taken', () => {
  const tools = [
    tool('get_accounts_payable_list'),
    tool('get_categories_list'),
    tool('create_account_payable', ['reference'], false),
  ]
  const mix = mixOf({ tools, writes: true, random: die() })
  const entered = Array.from({ length: 100 }, () => {
    const step = mix.next()
    if (step.does === 'call' && step.tool === 'get_accounts_payable_list')
      mix.saw(step.tool, [{ id: 'p1', vendor_id: 'v9', category_id: null }])
    if (step.does === 'call' && step.tool === 'get_categories_list') mix.saw(step.tool, [{ id: 'c1' }])
    return step
  }).find((step) => step.does === 'call' && step.tool === 'create_account_payable')
  expect(entered).toMatchObject({ args: { vendor_id: 'v9', category_id: 'c1' } })
})

test('people are searched for by names that were seen', () => {
  const tools = [tool('get_accounts_payable_list'), tool('get_vendors_list', [], true, ['name_contains'])]
  const mix = mixOf({ tools, writes: false, random: die() })
  const searched = Array.from({ length: 100 }, () => {
    const step = mix.next()
    if (step.does === 'call' && step.tool === 'get_accounts_payable_list')
      mix.saw(step.tool, [
        { id: 'p1', vendor_name: 'Moinho Dourado S.A.' },
        { id: 'p2', vendor_name: '***' },
      ])
    return step
  }).filter((step) => step.does === 'call' && step.tool === 'get_vendors_list')
  expect(searched.length).toBeGreaterThan(10)
  expect(new Set(searched.map((step) => step.does === 'call' && step.args['name_contains']))).toEqual(
    new Set(['Moinho']),
  )
})

test('before a server that was not started for this, reads alone', () => {
  expect(called(steps(false))).toEqual(['get_categories_list', 'get_vendor_by_id', 'get_vendors_list', 'tools/list'])
})

test('whoever sees no tools only lists them', () => {
  expect(called(steps(true, []))).toEqual(['tools/list'])
})
