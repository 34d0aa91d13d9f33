import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { verifyLedger } from '../../../servers/state/read-ledger.ts'
import { openState, type State, type StateOptions } from '../../../servers/state/state.ts'
import { AURORA, payment, stateFolder, WEDNESDAY } from './fixtures.ts'

const opened: State[] = []
afterEach(async () => {
  for (const state of opened.splice(0)) await state.stop()
})

async function start(path: string, options: Partial<StateOptions> = {}): Promise<State> {
  const state = await openState({ path, erp: 'omie', now: () => WEDNESDAY, ...options })
  opened.push(state)
  return state
}

const DONE = { outcome: { kind: 'done' as const, result: null }, took_ms: 12, rows: 0 }
const FAILED = { outcome: { kind: 'failed' as const, code: 'validation' }, took_ms: 12, rows: 0 }
const SCOPE = { person: 'u17', company: AURORA, day: '2026-11-25' }

test('an entry is opened, closed and found in a chain that verifies, also by another process', async () => {
  const path = stateFolder()
  const state = await start(path)
  expect(await state.open(payment())).toEqual({ kind: 'opened', entry: 'omie-000000001' })
  await state.close('omie-000000001', DONE)
  const rows = await state.entries(1, 10)
  expect(rows.map(({ seq, at_ms, event }) => [seq, at_ms, event.kind, event.entry])).toEqual([
    [1, WEDNESDAY, 'opened', 'omie-000000001'],
    [2, WEDNESDAY, 'closed', 'omie-000000001'],
  ])
  expect(await state.verify()).toEqual({ ok: true, rows: 2, head: rows[1]?.hash })
  expect(verifyLedger(path)).toEqual({ ok: true, rows: 2, head: rows[1]?.hash })
})

test('a sensitive value stands in no file of the state, and equal values have equal tokens', async () => {
  const path = stateFolder()
  const state = await start(path)
  await state.open(payment({ reference: 'A' }))
  await state.open(payment({ reference: 'B' }))
  const [first, second] = await state.entries(1, 2)
  const token = first?.event.kind === 'opened' ? first.event.input?.args['document'] : undefined
  expect(token).toMatch(/^tok_document_[0-9a-f]{32}$/)
  expect(second?.event.kind === 'opened' && second.event.input?.args['document']).toBe(token)
  for (const file of readdirSync(path)) expect(readFileSync(join(path, file)).includes('52998224725')).toBe(false)
})

test('the files of the state belong to their owner alone', async () => {
  const path = stateFolder()
  await (await start(path)).open(payment())
  for (const file of readdirSync(path)) expect([file, statSync(join(path, file)).mode & 0o077]).toEqual([file, 0])
})

test('an entry that a process did not live to close is an unknown outcome after the restart', async () => {
  const path = stateFolder()
  const before = await start(path)
  await before.open(payment())
  expect(await before.unknownOutcomes()).toEqual([])
  await before.stop()
  const after = await start(path)
  expect(await after.unknownOutcomes()).toEqual([
    { entry: 'omie-000000001', at_ms: WEDNESDAY, tool: 'create_payment', company: AURORA, person: 'u17' },
  ])
  expect(await after.open(payment())).toEqual({
    kind: 'repeat',
    repeat: { state: 'unknown', entry: 'omie-000000001' },
  })
})

test('done, running and unknown settlements count for the day; failed ones, other people, companies and days do not', async () => {
  const state = await start(stateFolder())
  await state.open(payment({ reference: 'running', amount: 100 }))
  const done = await state.open(payment({ reference: 'done', amount: 2_000 }))
  const failed = await state.open(payment({ reference: 'failed', amount: 30_000 }))
  await state.open(payment({ person: 'u18', amount: 400_000 }))
  await state.open(payment({ company: '12ABC34501DE35', amount: 500_000 }))
  await state.open(payment({ reference: 'yesterday', day: '2026-11-24', amount: 600_000 }))
  if (done.kind === 'opened') await state.close(done.entry, DONE)
  if (failed.kind === 'opened') await state.close(failed.entry, FAILED)
  expect((await state.history(SCOPE)).history.settled_today).toBe(2_100)
})

test('the rows a person has read today are added up', async () => {
  const state = await start(stateFolder())
  const first = await state.open(payment({ reference: '1' }))
  if (first.kind === 'opened') await state.close(first.entry, { ...DONE, rows: 50 })
  const second = await state.open(payment({ reference: '2' }))
  if (second.kind === 'opened') await state.close(second.entry, { ...DONE, rows: 7 })
  expect((await state.history(SCOPE)).history.rows_today).toBe(57)
})

test('of two decisions on the same history only one can commit', async () => {
  const state = await start(stateFolder())
  const { version } = await state.history(SCOPE)
  const seen = { scope: SCOPE, version }
  const answers = await Promise.all([
    state.open({ ...payment({ reference: 'A' }), seen }),
    state.open({ ...payment({ reference: 'B' }), seen }),
  ])
  expect(answers.map(({ kind }) => kind)).toEqual(['opened', 'moved'])
})

test('of a hundred identical payments at once one is opened and the others are its repeats', async () => {
  const state = await start(stateFolder())
  const answers = await Promise.all(Array.from({ length: 100 }, () => state.open(payment())))
  expect(answers.filter(({ kind }) => kind === 'opened')).toHaveLength(1)
  expect(answers[99]).toEqual({ kind: 'repeat', repeat: { state: 'running', entry: 'omie-000000001' } })
})

test('a repeat of a payment that is done gets its result, with other arguments it is a conflict', async () => {
  const state = await start(stateFolder())
  await state.open(payment())
  const result = {
    data: { id: '77', reference: 'PG-1' },
    metadata: { platform: 'omie', total_count: null, page: null, page_size: null, has_next: false },
    alcada: { entry: 'omie-000000001', revision: 7, masked: [] },
  }
  await state.close('omie-000000001', { ...DONE, outcome: { kind: 'done', result } })
  expect(await state.open(payment())).toEqual({
    kind: 'repeat',
    repeat: { state: 'done', entry: 'omie-000000001', result },
  })
  expect(await state.open(payment({ amount: 90_001 }))).toEqual({
    kind: 'repeat',
    repeat: { state: 'conflict', entry: 'omie-000000001' },
  })
  expect((await state.open(payment({ caller: 'agent-2' }))).kind).toBe('opened')
})

test('a payment that definitely failed may be tried again', async () => {
  const state = await start(stateFolder())
  await state.open(payment())
  await state.close('omie-000000001', FAILED)
  expect((await state.open(payment())).kind).toBe('opened')
})

test('an entry is closed once', async () => {
  const state = await start(stateFolder())
  await state.open(payment())
  await state.close('omie-000000001', DONE)
  await expect(state.close('omie-000000001', FAILED)).rejects.toMatchObject({ code: 'ledger_unavailable' })
  expect(state.ready()).toBe(true)
  expect((await state.entries(1, 10)).map(({ event }) => event.kind)).toEqual(['opened', 'closed'])
})

test('the table takes no change, no removal and no replacement', async () => {
  const path = stateFolder()
  const state = await start(path)
  await state.open(payment())
  const database = new DatabaseSync(join(path, 'ledger.sqlite'))
  for (const sql of [
    'UPDATE ledger SET at_ms = 0',
    'DELETE FROM ledger',
    "INSERT OR REPLACE INTO ledger (seq, at_ms, prev, hash, event) VALUES (1, 0, '', '', '{}')",
  ]) {
    expect(() => database.exec(sql)).toThrow('the ledger is append-only')
  }
  database.close()
})

test('what a hand changed behind the triggers is found, by its entry', async () => {
  const path = stateFolder()
  const state = await start(path)
  for (const reference of ['1', '2', '3']) await state.open(payment({ reference }))
  const database = new DatabaseSync(join(path, 'ledger.sqlite'))
  database.exec('DROP TRIGGER ledger_no_update')
  database.exec("UPDATE ledger SET event = json_set(event, '$.input.facts.amount', 1) WHERE seq = 2")
  database.close()
  expect(await state.verify()).toEqual({
    ok: false,
    rows: 1,
    broken: { seq: 2, entry: 'omie-000000002', reason: 'its content is not what was written' },
  })
})

test('while the database cannot be written nothing opens, and it recovers by itself', async () => {
  const path = stateFolder()
  const health: boolean[] = []
  const state = await start(path, { busyTimeoutMs: 50, onHealth: (ready) => health.push(ready) })
  const other = new DatabaseSync(join(path, 'ledger.sqlite'))
  other.exec('BEGIN IMMEDIATE')
  const answers = await Promise.allSettled([state.open(payment()), state.open(payment({ reference: '2' }))])
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(state.ready()).toBe(false)
  other.exec('ROLLBACK')
  other.close()
  while (!state.ready()) await new Promise((resolve) => setTimeout(resolve, 20))
  expect((await state.open(payment())).kind).toBe('opened')
  expect(health).toEqual([true, false, true])
})

test('when the thread of the ledger dies every call fails and the state is not ready', async () => {
  const state = await start(stateFolder(), { heapMb: 16 })
  const args = Object.fromEntries(Array.from({ length: 400_000 }, (_, index) => [`k${index}`, [index, `${index}`]]))
  await expect(state.open({ ...payment(), args, input: null, purpose: 'resolve' })).rejects.toMatchObject({
    code: 'ledger_unavailable',
  })
  expect(state.ready()).toBe(false)
  await expect(state.open(payment())).rejects.toMatchObject({ code: 'ledger_unavailable' })
})

test('a stop writes what was asked for before it, ends, and is no failure of the ledger', async () => {
  const health: boolean[] = []
  const path = stateFolder()
  const state = await openState({ path, erp: 'omie', now: () => WEDNESDAY, onHealth: (ready) => health.push(ready) })
  const asked = [state.open(payment()), state.open(payment({ reference: 'P-2' }))]
  await state.stop()
  expect((await Promise.all(asked)).map(({ kind }) => kind)).toEqual(['opened', 'opened'])
  expect(verifyLedger(path)).toMatchObject({ ok: true, rows: 2 })
  expect(health).toEqual([true])
})

test('a text that is not well-formed Unicode is recorded well-formed', async () => {
  const state = await start(stateFolder())
  await state.record({
    request: null,
    what: 'refused',
    code: 'unknown_tool',
    caller: null,
    tool: 'x\ud800',
    revision: null,
    bundle: null,
    input: null,
    decision: null,
  })
  const [row] = await state.entries(1, 1)
  expect(row?.event).toMatchObject({ tool: 'x\ufffd', count: 1, entry: 'omie-000000001' })
  expect(await state.verify()).toMatchObject({ ok: true })
})
