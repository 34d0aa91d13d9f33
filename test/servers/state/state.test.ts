import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openAudit } from '../../../servers/state/audit.ts'
import { openState, type State, type StateOptions } from '../../../servers/state/state.ts'
import { type Database, databases, type Place } from '../../helpers/state/databases.ts'
import { AURORA, asked, DONE, FAILED, payment, WEDNESDAY } from './fixtures.ts'

describe.each(databases.filter(({ missing }) => missing === null))('in $name', ({ start: startDatabase }) => {
  let database: Database
  const opened: State[] = []
  beforeAll(async () => {
    database = await startDatabase()
  })
  afterAll(() => database.stop())
  afterEach(async () => {
    for (const state of opened.splice(0)) await state.stop()
  })

  async function start(place?: Place, options: Partial<StateOptions> = {}): Promise<State> {
    const state = await openState({
      ...(place ?? (await database.fresh())),
      erp: 'omie',
      now: () => WEDNESDAY,
      ...options,
    })
    opened.push(state)
    return state
  }

  test('an entry is opened and closed in a chain that verifies', async () => {
    const state = await start()
    expect(await state.open(payment())).toEqual({ kind: 'opened', entry: 'omie-000000001' })
    await state.close('omie-000000001', DONE)
    const rows = await state.entries(1, 10)
    expect(rows.map(({ seq, at_ms, event }) => [seq, at_ms, event.kind, event.entry])).toEqual([
      [1, WEDNESDAY, 'opened', 'omie-000000001'],
      [2, WEDNESDAY, 'closed', 'omie-000000001'],
    ])
    expect(await state.verify()).toEqual({ ok: true, rows: 2, head: rows[1]?.hash })
  })

  test('an entry that a process did not live to close is an unknown outcome after the restart', async () => {
    const place = await database.fresh()
    const before = await start(place)
    await before.open(payment())
    expect(await before.unknownOutcomes()).toEqual([])
    await before.stop()
    const after = await start(place)
    expect(await after.unknownOutcomes()).toEqual([
      { entry: 'omie-000000001', at_ms: WEDNESDAY, tool: 'create_payment', company: AURORA, person: 'u17' },
    ])
    expect(await after.open(payment())).toEqual({
      kind: 'repeat',
      repeat: { state: 'unknown', entry: 'omie-000000001' },
    })
  })

  test('done, running and unknown settlements count for the day; failed ones, other people, companies and days do not', async () => {
    const state = await start()
    await state.open(payment({ reference: 'running', amount: 100 }))
    const done = await state.open(payment({ reference: 'done', amount: 2_000 }))
    const failed = await state.open(payment({ reference: 'failed', amount: 30_000 }))
    await state.open(payment({ person: 'u18', amount: 400_000 }))
    await state.open(payment({ company: '12ABC34501DE35', amount: 500_000 }))
    await state.open(payment({ reference: 'yesterday', day: '2026-11-24', amount: 600_000 }))
    if (done.kind === 'opened') await state.close(done.entry, DONE)
    if (failed.kind === 'opened') await state.close(failed.entry, FAILED)
    expect((await state.history(asked())).history.settled_today).toBe(2_100)
  })

  test('the rows a person has read today are added up', async () => {
    const state = await start()
    const first = await state.open(payment({ reference: '1' }))
    if (first.kind === 'opened') await state.close(first.entry, { ...DONE, rows: 50 })
    const second = await state.open(payment({ reference: '2' }))
    if (second.kind === 'opened') await state.close(second.entry, { ...DONE, rows: 7 })
    expect((await state.history(asked())).history.rows_today).toBe(57)
  })

  test('of two decisions on the same history only one can commit', async () => {
    const state = await start()
    const { seen } = await state.history(asked())
    const answers = await Promise.all([
      state.open({ ...payment({ reference: 'A' }), seen }),
      state.open({ ...payment({ reference: 'B' }), seen }),
    ])
    expect(answers.map(({ kind }) => kind)).toEqual(['opened', 'moved'])
  })

  test('of a hundred identical payments at once one is opened and the others are its repeats', async () => {
    const state = await start()
    const answers = await Promise.all(Array.from({ length: 100 }, () => state.open(payment())))
    expect(answers.filter(({ kind }) => kind === 'opened')).toHaveLength(1)
    expect(answers[99]).toEqual({ kind: 'repeat', repeat: { state: 'running', entry: 'omie-000000001' } })
  })

  test('a repeat of a payment that is done gets its result, with other arguments it is a conflict', async () => {
    const state = await start()
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
    const state = await start()
    await state.open(payment())
    await state.close('omie-000000001', FAILED)
    expect((await state.open(payment())).kind).toBe('opened')
  })

  test('an entry is closed once', async () => {
    const state = await start()
    await state.open(payment())
    await state.close('omie-000000001', DONE)
    await expect(state.close('omie-000000001', FAILED)).rejects.toMatchObject({ code: 'ledger_unavailable' })
    expect(state.ready()).toBe(true)
    expect((await state.entries(1, 10)).map(({ event }) => event.kind)).toEqual(['opened', 'closed'])
  })

  test('a text that is not well-formed Unicode is recorded well-formed', async () => {
    const state = await start()
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

  test('a NUL in what somebody wrote harms nothing', async () => {
    const state = await start()
    const input = payment({ reference: 'PG\u0000' })
    expect((await state.open(input)).kind).toBe('opened')
    expect((await state.open(input)).kind).toBe('repeat')
    expect(state.ready()).toBe(true)
    expect(await state.verify()).toMatchObject({ ok: true, rows: 1 })
  })

  test('of operations written together a senseless one fails alone', async () => {
    const state = await start()
    const answers = await Promise.allSettled([
      state.open(payment({ reference: 'A' })),
      state.close('omie-000000099', DONE),
      state.open(payment({ reference: 'B' })),
    ])
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await state.verify()).toMatchObject({ ok: true, rows: 2 })
  })

  test('an auditor beside the server verifies each chain, and a word on an unknown outcome releases what it held', async () => {
    const place = await database.fresh()
    const state = await start(place)
    await state.open(payment())
    await state.close('omie-000000001', { ...DONE, outcome: { kind: 'unknown', code: 'timeout' } })
    const audit = openAudit({ ...place, erp: 'omie' }, 'write')
    const word = { at_ms: WEDNESDAY, resolves: 'omie-000000001', reason: 'not on the statement', by: 'u42' }
    expect(await audit.resolve({ ...word, verdict: 'not_done' })).toEqual({ entry: 'omie-000000003' })
    await expect(audit.resolve({ ...word, verdict: 'done' })).rejects.toThrow('is none whose outcome is unknown')
    expect(await audit.chains()).toEqual([''])
    expect(await audit.verify({ replica: '', keys: [], anchored: null }, null)).toMatchObject({ ok: true, rows: 3 })
    await audit.close()
    expect((await state.history(asked())).history.settled_today).toBe(0)
    expect(await state.open(payment())).toEqual({ kind: 'opened', entry: 'omie-000000004' })
    expect(await state.verify()).toMatchObject({ ok: true, rows: 4 })
  })
})
