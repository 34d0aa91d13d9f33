import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterEach, describe, expect, test } from 'vitest'
import { startNibo } from '../../../engine/sandbox/nibo/server.ts'
import { startOmie } from '../../../engine/sandbox/omie/server.ts'
import type { StandIn } from '../../../engine/sandbox/stand-in.ts'
import { startTrytonStandIn } from '../../../engine/sandbox/tryton/server.ts'
import { confirmed } from '../../../servers/erp/confirm.ts'
import type { ErpDone } from '../../../servers/erp/outcome.ts'
import { AURORA, BRISA, closing } from './erp-on-loopback.ts'
import { type StandInClient, standInClient } from './stand-in.ts'

const open = closing()
afterEach(open.all)

async function against<T extends StandIn>(start: () => Promise<T>): Promise<{ standIn: T; erp: StandInClient }> {
  const standIn = open.add(await start())
  return { standIn, erp: open.add(await standInClient(standIn)) }
}

function first(done: ErpDone): Record<string, unknown> {
  const [record] = Array.isArray(done.data) ? done.data : [done.data]
  return { ...Object(record) }
}

describe.each([
  ['omie', startOmie],
  ['nibo', startNibo],
  ['tryton', startTrytonStandIn],
] as const)('%s', (_, start) => {
  test('every list answers both companies in the universal shape, and its records are found by id', async () => {
    const { erp } = await against<StandIn>(start)
    const ajv = new Ajv2020({ strict: false })
    const lists = Object.values(erp.catalogue.tools).filter(({ answerKind }) => answerKind === 'list')
    expect(lists.length).toBeGreaterThan(4)
    for (const list of lists) {
      for (const company of [AURORA, BRISA]) {
        const page = await erp.done(list.name, { page: 1, page_size: 2 }, { company })
        const schema = Object(list.output['properties'])['data']
        expect(ajv.validate(schema, page.data), `${list.name}: ${ajv.errorsText()}`).toBe(true)
        expect(page.page).toMatchObject({ page: 1, page_size: 2 })
        const byId = erp.catalogue.tools[`get_${list.entity}_by_id`]
        if (byId !== undefined) {
          const { id } = first(page)
          expect(first(await erp.done(byId.name, { id }, { company }))).toEqual(first(page))
        }
      }
    }
  })

  test('the pages of a list follow each other to its end without a gap', async () => {
    const { erp } = await against<StandIn>(start)
    const whole = await erp.done('get_vendors_list', { page: 1, page_size: 500 })
    const found: unknown[] = []
    for (let page = 1; page < 20; page++) {
      const part = await erp.done('get_vendors_list', { page, page_size: 2 })
      found.push(...(Array.isArray(part.data) ? part.data : []))
      if (part.page?.has_next !== true) break
    }
    expect(found).toEqual(whole.data)
  })

  test('a record that does not exist is not found, and a name that nobody has is an empty list', async () => {
    const { erp } = await against<StandIn>(start)
    const id = erp.catalogue.erp.name === 'nibo' ? '00000000-0000-4000-8000-000000000000' : '999999999'
    expect(await erp.call('get_vendor_by_id', { id })).toMatchObject({ kind: 'failed', error: { kind: 'not_found' } })
    const none = await erp.done('get_vendors_list', { name_contains: 'Nobody\'s 100% _ \\ " name' })
    expect(none.data).toEqual([])
  })

  test('a wrong credential is an error of kind auth, for that company alone', async () => {
    const standIn = open.add(await start())
    const names = Object.keys({ ...standIn.credentials[BRISA] }).filter((name) => /secret|token|password/.test(name))
    const wrong = Object.fromEntries(names.map((name) => [name, 'wr0ng-secret']))
    const credentials = { ...standIn.credentials, [BRISA]: { ...standIn.credentials[BRISA], ...wrong } }
    const erp = open.add(await standInClient({ ...standIn, credentials }))
    const refused = await erp.call('get_vendors_list', {}, { company: BRISA })
    expect(refused).toMatchObject({ kind: 'failed', error: { kind: 'auth' } })
    expect(JSON.stringify(refused)).not.toContain('wr0ng')
    expect(await erp.call('get_vendors_list')).toMatchObject({ kind: 'done' })
  })
})

describe('Omie', () => {
  async function openPayable(erp: StandInClient): Promise<{ id: string; amount: number; account: unknown }> {
    const list = await erp.done('get_accounts_payable_list', { status: 'open', page_size: 1 })
    const { id, amount } = first(list)
    const account = first(await erp.done('get_bank_accounts_list'))['id']
    return { id: String(id), amount: Number(amount), account }
  }

  test('a settlement is sent exactly, answered, confirmed by its own answer, and stands in the records', async () => {
    const { standIn, erp } = await against(startOmie)
    const { id, amount, account } = await openPayable(erp)
    const args = { payable_id: id, account_id: account, amount, date: '2026-11-25', reference: 'PG-1' }
    const done = await erp.done('create_payment', args)
    expect(done.data).toMatchObject({ reference: 'PG-1' })
    const checks = erp.catalogue.tools['create_payment']?.confirm?.checks ?? []
    expect(confirmed(checks, { args, resolved: {}, answer: done.answer })).toBe(true)
    expect(confirmed(checks, { args: { ...args, amount: amount + 1 }, resolved: {}, answer: done.answer })).toBe(false)
    expect(standIn.received.at(-1)).toMatchObject({ operation: 'LancarPagamento', company: AURORA, status: 200 })
    expect(await erp.done('get_account_payable_by_id', { id })).toMatchObject({
      data: { status: 'paid', open_amount: 0 },
    })
  })

  test('a settlement whose answer is lost is unknown and sent once', async () => {
    const { standIn, erp } = await against(startOmie)
    const { id, amount, account } = await openPayable(erp)
    standIn.failNext({ operation: 'LancarPagamento', dropConnection: true, afterApplying: true })
    const args = { payable_id: id, account_id: account, amount, date: '2026-11-25', reference: 'PG-2' }
    expect(await erp.call('create_payment', args)).toMatchObject({ kind: 'unknown', error: { kind: 'connection' } })
    expect(standIn.received.filter(({ operation }) => operation === 'LancarPagamento')).toHaveLength(1)
  })

  test('an identical read within a minute comes from memory, and six errors of a method open its circuit before the ban', async () => {
    const { standIn, erp } = await against(startOmie)
    await erp.done('get_vendors_list')
    expect((await erp.done('get_vendors_list')).kind).toBe('done')
    expect(standIn.received).toHaveLength(1)
    for (let id = 1; id <= 6; id++) {
      expect(await erp.call('get_vendor_by_id', { id: String(id) })).toMatchObject({ error: { kind: 'not_found' } })
    }
    expect(await erp.call('get_vendor_by_id', { id: '9' })).toMatchObject({ error: { kind: 'blocked' } })
    expect(standIn.received).toHaveLength(7)
    expect(erp.client.openCircuits()).toMatchObject([{ company: AURORA, operation: 'ConsultarCliente' }])
  })

  test.each<[string, number, unknown, string]>([
    [
      'a ban',
      425,
      {
        faultcode: 'MISUSE_API_PROCESS',
        faultstring: 'ERROR: API bloqueada por consumo indevido. Tente novamente em 1789 segundos.',
      },
      'blocked',
    ],
    [
      'a repeated read',
      500,
      {
        faultcode: 'SOAP-ENV:Client-6',
        faultstring: 'ERROR: Consumo redundante detectado. Aguarde 16 segundos para tentar novamente (REDUNDANT).',
      },
      'rate_limited',
    ],
    ['too many calls', 429, 'Too many Requests', 'rate_limited'],
    ['an error of its own', 500, { faultcode: 'SOAP-ENV:Server', faultstring: 'ERROR' }, 'server'],
    ['a refusal in a 200', 200, { codigo_status: '5', descricao_status: 'Recusado' }, 'validation'],
  ])('%s is told by its kind', async (_, status, body, kind) => {
    const { standIn, erp } = await against(startOmie)
    standIn.failNext({ status, body })
    expect(await erp.call('get_vendors_list')).toMatchObject({ kind: 'failed', error: { kind } })
  })
})

describe('Nibo', () => {
  test('an update keeps what the caller does not name, since the record is read and sent whole', async () => {
    const { standIn, erp } = await against(startNibo)
    const before = first(await erp.done('get_vendors_list', { page_size: 1 }))
    await erp.done('update_vendor', { id: before['id'], email: 'novo@aurora.example' })
    const after = first(await erp.done('get_vendor_by_id', { id: before['id'] }))
    expect(after).toEqual({ ...before, email: 'novo@aurora.example' })
    expect(standIn.received.map(({ operation }) => operation.split(' ')[0])).toEqual(['GET', 'GET', 'PUT', 'GET'])
  })

  test('a settlement is confirmed by what is still open, read back to the centavo', async () => {
    const { erp } = await against(startNibo)
    const list = await erp.done('get_accounts_payable_list', { status: 'open', page_size: 1 })
    const id = first(list)['id']
    const payable = (await erp.done('get_account_payable_by_id', { id })).data
    const account = first(await erp.done('get_bank_accounts_list'))['id']
    const args = { payable_id: id, account_id: account, amount: 10.07, date: '2026-11-25', reference: 'PG-1' }
    const checks = erp.catalogue.tools['create_payment']?.confirm?.checks ?? []
    const holds = async () => {
      const { data } = await erp.done('get_account_payable_by_id', { id }, { maxAgeS: 0 })
      return confirmed(checks, { args, resolved: { payable }, data })
    }
    expect(await holds()).toBe(false)
    await erp.done('create_payment', args)
    expect(await holds()).toBe(true)
  })

  test('fourteen calls a second are kept to: none of thirty is refused', async () => {
    const { standIn, erp } = await against(startNibo)
    const id = first(await erp.done('get_vendors_list', { page_size: 1 }))['id']
    const outcomes = await Promise.all(Array.from({ length: 30 }, () => erp.call('get_vendor_by_id', { id })))
    expect(outcomes.filter(({ kind }) => kind === 'done')).toHaveLength(30)
    expect(standIn.received.filter(({ status }) => status === 429)).toEqual([])
  })

  test('an error in the ERP leaves a write unknown, a refusal of its data does not', async () => {
    const { standIn, erp } = await against(startNibo)
    const args = { reference: 'R-1', name: 'Novo Ltda', document: '11222333000181' }
    standIn.failNext({ status: 500, body: { error: 'internal_server_error', error_description: 'k' } })
    expect(await erp.call('create_vendor', args)).toMatchObject({ kind: 'unknown', error: { kind: 'server' } })
    standIn.failNext({ status: 500, body: { error: 'validation_error', error_description: 'Documento inválido' } })
    expect(await erp.call('create_vendor', args)).toMatchObject({
      kind: 'failed',
      error: { kind: 'validation', message: 'Documento inválido', fromErp: true },
    })
  })
})

describe('Tryton', () => {
  test('a draft is prepared and approved, in the company’s own session', async () => {
    const { standIn, erp } = await against(startTrytonStandIn)
    const vendor = first(await erp.done('get_vendors_list', { page_size: 1 }))['id']
    const account = first(await erp.done('get_bank_accounts_list'))['id']
    const draft = { reference: 'PG-1', vendor_id: vendor, account_id: account, amount: 900.07, date: '2026-11-25' }
    const { id } = first(await erp.done('create_payment_draft', draft))
    expect(await erp.done('get_payment_by_id', { id })).toMatchObject({
      data: { amount: 900.07, status: 'draft', date: '2026-11-25' },
    })
    expect(await erp.done('update_payment_approved', { reference: 'A-1', payment_ids: [id] })).toMatchObject({
      data: [{ id, reference: 'A-1' }],
    })
    expect(await erp.done('get_payment_by_id', { id })).toMatchObject({ data: { status: 'approved' } })
    expect(standIn.received.filter(({ operation }) => operation === 'common.db.login')).toHaveLength(1)
    expect(await erp.call('get_payment_by_id', { id }, { company: BRISA })).toMatchObject({
      error: { kind: 'not_found' },
    })
  })

  test('its own words reach the caller where they are declared, Python’s never do', async () => {
    const { standIn, erp } = await against(startTrytonStandIn)
    const bad = await erp.call('create_vendor', { reference: 'V-1', name: 'Ruim Ltda', document: '11222333000180' })
    expect(bad).toMatchObject({ kind: 'failed', error: { kind: 'validation', fromErp: true } })
    standIn.failNext({ status: 200, body: { id: 1, error: ["'/usr/lib/python3/trytond'", ''] } })
    expect(
      await erp.call('create_vendor', { reference: 'V-2', name: 'Outra Ltda', document: '11222333000181' }),
    ).toMatchObject({
      kind: 'failed',
      error: { kind: 'server', message: 'the ERP failed' },
    })
  })
})
