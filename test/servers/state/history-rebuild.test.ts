import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DecisionInput } from '../../../engine/contract/decision-input.ts'
import { type Audit, openAudit } from '../../../servers/state/audit.ts'
import { openState, type State } from '../../../servers/state/state.ts'
import { type Database, databases, type Place, stateFolder } from '../../helpers/state/databases.ts'
import { asked, DONE, FAILED, payment, paymentInput, WEDNESDAY } from './fixtures.ts'

const DAY = 86_400_000
const UNKNOWN = { ...DONE, outcome: { kind: 'unknown', code: 'timeout' } } as const

function creating(): DecisionInput {
  const input = paymentInput({ reference: 'V-1' })
  return {
    ...input,
    tool: { ...input.tool, name: 'create_vendor', entity: 'vendor', effect: 'create', money: false },
    facts: { ...input.facts, amount: null, counterparty: null },
  }
}

function reading(rows: number): DecisionInput {
  const input = paymentInput()
  return {
    ...input,
    tool: { ...input.tool, name: 'get_customers_list', entity: 'customer', effect: 'read', money: false },
    facts: { ...input.facts, amount: null, counterparty: null, idempotency_key: null, rows },
  }
}

describe.each(databases.filter(({ missing }) => missing === null))('in $name', ({ start: startDatabase }) => {
  let database: Database
  let state: State | null = null
  let audit: Audit | null = null
  beforeAll(async () => {
    database = await startDatabase()
  })
  afterAll(() => database.stop())
  afterEach(async () => {
    await audit?.close()
    await state?.stop()
  })

  async function does(to: State, input: DecisionInput): Promise<string> {
    const key = input.facts.idempotency_key
    const entry = { ...payment(), tool: input.tool.name, input }
    const opened = await to.open(key === null ? entry : { ...entry, repeatKey: key })
    if (opened.kind !== 'opened') throw new Error(`expected an entry, got ${opened.kind}`)
    return opened.entry
  }

  /** Calls that ended in every way a call can end. */
  async function lived(place: Place): Promise<State> {
    const to = await openState({ ...place, erp: 'omie', now: () => WEDNESDAY })
    await to.close(await does(to, paymentInput({ reference: '1', amount: 1_000 })), DONE)
    await to.close(await does(to, paymentInput({ reference: '2', amount: 2_000 })), FAILED)
    await to.close(await does(to, paymentInput({ reference: '3', amount: 4_000 })), UNKNOWN)
    await does(to, paymentInput({ reference: '4', amount: 8_000, person: 'u18', caller: 'agent-3' }))
    await to.close(await does(to, paymentInput({ reference: '5', amount: 16_000 })), UNKNOWN)
    await to.close(await does(to, creating()), { ...DONE, made: '9' })
    await to.close(await does(to, reading(50)), { ...DONE, rows: 7 })
    await does(to, reading(50))
    return to
  }

  const opened = (place: Place, mode: 'read' | 'write' = 'read'): Audit => {
    audit = openAudit({ path: place.path, erp: 'omie', databaseUrl: place.databaseUrl }, mode)
    return audit
  }

  test('the totals are what the ledger says, however calls ended, and are the same when they are written anew', async () => {
    const place = await database.fresh()
    state = await lived(place)
    const before = await state.history({ ...asked(), entity: 'customer' })
    const auditor = opened(place, 'write')
    const unknown = (await state.unknownOutcomes()).at(-1)?.entry ?? ''
    expect(await auditor.checkHistory(WEDNESDAY)).toEqual({ rows: 16, differing: 0, first: null })
    await auditor.rebuildHistory(WEDNESDAY)
    const after = await state.history({ ...asked(), entity: 'customer' })
    expect(after.history).toEqual(before.history)
    expect(after.history).toMatchObject({ settled_today: 21_000, rows_today: 57 })
    expect(after.history.counterparty_touched).toMatchObject([{ by: 'agent-1', what: 'create' }])

    // What stood there still works: an unknown end that a person finds out about releases what it held.
    await auditor.resolve({ at_ms: WEDNESDAY, resolves: unknown, verdict: 'not_done', reason: 'seen', by: 'ana' })
    expect((await state.history(asked())).history.settled_today).toBe(5_000)
    expect(await auditor.checkHistory(WEDNESDAY)).toMatchObject({ differing: 0 })
  })

  test('a total that came back to nothing, as of reads that found nothing, agrees with a ledger that speaks of none', async () => {
    const place = await database.fresh()
    state = await openState({ ...place, erp: 'omie', now: () => WEDNESDAY })
    await state.close(await does(state, reading(1)), { ...FAILED, rows: 0 })
    expect((await state.history({ ...asked(), entity: 'customer' })).history.rows_today).toBe(0)
    expect(await opened(place).checkHistory(WEDNESDAY)).toEqual({ rows: 0, differing: 0, first: null })
  })

  test('a decision made before they were written anew is made again', async () => {
    const place = await database.fresh()
    state = await lived(place)
    const { seen } = await state.history(asked())
    await opened(place, 'write').rebuildHistory(WEDNESDAY)
    expect(await state.open({ ...payment({ reference: 'after' }), seen })).toEqual({ kind: 'moved' })
  })

  test('what no rule can reach any more is taken away, and is missed by nobody', async () => {
    const place = await database.fresh()
    const before = await lived(place)
    await before.stop()
    state = await openState({ ...place, erp: 'omie', now: () => WEDNESDAY + 500 * DAY })
    const old = { ...asked(), from_day: '2026-01-01', similar_since_ms: 0, touched_since_ms: 0 }
    // It goes once the state is open, and nobody waits for it.
    while ((await state.history(old)).history.settled_today > 0) await new Promise((go) => setTimeout(go, 10))
    expect((await state.history(old)).history).toMatchObject({ similar: [], counterparty_touched: [] })
    expect(await opened(place).checkHistory(WEDNESDAY + 500 * DAY)).toMatchObject({ differing: 0 })
  })
})

describe('a total that somebody changed, took away or put in', () => {
  test.each([
    ['changed', 'UPDATE history_totals SET amount = amount - 1 WHERE scope LIKE \'["person"%\'', 1],
    ['took away', 'DELETE FROM history_touches', 1],
    ['put in', 'INSERT INTO history_totals VALUES (\'["company","x"]\', \'2026-11-25\', 5)', 1],
    ['took away all', 'DELETE FROM history_similar', 1],
  ])('%s is found, and set right', async (_how, statement, differing) => {
    const path = stateFolder()
    const state = await openState({ path, erp: 'omie', now: () => WEDNESDAY })
    const paid = await state.open(payment({ reference: '1', amount: 1_000 }))
    if (paid.kind === 'opened') await state.close(paid.entry, DONE)
    const created = await state.open({ ...payment(), tool: 'create_vendor', input: creating(), repeatKey: 'V-1' })
    if (created.kind === 'opened') await state.close(created.entry, { ...DONE, made: '9' })
    await state.stop()
    const database = new DatabaseSync(join(path, 'ledger.sqlite'), { timeout: 5_000 })
    database.exec(statement)
    database.close()
    const audit = openAudit({ path, erp: 'omie', databaseUrl: null }, 'write')
    expect(await audit.checkHistory(WEDNESDAY)).toMatchObject({ differing })
    await audit.rebuildHistory(WEDNESDAY)
    expect(await audit.checkHistory(WEDNESDAY)).toEqual({ rows: 6, differing: 0, first: null })
    await audit.close()
  })
})
