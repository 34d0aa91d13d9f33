import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DecisionInput } from '../../../engine/contract/decision-input.ts'
import { openState, type State } from '../../../servers/state/state.ts'
import { type Database, databases, type Place } from '../../helpers/state/databases.ts'
import { AURORA, asked, DONE, FAILED, payment, paymentInput, WEDNESDAY } from './fixtures.ts'

const DAY = 86_400_000
const BRISA = '12ABC34501DE35'

/** A call on a party by somebody. */
function onParty(
  effect: 'create' | 'update',
  who: { caller?: string; person?: string } = {},
  bank = false,
): DecisionInput {
  const input = paymentInput({ ...who, reference: `V-${effect}-${who.caller ?? ''}-${who.person ?? ''}` })
  return {
    ...input,
    tool: { ...input.tool, name: `${effect}_vendor`, entity: 'vendor', effect, money: false },
    facts: { ...input.facts, amount: null, counterparty: effect === 'create' ? null : '9', bank_change: bank },
  }
}

describe.each(databases.filter(({ missing }) => missing === null))('in $name', ({ start: startDatabase }) => {
  let database: Database
  const opened: State[] = []
  let clock = WEDNESDAY
  beforeAll(async () => {
    database = await startDatabase()
  })
  afterAll(() => database.stop())
  afterEach(async () => {
    for (const state of opened.splice(0)) await state.stop()
    clock = WEDNESDAY
  })

  async function start(place?: Place): Promise<State> {
    const state = await openState({ ...(place ?? (await database.fresh())), erp: 'omie', now: () => clock })
    opened.push(state)
    return state
  }

  async function does(state: State, input: DecisionInput): Promise<string> {
    const answer = await state.open({
      ...payment(),
      tool: input.tool.name,
      input,
      repeatKey: input.facts.idempotency_key,
    })
    if (answer.kind !== 'opened') throw new Error(`expected an entry, got ${answer.kind}`)
    return answer.entry
  }

  test('what was settled is told by caller, person, company and counterparty, today and in the window', async () => {
    const state = await start()
    await state.open(payment({ reference: '1', amount: 1 }))
    await state.open(payment({ reference: '2', amount: 20, caller: 'agent-2' }))
    await state.open(payment({ reference: '3', amount: 300, person: 'u18', caller: 'agent-3' }))
    await state.open(payment({ reference: '4', amount: 4_000, day: '2026-11-19' }))
    await state.open(payment({ reference: '5', amount: 50_000, day: '2026-11-18' }))
    await state.open(payment({ reference: '6', amount: 600_000, company: BRISA }))
    const { history } = await state.history(asked())
    expect(history.settled).toEqual({
      caller: { day: 1, window: 4_001 },
      person: { day: 21, window: 4_021 },
      company: { day: 321, window: 4_321 },
      counterparty: { day: 321, window: 4_321 },
    })
    expect(history.settled_today).toBe(21)
  })

  test('the totals are there after a restart, and a payment that failed counts no more', async () => {
    const place = await database.fresh()
    const before = await start(place)
    const entry = await does(before, paymentInput({ amount: 700 }))
    await before.open(payment({ reference: 'other', amount: 50 }))
    await before.close(entry, FAILED)
    await before.stop()
    const after = await start(place)
    expect((await after.history(asked())).history.settled.company).toEqual({ day: 50, window: 50 })
  })

  test('a payment with the same party, amount and due date is similar for a week, unless it failed', async () => {
    const state = await start()
    clock = WEDNESDAY - DAY
    const done = await does(state, paymentInput({ reference: 'done' }))
    const failed = await does(state, paymentInput({ reference: 'failed' }))
    await does(state, paymentInput({ reference: 'other amount', amount: 1 }))
    await does(state, paymentInput({ reference: 'other company', company: BRISA }))
    clock = WEDNESDAY - 7 * DAY
    await does(state, paymentInput({ reference: 'last week' }))
    await state.close(done, DONE)
    await state.close(failed, FAILED)
    expect((await state.history(asked())).history.similar).toEqual([
      { entry: done, at_ms: WEDNESDAY - DAY, amount: 90_000, due_date: '2026-11-30' },
    ])
  })

  test('who created or changed a counterparty is told with the person, while it runs and after it was done', async () => {
    const state = await start()
    clock = WEDNESDAY - DAY
    const created = await does(state, onParty('create', { caller: 'agent-2', person: 'u2' }))
    await state.close(created, { ...DONE, made: '9' })
    clock = WEDNESDAY - 1_000
    await does(state, onParty('update', { caller: 'agent-3', person: 'u3' }))
    const failed = await does(state, onParty('update', { caller: 'agent-4', person: 'u4' }))
    await state.close(failed, FAILED)
    expect((await state.history(asked())).history.counterparty_touched).toEqual([
      { by: 'agent-2', person: 'u2', what: 'create', at_ms: WEDNESDAY - DAY },
      { by: 'agent-3', person: 'u3', what: 'update', at_ms: WEDNESDAY - 1_000 },
    ])
    clock = WEDNESDAY + 8 * DAY
    const later = { ...asked(), touched_since_ms: WEDNESDAY + DAY }
    expect((await state.history(later)).history.counterparty_touched).toEqual([])
  })

  test('bank data seen for the first time is no change; other bank data changed now, and a change by a call at once', async () => {
    const state = await start()
    const changed = async (): Promise<number | null> => (await state.history(asked())).history.bank_changed_ms
    await state.sawBank(AURORA, [{ counterparty: '9', bank: '{"pix_key":"a"}' }])
    expect(await changed()).toBeNull()
    clock += 1_000
    await state.sawBank(AURORA, [{ counterparty: '9', bank: '{"pix_key":"a"}' }])
    await state.sawBank(AURORA, [{ counterparty: '8', bank: '{"pix_key":"b"}' }])
    await state.sawBank(BRISA, [{ counterparty: '9', bank: '{"pix_key":"b"}' }])
    expect(await changed()).toBeNull()
    clock += 1_000
    await state.sawBank(AURORA, [{ counterparty: '9', bank: '{"pix_key":"b"}' }])
    expect(await changed()).toBe(WEDNESDAY + 2_000)
    clock += 1_000
    await does(state, onParty('update', {}, true))
    expect(await changed()).toBe(WEDNESDAY + 3_000)
  })

  test('rows of a running read count as those it may give, then as those it gave', async () => {
    const state = await start()
    const input = paymentInput()
    const reading: DecisionInput = {
      ...input,
      tool: { ...input.tool, name: 'get_customers_list', entity: 'customer', effect: 'read', money: false },
      facts: { ...input.facts, amount: null, counterparty: null, idempotency_key: null, rows: 50 },
    }
    const ask = { ...asked(), entity: 'customer', guarded: [] }
    const answer = await state.open({
      request: 'r1',
      revision: 7,
      bundle: 'b'.repeat(64),
      purpose: 'call',
      tool: 'get_customers_list',
      company: AURORA,
      args: {},
      input: reading,
      decision: null,
    })
    expect((await state.history(ask)).history.rows_today).toBe(50)
    expect((await state.history({ ...ask, entity: 'vendor' })).history.rows_today).toBe(0)
    if (answer.kind === 'opened') await state.close(answer.entry, { ...DONE, rows: 7 })
    expect((await state.history(ask)).history.rows_today).toBe(7)
  })

  test('a change of the party between a decision and its entry moves the history', async () => {
    const state = await start()
    const guarded = ['["party","12345678000195","9"]']
    const { seen } = await state.history({ ...asked(), guarded })
    await does(state, onParty('update'))
    expect(await state.open({ ...payment(), seen })).toEqual({ kind: 'moved' })
    const again = await state.history({ ...asked(), guarded })
    await state.sawBank(AURORA, [{ counterparty: '9', bank: '{}' }])
    await state.sawBank(AURORA, [{ counterparty: '9', bank: '{"pix_key":"x"}' }])
    expect(await state.open({ ...payment(), seen: again.seen })).toEqual({ kind: 'moved' })
  })
})
