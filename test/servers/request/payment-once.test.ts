import { expect, test } from 'vitest'
import { asked } from '../state/fixtures.ts'
import { call, SMALL } from './world.ts'
import { operator, useWorlds } from './worlds.ts'

const { start } = useWorlds()

test('money in any optional argument of a payment counts, and a discount never makes it less', async () => {
  const world = await start()
  // R$ 1.000,00 open: at the limit alone, above it with one centavo of anything.
  const exact = { ...SMALL, payable_id: '2701002', amount: 1000 }
  for (const extra of [{ interest: 0.01 }, { fine: 0.01 }, { interest: 0.01, discount: 500 }]) {
    const answer = await call(world, operator, 'create_payment', { ...exact, ...extra, reference: 'PG-3' })
    expect(answer).toMatchObject({ refusal: { error: { code: 'approval_required' } } })
  }
  expect(world.reached()).not.toContain('LancarPagamento')
})

test('of ten identical payments at once the ERP gets one, and all get the same answer', async () => {
  const world = await start()
  const answers = await Promise.all(Array.from({ length: 10 }, () => call(world, operator, 'create_payment', SMALL)))
  expect(world.reached().filter((operation) => operation === 'LancarPagamento')).toHaveLength(1)
  const entries = answers.map((answer) => (answer.kind === 'result' ? answer.result.alcada.entry : answer))
  expect(new Set(entries).size).toBe(1)
  const replayed = answers.filter((answer) => answer.kind === 'result' && answer.result.alcada.replayed === true)
  expect(replayed).toHaveLength(9)
})

test('the same reference with another amount is a conflict', async () => {
  const world = await start()
  await call(world, operator, 'create_payment', SMALL)
  expect(await call(world, operator, 'create_payment', { ...SMALL, amount: 10 })).toMatchObject({
    refusal: { error: { code: 'idempotency_conflict', field: 'reference' }, alcada: { retry: 'never' } },
  })
})

test('a payment whose answer is lost is unknown, names its entry, and is not made again', async () => {
  const world = await start()
  world.erp.failNext({ operation: 'LancarPagamento', dropConnection: true, afterApplying: true })
  const answer = await call(world, operator, 'create_payment', SMALL)
  expect(answer).toMatchObject({ kind: 'refusal', refusal: { alcada: { entry: 'omie-000000005', retry: 'never' } } })
  expect((await world.ledger())[5]).toMatchObject({ kind: 'closed', outcome: { kind: 'unknown' } })
  expect(world.events[0]?.outcome).toBe('unknown')
  expect(await call(world, operator, 'create_payment', SMALL)).toMatchObject({
    refusal: { error: { code: 'outcome_unknown' } },
  })
  expect(world.reached().filter((operation) => operation === 'LancarPagamento')).toHaveLength(1)
  expect(await world.state.unknownOutcomes()).toMatchObject([{ entry: 'omie-000000005', person: 'u17' }])
})

test('a payment that the ERP accepts without showing that it was made is unknown, and is not made again', async () => {
  const world = await start()
  const body = { codigo_lancamento: 2701001, codigo_baixa: 1, liquidado: 'N', valor_baixado: 0 }
  world.erp.failNext({ operation: 'LancarPagamento', status: 200, body })
  expect(await call(world, operator, 'create_payment', SMALL)).toMatchObject({
    refusal: { error: { code: 'not_confirmed' }, alcada: { entry: 'omie-000000005', retry: 'never' } },
  })
  expect((await world.ledger())[5]).toMatchObject({ outcome: { kind: 'unknown', code: 'not_confirmed' } })
  expect(await call(world, operator, 'create_payment', SMALL)).toMatchObject({
    refusal: { error: { code: 'outcome_unknown' } },
  })
})

test('a payment the ERP refuses has failed, counts for nothing and may be tried again', async () => {
  const world = await start()
  const answer = await call(world, operator, 'create_payment', { ...SMALL, account_id: '999' })
  expect(answer).toMatchObject({ kind: 'refusal', refusal: { alcada: { entry: 'omie-000000005' } } })
  expect((await world.ledger())[5]).toMatchObject({ outcome: { kind: 'failed' } })
  expect((await world.state.history(asked())).history.settled_today).toBe(0)
  world.advance(61_000)
  expect((await call(world, operator, 'create_payment', SMALL)).kind).toBe('result')
})

test('different payments of one person at once all get through, one decision after the other', async () => {
  const world = await start()
  const open: [string, number][] = [
    ['2701001', 89.9],
    ['2701002', 1000],
    ['2701004', 437.55],
  ]
  const answers = await Promise.all(
    open.map(([payable_id, amount]) =>
      call(world, operator, 'create_payment', { ...SMALL, payable_id, amount, reference: `PG-${payable_id}` }),
    ),
  )
  expect(answers.map(({ kind }) => kind)).toEqual(['result', 'result', 'result'])
  expect((await world.state.history(asked())).history.settled_today).toBe(152_745)
})
