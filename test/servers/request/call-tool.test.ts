import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { AURORA, call, SMALL, type World } from './world.ts'
import { admin, operator, useWorlds, viewer } from './worlds.ts'

const { start, policy } = useWorlds()

test('a payment within the limit is resolved, decided, written down, done, confirmed and closed, in this order', async () => {
  const world = await start()
  const answer = await call(world, operator, 'create_payment', SMALL)
  expect(answer).toMatchObject({
    kind: 'result',
    result: {
      data: { reference: 'PG-1' },
      metadata: { platform: 'omie', has_next: false },
      alcada: { entry: 'omie-000000005', revision: 7, masked: [] },
    },
  })
  expect(world.reached()).toEqual(['ConsultarContaPagar', 'ConsultarCliente', 'LancarPagamento'])
  const events = await world.ledger()
  expect(events.map((event) => [event.kind, event.entry])).toEqual([
    ['opened', 'omie-000000001'],
    ['closed', 'omie-000000001'],
    ['opened', 'omie-000000003'],
    ['closed', 'omie-000000003'],
    ['opened', 'omie-000000005'],
    ['closed', 'omie-000000005'],
  ])
  expect(events[0]).toMatchObject({
    purpose: 'resolve',
    tool: 'get_account_payable_by_id',
    company: AURORA,
    input: null,
  })
  expect(events[2]).toMatchObject({ purpose: 'resolve', tool: 'get_vendor_by_id', company: AURORA, input: null })
  expect(events[4]).toMatchObject({
    purpose: 'call',
    input: { facts: { amount: 8990, open_amount: 8990, idempotency_key: 'PG-1', counterparty: '2485013' } },
    decision: { effect: 'allow' },
  })
  expect(events[5]).toMatchObject({ outcome: { kind: 'done' } })
  expect(await world.state.verify()).toMatchObject({ ok: true, rows: 6 })
  expect(world.events).toMatchObject([{ outcome: 'done', code: null, entry: 'omie-000000005', revision: 7 }])
})

test('a payment above the limit says what it needs, is written down, and never reaches the ERP', async () => {
  const world = await start()
  const big = { ...SMALL, payable_id: '2701005', amount: 12800, reference: 'PG-2' }
  const answer = await call(world, operator, 'create_payment', big)
  expect(answer).toMatchObject({
    kind: 'refusal',
    refusal: {
      error: { code: 'approval_required' },
      alcada: { entry: 'omie-000000007', retry: 'when_approved', approval: { count: 1, roles: ['approver'] } },
    },
  })
  expect(answer.kind === 'refusal' && answer.refusal.error.message).toContain('1 approval by `approver`')
  // For those who approve the vendor is read a second time, from memory.
  expect(world.reached()).toEqual(['ConsultarContaPagar', 'ConsultarCliente'])
  expect((await world.ledger())[6]).toMatchObject({
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
  expect(world.reached()).toEqual(['ConsultarContaPagar', 'ConsultarCliente'])
})

test('a tool that may not be seen answers exactly like one that does not exist, and both are written down', async () => {
  const world = await start()
  const hidden = await call(world, viewer, 'create_payment', { anything: 1 })
  const nowhere = await call(world, viewer, 'create_pyament', { anything: 1 })
  expect(hidden).toEqual({ kind: 'unknown_tool', tool: 'create_payment', entry: 'omie-000000001' })
  expect(nowhere).toEqual({ kind: 'unknown_tool', tool: 'create_pyament', entry: 'omie-000000002' })
  for (const name of ['constructor', '__proto__', 'toString', '']) {
    expect((await call(world, admin, name, {})).kind).toBe('unknown_tool')
  }
  const [first, second] = await world.ledger()
  expect(first).toMatchObject({ kind: 'recorded', what: 'refused', code: 'unknown_tool', tool: 'create_payment' })
  expect(second).toMatchObject({ kind: 'recorded', what: 'refused', code: 'unknown_tool', tool: 'create_pyament' })
  // The ledger alone tells them apart: of the one that exists it says which permission no role of the caller had.
  const { input, decision } = first?.kind === 'recorded' ? first : {}
  expect(input).toMatchObject({ caller: { roles: ['viewer'] }, tool: { name: 'create_payment' }, args: {} })
  expect(decision).toMatchObject({ effect: 'deny', permission: 'write', granted: false, granted_by: [] })
  expect(second).toMatchObject({ input: null, decision: null })
  expect(world.events.slice(0, 2).map(({ outcome, code }) => [outcome, code])).toEqual([
    ['refused', 'unknown_tool'],
    ['refused', 'unknown_tool'],
  ])
  expect(world.reached()).toEqual([])
})

test('when the ledger takes no entry the ERP is not called, and nothing is told but that', async () => {
  const world = await start()
  const lock = new DatabaseSync(join(world.statePath, 'ledger.sqlite'), { timeout: 5_000 })
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

test('a record that cannot be read denies the call about it', async () => {
  const world = await start()
  expect(await call(world, operator, 'create_payment', { ...SMALL, payable_id: '999' })).toMatchObject({
    refusal: { error: { code: 'resolve_failed' }, alcada: { retry: 'never' } },
  })
  expect(world.reached()).not.toContain('LancarPagamento')
})

test('a record that is in no state for it denies the call', async () => {
  const world = await start()
  const answer = await call(world, operator, 'create_payment', { ...SMALL, payable_id: '2701010', amount: 1 })
  expect(answer).toMatchObject({ refusal: { error: { code: 'record_state' } } })
  expect(world.reached()).not.toContain('LancarPagamento')
})

test('a dry run decides and does nothing', async () => {
  const world = await start()
  expect(await call(world, operator, 'create_payment', SMALL, { dryRun: true })).toMatchObject({
    kind: 'decision',
    decision: { effect: 'allow' },
    entry: 'omie-000000005',
    revision: 7,
  })
  expect(world.reached()).toEqual(['ConsultarContaPagar', 'ConsultarCliente'])
  expect((await world.ledger())[4]).toMatchObject({ kind: 'recorded', what: 'dry_run', code: 'allow' })
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
      return { ...policy(), revision: asked }
    },
  })
  await call(world, operator, 'create_payment', SMALL)
  const revisions = (await world.ledger()).flatMap((event) => (event.kind === 'opened' ? [event.revision] : []))
  expect(revisions).toEqual([1, 1, 1])
})

test('an exception inside is told as a code, without its text, and closes the entry', async () => {
  const world = await start({
    confirmed: () => {
      throw new Error('secret-stack-text')
    },
  })
  const answer = await call(world, operator, 'create_payment', SMALL)
  expect(answer).toMatchObject({ refusal: { error: { code: 'internal_error' }, alcada: { entry: 'omie-000000005' } } })
  expect(JSON.stringify(answer)).not.toContain('secret-stack-text')
  expect((await world.ledger())[5]).toMatchObject({ kind: 'closed', outcome: { kind: 'unknown' } })
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
