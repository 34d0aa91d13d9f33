import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeAll, expect, inject, test } from 'vitest'
import type { ActivePolicy } from '../../../servers/policy/status.ts'
import type { RequestDeps } from '../../../servers/request/deps.ts'
import { AURORA, BRISA, call, identity, omiePolicy, SMALL, startWorld, type World } from './world.ts'

let omie: ActivePolicy
beforeAll(async () => {
  omie = await omiePolicy(inject('compiler'))
})

const worlds: World[] = []
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close()
})
async function start(changes: Partial<RequestDeps> = {}, active: ActivePolicy = omie): Promise<World> {
  const world = await startWorld(active, changes)
  worlds.push(world)
  return world
}

const operator = identity('operator')
const viewer = identity('viewer')
const admin = identity('admin')

test('a payment within the limit is resolved, decided, written down, done, confirmed and closed, in this order', async () => {
  const world = await start()
  const answer = await call(world, operator, 'create_payment', SMALL)
  expect(answer).toMatchObject({
    kind: 'result',
    result: {
      data: { reference: 'PG-1' },
      metadata: { platform: 'omie', has_next: false },
      alcada: { entry: 'omie-000000003', revision: 7, masked: [] },
    },
  })
  expect(world.reached()).toEqual(['ConsultarContaPagar', 'LancarPagamento'])
  const events = await world.ledger()
  expect(events.map((event) => [event.kind, event.entry])).toEqual([
    ['opened', 'omie-000000001'],
    ['closed', 'omie-000000001'],
    ['opened', 'omie-000000003'],
    ['closed', 'omie-000000003'],
  ])
  expect(events[0]).toMatchObject({
    purpose: 'resolve',
    tool: 'get_account_payable_by_id',
    company: AURORA,
    input: null,
  })
  expect(events[2]).toMatchObject({
    purpose: 'call',
    input: { facts: { amount: 8990, open_amount: 8990, idempotency_key: 'PG-1', counterparty: '2485013' } },
    decision: { effect: 'allow' },
  })
  expect(events[3]).toMatchObject({ outcome: { kind: 'done' } })
  expect(await world.state.verify()).toMatchObject({ ok: true, rows: 4 })
  expect(world.events).toMatchObject([{ outcome: 'done', code: null, entry: 'omie-000000003', revision: 7 }])
})

test('a payment above the limit says what it needs, is written down, and never reaches the ERP', async () => {
  const world = await start()
  const big = { ...SMALL, payable_id: '2701005', amount: 12800, reference: 'PG-2' }
  const answer = await call(world, operator, 'create_payment', big)
  expect(answer).toMatchObject({
    kind: 'refusal',
    refusal: {
      error: { code: 'approval_required' },
      alcada: { entry: 'omie-000000003', retry: 'when_approved', approval: { count: 1, roles: ['approver'] } },
    },
  })
  expect(answer.kind === 'refusal' && answer.refusal.error.message).toContain('1 approval by `approver`')
  expect(world.reached()).toEqual(['ConsultarContaPagar'])
  expect((await world.ledger())[2]).toMatchObject({
    kind: 'recorded',
    what: 'approval_required',
    input: { facts: { amount: 1280000 } },
    decision: { effect: 'require_approval' },
  })
})

test('more than what is open of the record is denied, whatever the limit', async () => {
  const world = await start()
  const answer = await call(world, operator, 'create_payment', { ...SMALL, amount: 90 })
  expect(answer.kind).toBe('refusal')
  expect(world.reached()).toEqual(['ConsultarContaPagar'])
})

test('a tool that may not be seen answers exactly like one that does not exist, and both are written down', async () => {
  const world = await start()
  const hidden = await call(world, viewer, 'create_payment', { anything: 1 })
  const nowhere = await call(world, viewer, 'create_pyament', { anything: 1 })
  expect(hidden).toEqual({ kind: 'unknown_tool', entry: 'omie-000000001' })
  expect(nowhere).toEqual({ kind: 'unknown_tool', entry: 'omie-000000002' })
  for (const name of ['constructor', '__proto__', 'toString', '']) {
    expect((await call(world, admin, name, {})).kind).toBe('unknown_tool')
  }
  const [first, second] = await world.ledger()
  expect({ ...first, entry: '', request: '', tool: '' }).toEqual({ ...second, entry: '', request: '', tool: '' })
  expect(first).toMatchObject({ kind: 'recorded', what: 'refused', code: 'unknown_tool', tool: 'create_payment' })
  expect(world.reached()).toEqual([])
})

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

test('when the ledger takes no entry the ERP is not called, and nothing is told but that', async () => {
  const world = await start()
  const lock = new DatabaseSync(join(world.statePath, 'ledger.sqlite'))
  lock.exec('BEGIN IMMEDIATE')
  const expected = {
    kind: 'refusal',
    refusal: {
      error: { code: 'ledger_unavailable', message: 'the ledger cannot be written, so nothing is done' },
      alcada: { entry: null, retry: 'after', retry_after_s: 5 },
    },
  }
  expect(await call(world, operator, 'create_payment', SMALL)).toEqual(expected)
  expect(await call(world, operator, 'get_vendors_list', {})).toEqual(expected)
  expect(await call(world, operator, 'create_payment', { ...SMALL, amount: -1 })).toEqual(expected)
  expect(world.reached()).toEqual([])
  lock.exec('ROLLBACK')
  lock.close()
})

test('the entry is durable before the ERP hears of the call', async () => {
  const seen: string[] = []
  const world: World = await start({
    erpFor: () => ({
      async call(asked) {
        const database = new DatabaseSync(join(world.statePath, 'ledger.sqlite'), { readOnly: true })
        const row = database.prepare("SELECT entry FROM ledger WHERE kind = 'opened' AND tool = ?").get(asked.tool.name)
        seen.push(`${asked.tool.name} ${String(row?.['entry'])}`)
        database.close()
        return { kind: 'failed', error: { kind: 'server', message: 'down' } }
      },
    }),
  })
  await call(world, operator, 'get_categories_list', {})
  expect(seen).toEqual(['get_categories_list omie-000000001'])
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
  expect(answer).toMatchObject({ kind: 'refusal', refusal: { alcada: { entry: 'omie-000000003', retry: 'never' } } })
  expect((await world.ledger())[3]).toMatchObject({ kind: 'closed', outcome: { kind: 'unknown' } })
  expect(world.events[0]?.outcome).toBe('unknown')
  expect(await call(world, operator, 'create_payment', SMALL)).toMatchObject({
    refusal: { error: { code: 'outcome_unknown' } },
  })
  expect(world.reached().filter((operation) => operation === 'LancarPagamento')).toHaveLength(1)
  expect(await world.state.unknownOutcomes()).toMatchObject([{ entry: 'omie-000000003', person: 'u17' }])
})

test('a record that cannot be read denies the call about it', async () => {
  const world = await start()
  expect(await call(world, operator, 'create_payment', { ...SMALL, payable_id: '999' })).toMatchObject({
    refusal: { error: { code: 'resolve_failed' }, alcada: { retry: 'never' } },
  })
  expect(world.reached()).not.toContain('LancarPagamento')
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
  const scope = { person: 'u17', company: AURORA, day: '2026-11-25' }
  expect((await world.state.history(scope)).history.settled_today).toBe(152_745)
})

test('a record that is in no state for it denies the call', async () => {
  const world = await start()
  const answer = await call(world, operator, 'create_payment', { ...SMALL, payable_id: '2701010', amount: 1 })
  expect(answer).toMatchObject({ refusal: { error: { code: 'record_state' } } })
  expect(world.reached()).not.toContain('LancarPagamento')
})

test('a viewer sees documents and e-mails masked, in what is answered and in nothing else clear', async () => {
  const world = await start()
  const answer = await call(world, viewer, 'get_customer_by_id', { id: '2485001' })
  expect(answer).toMatchObject({
    kind: 'result',
    result: {
      data: {
        name: 'Restaurante Sabor Mineiro Ltda',
        document: '**.658.590/****-**',
        email: 'c***@sabormineiro.example',
      },
    },
  })
  expect(answer.kind === 'result' && answer.result.alcada.masked).toEqual(['/document', '/email', '/phone'])
  expect(JSON.stringify(answer)).not.toContain('33658590')
})

test('a search by document leaves a token in the ledger, never the document', async () => {
  const world = await start()
  await call(world, admin, 'get_customer_by_document', { document: '33658590000365' })
  const text = JSON.stringify(await world.ledger())
  expect(text).toContain('tok_document_')
  expect(text).not.toContain('33658590000365')
})

test('a dry run decides and does nothing', async () => {
  const world = await start()
  expect(await call(world, operator, 'create_payment', SMALL, { dryRun: true })).toMatchObject({
    kind: 'decision',
    decision: { effect: 'allow' },
    entry: 'omie-000000003',
    revision: 7,
  })
  expect(world.reached()).toEqual(['ConsultarContaPagar'])
  expect((await world.ledger())[2]).toMatchObject({ kind: 'recorded', what: 'dry_run', code: 'allow' })
})

test('without a policy in force everything is denied and no tool is listed', async () => {
  const world = await start({ current: () => null })
  const answer = { refusal: { error: { code: 'policy_unavailable' }, alcada: { retry: 'after' } } }
  expect(await call(world, admin, 'get_categories_list', {})).toMatchObject(answer)
  expect(await call(world, admin, 'no_such_tool', {})).toMatchObject(answer)
  expect(world.handler.list(admin)).toEqual([])
})

test('one call is judged by one revision, whatever comes into force meanwhile', async () => {
  let asked = 0
  const world = await start({
    current: () => {
      asked += 1
      return { ...omie, revision: asked }
    },
  })
  await call(world, operator, 'create_payment', SMALL)
  const revisions = (await world.ledger()).flatMap((event) => (event.kind === 'opened' ? [event.revision] : []))
  expect(revisions).toEqual([1, 1])
})

test('an exception inside is told as a code, without its text, and closes the entry', async () => {
  const world = await start({
    confirmed: () => {
      throw new Error('secret-stack-text')
    },
  })
  const answer = await call(world, operator, 'create_payment', SMALL)
  expect(answer).toMatchObject({ refusal: { error: { code: 'internal_error' }, alcada: { entry: 'omie-000000003' } } })
  expect(JSON.stringify(answer)).not.toContain('secret-stack-text')
  expect((await world.ledger())[3]).toMatchObject({ kind: 'closed', outcome: { kind: 'unknown' } })
})

test('a read ends when its client has gone; an ERP that never answers ends at the deadline', async () => {
  const silent = { call: () => new Promise<never>(() => undefined) }
  const world = await start({ erpFor: () => silent, deadlineMs: 300 })
  const gone = new AbortController()
  setTimeout(() => gone.abort(), 10)
  expect(await call(world, operator, 'get_categories_list', {}, { signal: gone.signal })).toMatchObject({
    refusal: { error: { code: 'erp_timeout' }, alcada: { retry: 'after' } },
  })
  expect(await call(world, operator, 'get_categories_list', {})).toMatchObject({
    refusal: { error: { code: 'erp_timeout' } },
  })
})
