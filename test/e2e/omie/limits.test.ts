import { afterAll, beforeAll, expect, test } from 'vitest'
import { AURORA, BRISA } from '../../helpers/alcada/start.ts'
import { type Line, openLine } from '../../helpers/line/line.ts'

// The real limits of Omie (ajuda.omie.com.br, articles 8112984 and 8001888): an identical call once in 60 s, and a
// block of 30 minutes after the tenth error of a method.

let line: Line
let skippedMs = 0
beforeAll(async () => {
  line = await openLine({ erp: 'omie', free: true, standIn: { now: () => Date.now() + skippedMs } })
})
afterAll(() => line.stop())

test('an identical read within a minute is answered from memory: Omie never calls it redundant', async () => {
  const first = await line.data('viewer', 'get_categories_list', {})
  for (let count = 0; count < 5; count += 1) {
    expect(await line.data('viewer', 'get_categories_list', {})).toEqual(first)
  }
  expect(line.received('ListarCategorias')).toBe(1)
  await line.data('viewer', 'get_categories_list', {}, { companies: [BRISA] })
  expect(line.standIn.received.at(-1)).toMatchObject({ operation: 'ListarCategorias', company: BRISA, status: 200 })
  const events = line.alcada.ledger().map(({ event }) => event)
  const ages = events.flatMap((event) => (event.kind === 'closed' ? [event.age_s] : []))
  expect(ages[0]).toBe(0)
  expect(ages.slice(1, 6).every((age) => age > 0 && age < 60)).toBe(true)
})

test('identical reads at the same time reach Omie once', async () => {
  line.standIn.failNext({ operation: 'ListarDepartamentos', delayMs: 300 })
  const answers = await Promise.all(Array.from({ length: 8 }, () => line.data('viewer', 'get_cost_centers_list', {})))
  expect(answers.every((answer) => JSON.stringify(answer) === JSON.stringify(answers[0]))).toBe(true)
  expect(line.received('ListarDepartamentos')).toBe(1)
})

test('a record read a moment ago stands for the one read before a payment', async () => {
  await line.data('viewer', 'get_account_payable_by_id', { id: '2701001' })
  const args = { payable_id: '2701001', account_id: '2243121', amount: 40, date: '2026-11-25' }
  await line.data('operator', 'create_payment', { ...args, reference: 'M-1' })
  expect(line.received('ConsultarContaPagar')).toBe(1)
})

test('after a write nothing is remembered: what Omie then calls redundant waits, and is not asked for again', async () => {
  const args = { payable_id: '2701001', account_id: '2243121', amount: 40, date: '2026-11-25' }
  const { refusal } = await line.call('operator', 'create_payment', { ...args, reference: 'M-2' })
  expect(refusal).toMatchObject({ error: { code: 'resolve_failed' }, alcada: { retry: 'after' } })
  expect(refusal?.alcada.retry_after_s).toBeGreaterThan(40)
  expect(refusal?.alcada.retry_after_s).toBeLessThanOrEqual(60)
  const asked = line.received('ConsultarContaPagar')
  const read = await line.call('viewer', 'get_account_payable_by_id', { id: '2701001' })
  expect(read.refusal).toMatchObject({ error: { code: 'erp_rate_limited' }, alcada: { retry: 'after' } })
  expect(line.received('ConsultarContaPagar')).toBe(asked)
  expect(line.received('LancarPagamento')).toBe(1)
})

test('a read that Omie asks to repeat in a second is repeated by itself, once', async () => {
  const faultstring = 'ERROR: Consumo redundante detectado. Aguarde 1 segundos para tentar novamente (REDUNDANT).'
  const body = { faultcode: 'SOAP-ENV:Client-6', faultstring }
  line.standIn.failNext({ operation: 'ConsultarDepartamento', status: 500, body })
  const read = line.data('viewer', 'get_cost_center_by_id', { id: '2910003' })
  while (line.received('ConsultarDepartamento') === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  // The minute passes at Omie while the server waits its second.
  skippedMs += 60_000
  expect(await read).toMatchObject({ name: 'Administrativo' })
  expect(line.received('ConsultarDepartamento')).toBe(2)
})

test('a blocked method is left alone for as long as Omie says, other methods and companies are not', async () => {
  const faultstring = 'ERROR: API bloqueada por consumo indevido. Tente novamente em 1789 segundos.'
  line.standIn.failNext({
    operation: 'ListarContasReceber',
    status: 425,
    body: { faultcode: 'MISUSE_API_PROCESS', faultstring },
  })
  const blocked = await line.call('viewer', 'get_accounts_receivable_list', {})
  expect(blocked.refusal).toMatchObject({
    error: { code: 'erp_blocked' },
    alcada: { retry: 'after', retry_after_s: 1789 },
  })
  const again = await line.call('viewer', 'get_accounts_receivable_list', { page: 2 })
  expect(again.refusal).toMatchObject({ error: { code: 'erp_blocked' }, alcada: { retry: 'after' } })
  expect(again.refusal?.alcada.retry_after_s).toBeGreaterThan(1_700)
  expect(line.received('ListarContasReceber')).toBe(1)
  await line.data('viewer', 'get_account_receivable_by_id', { id: '2801001' })
  await line.data('viewer', 'get_accounts_receivable_list', {}, { companies: [BRISA] })
  expect(line.received('ListarContasReceber')).toBe(2)
})

test('the circuit opens at the sixth error, before Omie blocks the method at the tenth', async () => {
  const before = line.received('ConsultarCliente')
  for (let id = 1; id <= 6; id += 1) {
    expect((await line.call('viewer', 'get_vendor_by_id', { id: String(id) })).refusal?.error.code).toBe(
      'erp_not_found',
    )
  }
  const next = await line.call('viewer', 'get_vendor_by_id', { id: '2485013' })
  expect(next.refusal).toMatchObject({ error: { code: 'erp_blocked' }, alcada: { retry: 'after' } })
  expect(next.refusal?.alcada.retry_after_s).toBeGreaterThan(1_790)
  expect(line.received('ConsultarCliente')).toBe(before + 6)
  expect(await line.data('viewer', 'get_vendor_by_document', { document: '06380302000208' })).toHaveLength(1)
  expect(await line.data('viewer', 'get_vendor_by_id', { id: '3485013' }, { companies: [BRISA] })).toMatchObject({
    id: '3485013',
  })
})

test('forty calls at once that all fail do not make ten errors before the circuit is open', async () => {
  const calls = Array.from({ length: 40 }, (_, index) =>
    line.call('viewer', 'get_category_by_id', { id: `9.${index}` }),
  )
  const codes = (await Promise.all(calls)).map(({ refusal }) => refusal?.error.code)
  expect(new Set(codes)).toEqual(new Set(['erp_not_found', 'erp_blocked']))
  expect(line.received('ConsultarCategoria')).toBeGreaterThanOrEqual(6)
  expect(line.received('ConsultarCategoria')).toBeLessThan(10)
  expect(line.standIn.received.filter(({ status }) => status === 425)).toHaveLength(1)
})

test('writes of one method go one after the other: Omie never finds its method locked', async () => {
  line.standIn.failNext({ operation: 'AlterarCategoria', delayMs: 400 })
  await Promise.all(
    ['2.01.01', '1.01.01', '1.01.02'].map((id) => line.data('operator', 'update_category', { id, name: `Nova ${id}` })),
  )
  const names = line.standIn.records(AURORA, 'categorias').map((row) => row['descricao'])
  for (const id of ['2.01.01', '1.01.01', '1.01.02']) expect(names).toContain(`Nova ${id}`)
  expect(line.received('AlterarCategoria')).toBe(3)
})

test('what limits held up, turned away and closed is counted, and health tells what is closed', async () => {
  const metrics = await (await fetch(new URL('/metrics', line.alcada.ops))).text()
  const health = await (await fetch(new URL('/health', line.alcada.mcp))).json()
  expect(metrics).toMatch(/alcada_rate_limit_hits_total\{limit="erp",outcome="waited",erp="omie"\} [1-9]/)
  expect(metrics).toMatch(/alcada_rate_limit_hits_total\{limit="erp",outcome="closed",erp="omie"\} [1-9]/)
  expect(metrics).toMatch(/alcada_erp_circuits_open\{erp="omie"\} 3/)
  expect(health).toMatchObject({ circuits_open: 3 })
})
