import { expect, test } from 'vitest'
import { AURORA, BRISA, call, identity, SMALL } from './world.ts'
import { operator, useWorlds } from './worlds.ts'

const { start } = useWorlds()

test.each<[string, unknown, string, string | undefined]>([
  ['an amount as a text', { ...SMALL, amount: '89.90' }, 'argument `amount` must be number', 'amount'],
  ['a negative amount', { ...SMALL, amount: -1 }, 'argument `amount` must be > 0', 'amount'],
  ['no money at all', { ...SMALL, amount: 0 }, 'argument `amount` must be > 0', 'amount'],
  ['a third decimal', { ...SMALL, amount: 89.901 }, 'argument `amount` must have at most two decimals', 'amount'],
  ['too much for exact centavos', { ...SMALL, amount: 1e13 }, 'argument `amount` must be <= 1000000000000', 'amount'],
  ['a day that does not exist', { ...SMALL, date: '2026-02-30' }, 'argument `date` must match format "date"', 'date'],
  ['no reference', { ...SMALL, reference: undefined }, 'argument `reference` is required', 'reference'],
  ['a list', [], 'expected the arguments to be an object', undefined],
  ['nothing', null, 'expected the arguments to be an object', undefined],
  ['a company of no concern', { ...SMALL, company: BRISA }, 'argument `company` is unknown', 'company'],
  [
    'a lone surrogate',
    { ...SMALL, description: 'x\ud800' },
    'expected every text to be well-formed Unicode',
    undefined,
  ],
])('arguments with %s are refused before anything is read', async (_name, args, message, field) => {
  const world = await start()
  const answer = await call(world, operator, 'create_payment', args)
  expect(answer).toMatchObject({ kind: 'refusal', refusal: { error: { code: 'arguments_invalid' } } })
  const error = answer.kind === 'refusal' ? answer.refusal.error : null
  expect(error?.message.startsWith(message)).toBe(true)
  expect(error?.field).toBe(field)
  expect(world.reached()).toEqual([])
})

test('what is wrong with a personal argument is said without its value', async () => {
  const world = await start()
  const party = { reference: 'V-1', name: 'Nova', document: '529.982.247-25', email: 'ana@exemplo' }
  const answer = await call(world, operator, 'create_vendor', party)
  expect(answer).toMatchObject({ refusal: { error: { field: 'document' } } })
  expect(JSON.stringify(answer)).not.toContain('529.982')
  expect(JSON.stringify(await world.ledger())).not.toContain('529.982')
})

test('a token bound to several companies names one, another is refused, and no ERP sees the argument', async () => {
  const world = await start()
  const both = identity('operator', [AURORA, BRISA])
  expect(await call(world, both, 'get_categories_list', {})).toMatchObject({
    refusal: { error: { code: 'company_required', field: 'company' } },
  })
  expect(await call(world, both, 'get_categories_list', { company: '99999999000199' })).toMatchObject({
    refusal: { error: { code: 'company_not_allowed' } },
  })
  expect((await call(world, both, 'get_categories_list', { company: BRISA })).kind).toBe('result')
  expect(world.erp.received.map(({ company }) => company)).toEqual([BRISA])
  expect(JSON.stringify(world.erp.received[0]?.params)).not.toContain('company')
  expect(await call(world, identity('operator', []), 'get_categories_list', {})).toMatchObject({
    refusal: { error: { code: 'company_required' } },
  })
})

test('a company whose credential is not held here is served by no other', async () => {
  const world = await start()
  const answer = await call(world, identity('operator', ['11222333000181']), 'get_categories_list', {})
  expect(answer).toMatchObject({ refusal: { error: { code: 'company_not_served' } } })
  expect(world.reached()).toEqual([])
})
