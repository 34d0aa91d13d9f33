import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../../helpers/needs.ts'
import { type Bakery, openBakery } from './bakery.ts'

// Tryton's own approval can be passed by: over its RPC a user who may only prepare payments can write their state, and
// their amount once they are approved. Each way is shown to be open there, and closed here; Tryton's tables are the judge.

const DAIRY = '4'
const TRANSFER = '1'
const MILL = 3
const COMPANY = { company: 1 }
const decimal = (text: string): object => ({ __class__: 'Decimal', decimal: text })

describe.skipIf(needs('tryton', 'opa').missing !== null)('ways past the approval of a real Tryton', () => {
  let bakery: Bakery
  beforeAll(async () => {
    bakery = await openBakery()
  })
  afterAll(() => bakery?.close())

  let used = 0
  const next = (): string => {
    used += 1
    return `W-${used}`
  }
  const agent = (): ReturnType<Bakery['agent']> => bakery.agent('agent-1', 'u17')
  const draft = async (amount: number): Promise<string> =>
    (await agent()).id('create_payment_draft', {
      ...{ reference: next(), vendor_id: DAIRY, account_id: TRANSFER, amount, date: '2026-12-09' },
    })
  const row = (id: string): unknown =>
    bakery.tryton.query('select party, amount, state from account_payment where id = ?', id)[0]
  async function release(id: string, reference: string) {
    return (await agent()).call('update_payment_approved', { reference, payment_ids: [id] })
  }
  /** A payment above the limit that an approver has consented to, and that is not made yet. */
  async function consented(amount: number): Promise<{ id: string; reference: string; request: string }> {
    const [id, reference] = [await draft(amount), next()]
    const told = await release(id, reference)
    const request = told.kind === 'refusal' ? told.alcada.approval?.id : undefined
    if (request === undefined) throw new Error(`expected a request for approval, got ${JSON.stringify(told)}`)
    expect(await bakery.consent('u90', request)).toBe('approved')
    return { id, reference, request }
  }
  const writes = async (id: string, values: object): Promise<void> => {
    const { body } = await bakery.past('model.account.payment.write', [Number(id)], values, COMPANY)
    expect(body).toMatchObject({ result: null })
  }

  test('the state of a payment: Tryton lets it be written, and no argument of ours carries it', async () => {
    const [theirs, ours] = [await draft(900), await draft(901)]
    await writes(theirs, { state: 'approved' })
    expect(row(theirs)).toEqual({ party: 4, amount: '900.00', state: 'approved' })
    const one = await agent()
    for (const state of [{ state: 'approved' }, { status: 'approved' }]) {
      const fields = { vendor_id: DAIRY, account_id: TRANSFER, amount: 9, date: '2026-12-09' }
      for (const [tool, args] of [
        ['update_payment_draft', { id: ours }],
        ['create_payment_draft', fields],
      ] as const) {
        expect(await one.call(tool, { reference: next(), ...args, ...state })).toMatchObject({
          error: { code: 'arguments_invalid', field: Object.keys(state)[0] },
        })
      }
    }
    expect(row(ours)).toEqual({ party: 4, amount: '901.00', state: 'draft' })
    expect(bakery.tryton.query("select id from account_payment where amount in ('9', '9.00')")).toEqual([])
  })

  test('the amount after approval: Tryton lets it be raised, and we refuse', async () => {
    const [theirs, ours] = [await draft(902), await draft(903)]
    for (const id of [theirs, ours]) expect((await release(id, next())).kind).toBe('result')
    await writes(theirs, { amount: decimal('9999.00') })
    expect(row(theirs)).toEqual({ party: 4, amount: '9999.00', state: 'approved' })
    const one = await agent()
    for (const change of [{ amount: 9999 }, { amount: 904 }, { date: '2026-12-24' }, { description: 'other' }]) {
      expect(await one.call('update_payment_draft', { reference: next(), id: ours, ...change })).toMatchObject({
        error: { code: 'record_state' },
      })
    }
    expect(row(ours)).toEqual({ party: 4, amount: '903.00', state: 'approved' })
  })

  test('raising what an approver has consented to: the consent was to the other amount', async () => {
    const { id, reference, request } = await consented(1_500)
    const one = await agent()
    expect((await one.call('update_payment_draft', { reference: next(), id, amount: 9_500 })).kind).toBe('result')
    const told = await release(id, reference)
    expect(told).toMatchObject({ error: { code: 'approval_required' } })
    expect(told.kind === 'refusal' ? told.alcada.approval?.id : null).not.toBe(request)
    expect(await one.data('get_approval_by_id', { id: request })).toMatchObject({ state: 'void' })
    expect(row(id)).toEqual({ party: 4, amount: '9500.00', state: 'draft' })
  })

  test.each([
    ['its amount', 1_600, { amount: decimal('49000.00') }, { party: 4, amount: '49000.00', state: 'draft' }],
    ['who is paid', 1_700, { party: MILL }, { party: 3, amount: '1700.00', state: 'draft' }],
  ])(
    'changing %s in Tryton itself after the consent: the record is read again, and is another',
    async (_name, amount, change, then) => {
      const { id, reference, request } = await consented(amount)
      await writes(id, change)
      const told = await release(id, reference)
      expect(told).toMatchObject({ error: { code: 'approval_required' } })
      expect(told.kind === 'refusal' ? told.alcada.approval?.id : null).not.toBe(request)
      expect(row(id)).toEqual(then)
      expect(bakery.stateWrites()[id]).toBe(undefined)
    },
  )

  test('raising it while its release is decided: it is released with what was decided, or not', async () => {
    const id = await draft(990)
    const one = await agent()
    const [released, raised] = await Promise.all([
      release(id, next()),
      one.call('update_payment_draft', { reference: next(), id, amount: 45_000 }),
    ])
    // Either came first: small and released, or large and waiting for somebody. Never large and released.
    if (released.kind === 'result') {
      expect(raised).toMatchObject({ error: { code: 'record_state' } })
      expect(row(id)).toEqual({ party: 4, amount: '990.00', state: 'approved' })
    } else {
      expect(released).toMatchObject({ error: { code: 'approval_required' } })
      expect(row(id)).toEqual({ party: 4, amount: '45000.00', state: 'draft' })
    }
  })

  test('hiding an approved payment, or a large one, among others: none of them is released', async () => {
    const [small, approved, large] = [await draft(10), await draft(11), await draft(8_000)]
    expect((await release(approved, next())).kind).toBe('result')
    const one = await agent()
    for (const [ids, code] of [
      [[small, approved], 'record_state'],
      [[small, large], 'approval_required'],
    ] as const) {
      const told = await one.call('update_payment_approved', { reference: next(), payment_ids: [...ids] })
      expect(told).toMatchObject({ kind: 'refusal', error: { code } })
    }
    expect([row(small), row(large)]).toMatchObject([{ state: 'draft' }, { state: 'draft' }])
    expect(bakery.stateWrites()[approved]).toEqual(['approved'])
  })
})
