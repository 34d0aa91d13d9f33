import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AURORA, BRISA } from '../../helpers/alcada/start.ts'
import { TRYTONS } from './books.ts'
import { type Session, startSession } from './session.ts'

const MOINHO = '3'
const HOTEL_A_CUSTOMER = '9'
/** Of Padaria Aurora: R$ 842,50 and R$ 3.190,00 are drafts, R$ 300,00 is approved. */
const [SMALL, LARGE, APPROVED] = ['1', '2', '3']
/** Of Brisa Comércio: R$ 15.900,00, a draft. */
const OF_BRISA = '4'
const [TRANSFER, TRANSFER_OF_BRISA] = ['1', '3']

describe.each(TRYTONS)('ways round the limits of %s', (_name, start, missing) => {
  describe.skipIf(missing !== null)('are closed', () => {
    let session: Session
    beforeAll(async () => {
      session = await startSession(start)
    })
    afterAll(() => session?.close())

    test('no way round: not the state through arguments, no strange amount, no approved payment', async () => {
      const operator = await session.as('operator')
      const admin = await session.as('admin')
      const draft = { vendor_id: MOINHO, account_id: TRANSFER, amount: 10, date: '2026-12-01' }
      const refused: [tool: string, args: Record<string, unknown>, code: string][] = [
        ['update_payment_draft', { reference: 'B-1', id: LARGE, state: 'approved' }, 'arguments_invalid'],
        ['update_payment_draft', { reference: 'B-2', id: LARGE, status: 'approved' }, 'arguments_invalid'],
        ['create_payment_draft', { reference: 'B-3', ...draft, state: 'approved' }, 'arguments_invalid'],
        ['create_payment_draft', { reference: 'B-4', ...draft, amount: -10 }, 'arguments_invalid'],
        ['create_payment_draft', { reference: 'B-5', ...draft, amount: 0 }, 'arguments_invalid'],
        ['create_payment_draft', { reference: 'B-6', ...draft, amount: 10.001 }, 'arguments_invalid'],
        ['create_payment_draft', { reference: 'B-7', ...draft, amount: '10' }, 'arguments_invalid'],
        ['create_payment_draft', { reference: 'B-8', ...draft, company: 2 }, 'arguments_invalid'],
        // The amount of an approved payment can be written in Tryton, and it stays approved.
        ['update_payment_draft', { reference: 'B-9', id: APPROVED, amount: 9999 }, 'record_state'],
        ['update_payment_draft', { reference: 'B-10', id: APPROVED, date: '2026-12-24' }, 'record_state'],
        ['update_payment_approved', { reference: 'B-11', payment_ids: [APPROVED] }, 'record_state'],
        // A list would fail as a whole ever after.
        ['create_payment_draft', { reference: 'B-12', ...draft, vendor_id: '999' }, 'resolve_failed'],
        ['create_payment_draft', { reference: 'B-13', ...draft, vendor_id: HOTEL_A_CUSTOMER }, 'resolve_failed'],
      ]
      await session.nothingHappens(async () => {
        for (const [tool, args, code] of refused) {
          expect({ args, told: await operator.call(tool, args) }).toMatchObject({
            args,
            told: { kind: 'refusal', error: { code } },
          })
        }
        const gone = await admin.call('delete_payment_draft', { id: APPROVED, reason: 'no longer needed' })
        expect(gone).toMatchObject({ kind: 'refusal', error: { code: 'record_state' } })
      })
    })

    test('a token of one company reaches nothing of the other one', async () => {
      const aurora = await session.as('operator')
      const brisa = await session.as('operator', BRISA)
      const admin = await session.as('admin')
      const none = { kind: 'refusal', error: { code: 'erp_not_found' } }
      await session.nothingHappens(async () => {
        expect(await aurora.call('get_payment_by_id', { id: OF_BRISA })).toMatchObject(none)
        expect(await brisa.call('get_payment_by_id', { id: SMALL })).toMatchObject(none)
        expect(await aurora.call('get_account_payable_by_id', { id: '5' })).toMatchObject(none)
        const both = await Promise.all([aurora, brisa].map((one) => one.data('get_payments_list')))
        expect(both.map(ids)).toEqual([
          [APPROVED, SMALL, LARGE],
          [OF_BRISA, '5'],
        ])
        const unread = { kind: 'refusal', error: { code: 'resolve_failed' } }
        const approve = { reference: 'D-1', payment_ids: [OF_BRISA] }
        expect(await aurora.call('update_payment_approved', approve)).toMatchObject(unread)
        expect(await aurora.call('update_payment_draft', { reference: 'D-2', id: OF_BRISA, amount: 1 })).toMatchObject(
          unread,
        )
        const gone = { id: OF_BRISA, reason: 'no longer needed' }
        expect(await admin.call('delete_payment_draft', gone)).toMatchObject(unread)
        const draft = { vendor_id: MOINHO, account_id: TRANSFER_OF_BRISA, amount: 10, date: '2026-12-01' }
        const told = await aurora.call('create_payment_draft', { reference: 'D-3', ...draft })
        expect(told).toMatchObject({ kind: 'refusal', error: { code: 'erp_validation' } })
      })
    })

    test('a token of both says which, and gets that one alone', async () => {
      const both = await session.as('operator', [AURORA, BRISA])
      expect(await both.call('get_payments_list')).toMatchObject({
        kind: 'refusal',
        error: { code: 'company_required', field: 'company' },
      })
      expect(ids(await both.data('get_payments_list', { company: BRISA }))).toEqual([OF_BRISA, '5'])
      const elsewhere = await both.call('get_payments_list', { company: '11222333000181' })
      expect(elsewhere).toMatchObject({ kind: 'refusal', error: { code: 'company_not_allowed' } })
      const draft = { vendor_id: MOINHO, account_id: TRANSFER_OF_BRISA, amount: 10, date: '2026-12-01' }
      const payment = await both.id('create_payment_draft', { reference: 'E-1', ...draft, company: BRISA })
      expect(session.books.payments().find(({ id }) => id === payment)?.company).toBe(2)
    })

    test('without the state that tools.yaml expects, Tryton lets the amount of an approved payment be written', async () => {
      const guard = ', expect: { /status: [draft] } }\n    facts:\n      amount: { first: ['
      session.alcada.project.replace(
        'erps/tryton/tools.yaml',
        guard,
        guard.replace(', expect: { /status: [draft] }', ''),
      )
      await session.alcada.publish()
      const operator = await session.as('operator')
      await operator.data('update_payment_draft', { reference: 'F-1', id: APPROVED, amount: 9999 })
      expect(session.books.payments().find(({ id }) => id === APPROVED)).toMatchObject({
        amount: '9999.00',
        state: 'approved',
      })
    })
  })
})

function ids(list: unknown): string[] {
  return Array.isArray(list) ? list.map(({ id }: { id: string }) => id) : []
}
