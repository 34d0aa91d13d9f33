import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, expect, test } from 'vitest'
import { verifyLedger } from '../../../servers/state/read-ledger.ts'
import { openState, type State, type StateOptions } from '../../../servers/state/state.ts'
import { stateFolder } from '../../helpers/state/databases.ts'
import { DONE, payment, paymentInput, WEDNESDAY } from './fixtures.ts'

const opened: State[] = []
afterEach(async () => {
  for (const state of opened.splice(0)) await state.stop()
})

async function start(path: string, options: Partial<StateOptions> = {}): Promise<State> {
  const state = await openState({ path, erp: 'omie', now: () => WEDNESDAY, ...options })
  opened.push(state)
  return state
}

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

test('the table takes no change, no removal and no replacement', async () => {
  const path = stateFolder()
  const state = await start(path)
  await state.open(payment())
  const database = new DatabaseSync(join(path, 'ledger.sqlite'), { timeout: 5_000 })
  for (const sql of [
    'UPDATE ledger SET at_ms = 0',
    'DELETE FROM ledger',
    "INSERT OR REPLACE INTO ledger (replica, seq, at_ms, prev, hash, event) VALUES ('', 1, 0, '', '', '{}')",
    "INSERT OR REPLACE INTO ledger (ord, replica, seq, at_ms, prev, hash, event) VALUES (1, '', 2, 0, '', '', '{}')",
  ]) {
    expect(() => database.exec(sql)).toThrow('the ledger is append-only')
  }
  database.close()
})

test('what a hand changed behind the triggers is found, by its entry', async () => {
  const path = stateFolder()
  const state = await start(path)
  for (const reference of ['1', '2', '3']) await state.open(payment({ reference }))
  const database = new DatabaseSync(join(path, 'ledger.sqlite'), { timeout: 5_000 })
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
  const other = new DatabaseSync(join(path, 'ledger.sqlite'), { timeout: 5_000 })
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

test('at 95 % of the disk nothing that changes the ERP is begun; reads, refusals and ends are still written', async () => {
  let used = 0.94
  const state = await start(stateFolder(), { diskUsed: async () => used })
  expect((await state.open(payment({ reference: 'A' }))).kind).toBe('opened')
  await state.stop()
  used = 0.95
  const path = stateFolder()
  const full = await start(path, { diskUsed: async () => used })
  await expect(full.open(payment())).rejects.toMatchObject({ code: 'disk_full' })
  const input = paymentInput()
  const read = { ...payment(), input: { ...input, tool: { ...input.tool, effect: 'read' as const } } }
  expect(await full.open(read)).toEqual({ kind: 'opened', entry: 'omie-000000001' })
  await full.close('omie-000000001', DONE)
  expect(full.ready()).toBe(true)
  expect(verifyLedger(path)).toMatchObject({ ok: true, rows: 2 })
})
