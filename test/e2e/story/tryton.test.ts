import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { needs } from '../../helpers/needs.ts'
import { type Bakery, openBakery } from './bakery.ts'

// One day at Padaria Aurora: its policy as it is shipped, a real trytond, a real browser.

/** Laticínios Serra Verde, whom the bakery has bought from for years; R$ 842,50 to another one stand ready as a draft. */
const DAIRY = '4'
const [TRANSFER, SMALL] = ['1', '1']
const MILK = {
  vendor_id: DAIRY,
  account_id: TRANSFER,
  amount: 4_120.35,
  date: '2026-12-07',
  description: 'NF 5560 leite',
}

describe.skipIf(needs('tryton', 'chromium', 'opa').missing !== null)('a day of an agent that pays', () => {
  let bakery: Bakery
  beforeAll(async () => {
    bakery = await openBakery()
  })
  afterAll(() => bakery?.close())

  const payments = (party: string): Record<string, unknown>[] =>
    bakery.tryton.query('select id, amount, state from account_payment where party = ? order by id', party)
  const approve = (reference: string, id: string): [string, Record<string, unknown>] => [
    'update_payment_approved',
    { reference, payment_ids: [id] },
  ]
  let vendor = ''
  let milk = ''
  let paidIn = ''

  test('the agent creates a supplier, and Tryton has it', async () => {
    const agent = await bakery.agent('agent-1', 'u17')
    vendor = await agent.id('create_vendor', {
      reference: 'V-1',
      name: 'Alfa Embalagens Ltda',
      document: '11222333000181',
    })
    expect(bakery.tryton.query('select name from party_party where id = ?', vendor)).toEqual([
      { name: 'Alfa Embalagens Ltda' },
    ])
  })

  test('it pays what is within the alçada', async () => {
    const agent = await bakery.agent('agent-1', 'u17')
    expect(await agent.call(...approve('P-1', SMALL))).toMatchObject({ kind: 'result', data: [{ id: SMALL }] })
    expect(bakery.stateWrites()).toEqual({ [SMALL]: ['approved'] })
  })

  test('above it, it is stopped: nothing in Tryton has changed, and somebody is asked', async () => {
    const agent = await bakery.agent('agent-1', 'u17')
    milk = await agent.id('create_payment_draft', { reference: 'M-1', ...MILK })
    expect(await agent.call(...approve('P-2', milk))).toMatchObject({
      kind: 'refusal',
      error: { code: 'approval_required' },
      alcada: { retry: 'when_approved', approval: { count: 1, roles: ['approver'] } },
    })
    expect(payments(DAIRY).at(-1)).toEqual({ id: Number(milk), amount: '4120.35', state: 'draft' })
  })

  test('an approver sees in the browser what will be done, and approves it', async () => {
    const { page, troubles, close } = await bakery.approver('u90')
    await page.getByRole('link', { name: 'R$ 4.120,35' }).click()
    expect(await page.locator('main').innerText()).toContain('Laticínios Serra Verde S.A.')
    await page.getByRole('button', { name: 'Aprovar' }).click()
    expect(await page.getByRole('status').innerText()).toContain('aprovado por você')
    expect(troubles()).toEqual([])
    await close()
    // Consent is not the payment.
    expect(bakery.stateWrites()[milk]).toBe(undefined)
  })

  test('the agent repeats the call five times at once, and Tryton is told once', async () => {
    const agent = await bakery.agent('agent-1', 'u17')
    const told = await Promise.all([1, 2, 3, 4, 5].map(() => agent.call(...approve('P-2', milk))))
    expect(told.map(({ kind }) => kind)).toEqual(['result', 'result', 'result', 'result', 'result'])
    const entries = new Set(told.map((one) => (one.kind === 'result' ? one.alcada.entry : '')))
    expect(entries.size).toBe(1)
    paidIn = [...entries].join()
    expect(told.filter((one) => one.kind === 'result' && one.alcada.replayed === true)).toHaveLength(4)
    expect(bakery.stateWrites()).toEqual({ [SMALL]: ['approved'], [milk]: ['approved'] })
    // The consent is used up with it: the same again under another name is another payment, and this one is approved.
    expect(await agent.call(...approve('P-3', milk))).toMatchObject({ error: { code: 'record_state' } })
  })

  test('nobody who answers for it pays the supplier that it created itself, and somebody else does', async () => {
    const [maker, other] = [await bakery.agent('agent-1', 'u17'), await bakery.agent('agent-2', 'u17')]
    const colleague = await bakery.agent('agent-3', 'u18')
    const draft = { vendor_id: vendor, account_id: TRANSFER, amount: 250, date: '2026-12-08' }
    const refused = { kind: 'refusal', error: { code: 'own_counterparty' }, alcada: { retry: 'never' } }
    for (const agent of [maker, other]) {
      expect(await agent.call('create_payment_draft', { reference: 'A-1', ...draft })).toMatchObject(refused)
    }
    expect(payments(vendor)).toEqual([])
    const id = await colleague.id('create_payment_draft', { reference: 'A-2', ...draft })
    for (const agent of [maker, other]) expect(await agent.call(...approve('A-3', id))).toMatchObject(refused)
    expect(payments(vendor)).toEqual([{ id: Number(id), amount: '250.00', state: 'draft' }])
    expect(await colleague.call(...approve('A-4', id))).toMatchObject({ kind: 'result' })
    expect(payments(vendor)).toEqual([{ id: Number(id), amount: '250.00', state: 'approved' }])
  })

  test('the auditor finds who let it through, and the ledger as it was written, up to what the anchor knows', async () => {
    // Its end is what the server hands over when it ends.
    await bakery.alcada.restart()
    const { out } = await bakery.audit('search', 'tryton', '--entry', paidIn, '--format', 'json')
    expect(JSON.parse(out).entries).toMatchObject([
      { entry: paidIn, what: 'done', tool: 'update_payment_approved', person: 'u17', amount: 412_035 },
    ])
    const given = bakery.alcada.ledger().flatMap(({ event }) => (event.kind === 'recorded' ? [event] : []))
    expect(given.filter(({ what }) => what === 'approval_given').map(({ caller }) => caller?.person)).toEqual(['u90'])
    const whole = await bakery.audit('verify', 'tryton', '--anchor', bakery.anchor)
    expect([whole.code, whole.err]).toEqual([0, ''])
    expect(whole.out).toMatch(/^tryton: \d+ rows, each as it was written; end proved up to row \d+, \d+ after it\n$/)
  })

  test('one byte is changed, and verification names the entry', async () => {
    const path = join(bakery.alcada.env['ALCADA_STATE_DIR'] ?? '', 'ledger.sqlite')
    const database = new DatabaseSync(path, { timeout: 30_000 })
    database.exec('DROP TRIGGER ledger_no_update')
    const changed = database
      .prepare(
        "UPDATE ledger SET event = replace(event, '\"amount\":412035', '\"amount\":412036') WHERE kind = 'opened' AND entry = ?",
      )
      .run(paidIn)
    database.close()
    expect(changed.changes).toBe(1)
    const { code, out } = await bakery.audit('verify', 'tryton', '--anchor', bakery.anchor)
    expect(code).toBe(3)
    expect(out).toMatch(/^tryton: broken at row \d+, entry tryton-\d{9}: its content is not what was written\n$/)
    expect(out).toContain(`entry ${paidIn}:`)
  })
})
