import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { verifyChain } from '../../../engine/contract/ledger.ts'
import { TRYTONS } from './books.ts'
import { type Session, startSession } from './session.ts'

const MOINHO = '3'
/** Drafts of Padaria Aurora: R$ 842,50 and R$ 3.190,00. */
const [SMALL, LARGE] = ['1', '2']
const TRANSFER = '1'

describe.each(TRYTONS)('agents before %s', (_name, start, missing) => {
  describe.skipIf(missing !== null)('in this order', () => {
    let session: Session
    let created = { vendor: '', payment: '' }
    beforeAll(async () => {
      session = await startSession(start)
    })
    afterAll(() => session?.close())
    const state = (id: string): string | undefined => session.books.payments().find((one) => one.id === id)?.state

    test('an operator creates a vendor, and the ERP has it', async () => {
      const operator = await session.as('operator')
      const vendor = await operator.id('create_vendor', {
        reference: 'V-1',
        name: 'Alfa Embalagens Ltda',
        document: '11222333000181',
        email: 'contas@alfa.example',
      })
      created = { ...created, vendor }
      expect(session.books.parties()[vendor]).toBe('Alfa Embalagens Ltda')
    })

    test('the same reference again creates nothing and answers what was answered', async () => {
      const operator = await session.as('operator')
      const args = { reference: 'V-1', name: 'Alfa Embalagens Ltda', document: '11222333000181' }
      await session.nothingHappens(async () => {
        expect(await operator.call('create_vendor', { ...args, email: 'contas@alfa.example' })).toMatchObject({
          kind: 'result',
          data: { id: created.vendor },
          alcada: { replayed: true },
        })
        const told = await operator.call('create_vendor', { ...args, name: 'Beta Ltda' })
        expect(told).toMatchObject({ kind: 'refusal', error: { code: 'idempotency_conflict' } })
      })
    })

    test('an operator drafts a payment within the limit, and the ERP has it', async () => {
      const operator = await session.as('operator')
      const payment = await operator.id('create_payment_draft', {
        reference: 'P-1',
        vendor_id: created.vendor,
        account_id: TRANSFER,
        amount: 480,
        date: '2026-12-01',
      })
      created = { ...created, payment }
      expect(session.books.payments().find(({ id }) => id === payment)).toEqual({
        id: payment,
        company: 1,
        party: created.vendor,
        amount: '480.00',
        state: 'draft',
      })
    })

    test('a viewer reads, and what writes does not exist for them', async () => {
      const viewer = await session.as('viewer')
      expect(await viewer.data('get_payment_by_id', { id: SMALL })).toMatchObject({ amount: 842.5, status: 'draft' })
      const { tools } = await viewer.client.listTools()
      expect(tools.filter(({ name }) => !name.startsWith('get_'))).toEqual([])
      await session.nothingHappens(async () => {
        const args = { reference: 'V-2', name: 'Beta Ltda', document: '11222333000181' }
        const hidden = await viewer.call('create_vendor', args)
        expect(hidden).toEqual({ kind: 'protocol_error', code: -32602, message: 'unknown tool `create_vendor`' })
        const approved = await viewer.call('update_payment_approved', { reference: 'A-0', payment_ids: [SMALL] })
        expect(approved).toMatchObject({ kind: 'protocol_error', code: -32602 })
      })
    })

    test('a payment above the limit waits for somebody, by the amount in the record: the call names none', async () => {
      const operator = await session.as('operator')
      await session.nothingHappens(async () => {
        const told = await operator.call('update_payment_approved', { reference: 'A-1', payment_ids: [LARGE] })
        expect(told).toMatchObject({
          kind: 'refusal',
          error: { code: 'approval_required' },
          alcada: { retry: 'when_approved', approval: { count: 1, roles: ['approver'] } },
        })
      })
      expect(state(LARGE)).toBe('draft')
    })

    test('payments that are within the limit one by one are not within it together', async () => {
      const operator = await session.as('operator')
      await session.nothingHappens(async () => {
        const told = await operator.call('update_payment_approved', {
          reference: 'A-2',
          payment_ids: [created.payment, SMALL],
        })
        // Two vendors at once: nobody can say whose limit it is.
        expect(told).toMatchObject({ kind: 'refusal', error: { code: 'counterparty_unknown' } })
        await expect(
          operator.call('update_payment_approved', { reference: 'A-3', payment_ids: [SMALL, SMALL] }),
        ).resolves.toMatchObject({ kind: 'refusal', error: { code: 'arguments_invalid' } })
      })
    })

    test('an operator deletes nothing, and an admin nothing that others use', async () => {
      await session.nothingHappens(async () => {
        const operator = await session.as('operator')
        const told = await operator.call('delete_payment_draft', { id: SMALL, reason: 'no longer needed' })
        expect(told).toMatchObject({ kind: 'protocol_error', code: -32602 })
        const admin = await session.as('admin')
        const inUse = await admin.call('delete_vendor', { id: MOINHO, reason: 'no longer needed' })
        expect(inUse).toMatchObject({ kind: 'refusal', error: { code: 'erp_validation' } })
      })
    })

    test('a payment within the limit is approved, and counts as done once the ERP shows it', async () => {
      const operator = await session.as('operator')
      const told = await operator.call('update_payment_approved', { reference: 'A-4', payment_ids: [SMALL] })
      expect(told).toMatchObject({ kind: 'result', data: [{ id: SMALL, reference: 'A-4' }] })
      expect(state(SMALL)).toBe('approved')
      expect(session.alcada.ledger().filter(({ event }) => isConfirm(event))).toHaveLength(1)
    })

    test('a draft that is raised above the limit is judged by its new amount', async () => {
      const operator = await session.as('operator')
      await operator.data('update_payment_draft', { reference: 'C-1', id: created.payment, amount: 1000.01 })
      await session.nothingHappens(async () => {
        const told = await operator.call('update_payment_approved', {
          reference: 'C-2',
          payment_ids: [created.payment],
        })
        expect(told).toMatchObject({ kind: 'refusal', error: { code: 'approval_required' } })
      })
      await operator.data('update_payment_draft', { reference: 'C-3', id: created.payment, amount: 1000 })
      await operator.data('update_payment_approved', { reference: 'C-4', payment_ids: [created.payment] })
      expect(state(created.payment)).toBe('approved')
    })

    test('every call stands in the ledger with what came of it, and the chain is whole', () => {
      const rows = session.alcada.ledger()
      expect(verifyChain(rows)).toMatchObject({ ok: true, rows: rows.length })
      const events = rows.map(({ event }) => event)
      const hidden = session.made.filter(({ told }) => told.kind === 'protocol_error')
      for (const { told } of session.made) {
        if (told.kind === 'protocol_error') continue
        expect(events.map(({ entry }) => entry)).toContain(told.alcada.entry)
      }
      const unknown = events.filter((event) => event.kind === 'recorded' && event.code === 'unknown_tool')
      expect(unknown).toHaveLength(hidden.length)
      const own = events.filter((event) => event.kind === 'opened' && event.purpose === 'call')
      // The server's own reading of its credentials is no call.
      const without = events.filter((event) => event.kind === 'recorded' && event.what !== 'credentials_opened')
      expect(own.length + without.length).toBe(session.made.length)
      const opened = events.filter(({ kind }) => kind === 'opened').map(({ entry }) => entry)
      const closed = events.filter(({ kind }) => kind === 'closed').map(({ entry }) => entry)
      expect([...closed].sort()).toEqual([...opened].sort())
    })
  })
})

function isConfirm(event: { kind: string; purpose?: string }): boolean {
  return event.kind === 'opened' && event.purpose === 'confirm'
}
