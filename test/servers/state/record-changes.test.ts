import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { RecordSeen } from '../../../servers/state/record-changes.ts'
import { openState, type State } from '../../../servers/state/state.ts'
import { type Database, databases } from '../../helpers/state/databases.ts'
import { AURORA, DONE, FAILED, payment, WEDNESDAY } from './fixtures.ts'

describe.each(databases.filter(({ missing }) => missing === null))('in $name', ({ start: startDatabase }) => {
  let database: Database
  let clock = WEDNESDAY
  const opened: State[] = []
  beforeAll(async () => {
    database = await startDatabase()
  })
  afterAll(() => database.stop())
  afterEach(async () => {
    for (const state of opened.splice(0)) await state.stop()
    clock = WEDNESDAY
  })

  async function start(): Promise<State> {
    const state = await openState({ ...(await database.fresh()), erp: 'omie', now: () => clock })
    opened.push(state)
    return state
  }

  /** The entry of a read of the server's own. */
  async function read(state: State): Promise<string> {
    const answer = await state.open({
      ...{ request: 'r1', revision: 7, bundle: 'b'.repeat(64), purpose: 'resolve', tool: 'get_account_payable_by_id' },
      ...{ company: AURORA, args: { id: '1' }, input: null, decision: null },
    })
    if (answer.kind !== 'opened') throw new Error(`expected an entry, got ${answer.kind}`)
    await state.close(answer.entry, DONE)
    return answer.entry
  }
  const payable = (entry: string, more: Partial<RecordSeen> = {}): RecordSeen[] => [
    { scope: 'payable 1', read: entry, age_s: 0, changes: true, ...more },
  ]
  const pay = (state: State, reference: string, records: readonly RecordSeen[]): ReturnType<State['open']> =>
    state.open({ ...payment({ reference }), records })

  test('of two calls that read one record, the second hears that the first is running, and then that it has changed it', async () => {
    const state = await start()
    const [one, other] = [await read(state), await read(state)]
    const first = await pay(state, 'A', payable(one))
    expect(first).toEqual({ kind: 'opened', entry: 'omie-000000005' })
    const told = { kind: 'record_changed', entry: 'omie-000000005' }
    expect(await pay(state, 'B', payable(other))).toEqual({ ...told, running: true })
    // Begun beside it: what it showed is not known.
    const beside = await read(state)
    await state.close('omie-000000005', DONE)
    expect(await pay(state, 'B', payable(other))).toEqual({ ...told, running: false })
    expect(await pay(state, 'B', payable(beside))).toEqual({ ...told, running: false })
    expect(await pay(state, 'B', payable(await read(state)))).toMatchObject({ kind: 'opened' })
  })

  test('a call that failed may have changed it too; a call that was refused has not', async () => {
    const state = await start()
    const [one, other] = [await read(state), await read(state)]
    const first = await pay(state, 'A', payable(one))
    if (first.kind === 'opened') await state.close(first.entry, FAILED)
    expect(await pay(state, 'B', payable(other))).toMatchObject({ kind: 'record_changed', running: false })
    // Refused for the record's sake, it holds nobody else up.
    expect(await pay(state, 'C', payable(await read(state)))).toMatchObject({ kind: 'opened' })
  })

  test('another record holds nothing up, nor one that calls only depend on', async () => {
    const state = await start()
    const one = await read(state)
    const vendor: RecordSeen = { scope: 'vendor 9', read: one, age_s: 0, changes: false }
    await pay(state, 'A', [...payable(one), vendor])
    expect(await pay(state, 'B', [...payable(one, { scope: 'payable 2' }), vendor])).toMatchObject({ kind: 'opened' })
    await state.open({ ...payment({ reference: 'V' }), records: [{ ...vendor, changes: true }] })
    expect(await pay(state, 'C', [...payable(one, { scope: 'payable 3' }), vendor])).toMatchObject({
      kind: 'record_changed',
    })
  })

  test('an answer from memory that is older than a change is none, however new its entry', async () => {
    const state = await start()
    const first = await pay(state, 'A', payable(await read(state)))
    clock += 20_000
    if (first.kind === 'opened') await state.close(first.entry, DONE)
    clock += 20_000
    const remembered = await read(state)
    expect(await pay(state, 'B', payable(remembered, { age_s: 30 }))).toMatchObject({ kind: 'record_changed' })
    expect(await pay(state, 'B', payable(remembered, { age_s: 10 }))).toMatchObject({ kind: 'opened' })
  })

  test('an approval is not used up by a call that has to read again', async () => {
    const state = await start()
    const [one, other] = [await read(state), await read(state)]
    await pay(state, 'A', payable(one))
    const again = await state.open({ ...payment({ reference: 'B' }), records: payable(other), approval: 'none' })
    expect(again).toMatchObject({ kind: 'record_changed' })
  })

  test('a call whose process is gone does not hold a record for ever', async () => {
    const place = await database.fresh()
    const gone = await openState({ ...place, erp: 'omie', now: () => clock })
    const stale = await read(gone)
    await pay(gone, 'A', payable(await read(gone)))
    await gone.stop()
    const state = await openState({ ...place, erp: 'omie', now: () => clock })
    opened.push(state)
    expect(await pay(state, 'B', payable(stale))).toMatchObject({ kind: 'record_changed', running: false })
    expect(await pay(state, 'B', payable(await read(state)))).toMatchObject({ kind: 'opened' })
  })
})
