import { afterEach, describe, expect, test } from 'vitest'
import { asked } from './asked.ts'
import { call, catalogue, client, closing, erp, erpServer, tool, write } from './erp-on-loopback.ts'

const open = closing()
afterEach(open.all)

const PAYABLE_TOOL = tool({
  name: 'get_account_payable_by_id',
  entity: 'account_payable',
  answer: { record: 'account_payable' },
})

describe('a native record becomes a universal one', () => {
  test('every field is there, what is not known or does not fit is null', async () => {
    const text =
      '{"codigo":9007199254740993,"cliente":{"id":12},"a":"x","b":"y","venc":"30/11/2026","valor":0.3,"pago":0.1,"situacao":"A VENCER"}'
    const { outcome } = await asked(open, PAYABLE_TOOL, { id: '1', reference: 'R-1' }, () => ({ text }))
    expect(outcome).toEqual({
      kind: 'done',
      page: null,
      ageS: 0,
      answer: {
        codigo: '9007199254740993',
        cliente: { id: 12 },
        a: 'x',
        b: 'y',
        venc: '30/11/2026',
        valor: 0.3,
        pago: 0.1,
        situacao: 'A VENCER',
      },
      data: {
        id: '9007199254740993',
        reference: 'R-1',
        vendor_id: '12',
        vendor_name: null,
        document_number: null,
        description: 'xy',
        category_id: '1.01',
        issue_date: null,
        due_date: '2026-11-30',
        accrual_date: null,
        changed_date: null,
        amount: 0.3,
        paid_amount: 0.1,
        open_amount: 0.2,
        status: 'open',
      },
    })
  })

  test('a state outside of the vocabulary, and one that is not mapped, are not known', async () => {
    for (const situacao of ['ODD', 'OTHER', 'constructor']) {
      const { outcome } = await asked(open, PAYABLE_TOOL, {}, () => ({ json: { codigo: 1, situacao } }))
      expect(outcome).toMatchObject({ kind: 'done', data: { status: null } })
    }
  })

  test('a bank account inside a record has all its fields', async () => {
    const { outcome } = await asked(open, tool(), { id: '1' }, () => ({ json: { id: 1, name: 'A' } }))
    expect(outcome).toMatchObject({
      data: { id: '1', name: 'A', bank: { bank_code: null, branch: null, account: null, pix_key: null } },
    })
  })
})

describe('one record', () => {
  test('that is not there is not found', async () => {
    for (const answer of [{ text: 'null' }, { status: 204 }]) {
      const { outcome } = await asked(open, tool(), { id: '1' }, () => answer)
      expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'not_found' } })
    }
  })

  test('is the first of a list where the ERP answers lists, and none is not found', async () => {
    const of = tool({ answer: { record: 'vendor', items: '' } })
    expect((await asked(open, of, {}, () => ({ json: [{ id: 7 }] }))).outcome).toMatchObject({ data: { id: '7' } })
    expect((await asked(open, of, {}, () => ({ json: [] }))).outcome).toMatchObject({ error: { kind: 'not_found' } })
  })

  test('an error of kind empty is not found', async () => {
    const errors = [{ pointer: '/faultcode', kind: 'empty' as const }]
    const { outcome } = await asked(open, tool(), {}, () => ({ status: 500, json: { faultcode: '5113' } }), { errors })
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'not_found' } })
  })

  test('a write may answer nothing, one bare text, or text without quotes', async () => {
    const bare = write({ answer: { record: 'written' } })
    expect((await asked(open, bare, { reference: 'R' }, () => ({ status: 204 }))).outcome).toMatchObject({
      kind: 'done',
      data: { id: null, reference: 'R' },
    })
    const base = { fields: { '/id': { from: '' } }, sensitive: {}, record: 'written' }
    for (const text of ['"0f8fad5b-d9cb"', '0f8fad5b-d9cb']) {
      const server = open.add(await erpServer(() => ({ text })))
      const of = catalogue(erp(server.url), bare)
      const one = open.add(client({ ...of, records: { written: base } }))
      expect(await one.call(call(bare))).toMatchObject({ kind: 'done', data: { id: '0f8fad5b-d9cb' } })
    }
  })
})

describe('a list', () => {
  const LIST = tool({
    name: 'get_vendors_list',
    answerKind: 'list',
    args: [],
    answer: { record: 'vendor', items: '/items', total: '/total' },
  })
  const vendors = (from: number, count: number) => Array.from({ length: count }, (_, index) => ({ id: from + index }))

  test('by page number: page and size are sent, the size is cut to what the ERP gives', async () => {
    const paging = {
      p: { style: 'page' as const, page: { to: '/pagina' }, size: { to: '/registros' }, max: 3, pages: '/pages' },
    }
    const answer = { json: { items: vendors(4, 3), total: 8, pages: 3 } }
    const { outcome, seen } = await asked(open, { ...LIST, paging: 'p' }, { page: 2, page_size: 500 }, () => answer, {
      paging,
    })
    expect(seen[0]?.body).toEqual({ pagina: 2, registros: 3 })
    expect(outcome).toMatchObject({
      data: [{ id: '4' }, { id: '5' }, { id: '6' }],
      page: { total_count: 8, page: 2, page_size: 3, has_next: true },
    })
  })

  test('by page number: the last page has no next, told by pages, by the total, or by being short', async () => {
    const paging = (pages?: string) => ({
      p: {
        style: 'page' as const,
        page: { to: '/p' },
        size: { to: '/s' },
        max: 3,
        ...(pages !== undefined && { pages }),
      },
    })
    const next = async (json: unknown, pages?: string) =>
      (await asked(open, { ...LIST, paging: 'p' }, { page: 2 }, () => ({ json }), { paging: paging(pages) })).outcome
    expect(await next({ items: vendors(1, 3), pages: 2 }, '/pages')).toMatchObject({ page: { has_next: false } })
    expect(await next({ items: vendors(1, 3), total: 6 })).toMatchObject({ page: { has_next: false } })
    expect(await next({ items: vendors(1, 3), total: 7 })).toMatchObject({ page: { has_next: true } })
    expect(await next({ items: vendors(1, 2) })).toMatchObject({ page: { total_count: null, has_next: false } })
    expect(await next({ items: vendors(1, 3) })).toMatchObject({ page: { total_count: null, has_next: true } })
  })

  test('by offset: one record more than a page is asked for, and tells that there is a next one', async () => {
    const paging = { o: { style: 'offset' as const, offset: { query: '$skip' }, size: { query: '$top' }, max: 499 } }
    const of = { ...LIST, paging: 'o', native: { path: '/x', method: 'GET' as const } }
    const full = await asked(
      open,
      of,
      { page: 3, page_size: 2 },
      () => ({ json: { items: vendors(5, 3), total: 9 } }),
      {
        paging,
      },
    )
    expect(full.seen[0]?.url).toBe('/x?%24skip=4&%24top=3')
    expect(full.outcome).toMatchObject({
      data: [{ id: '5' }, { id: '6' }],
      page: { total_count: 9, page: 3, page_size: 2, has_next: true },
    })
    const last = await asked(open, of, { page: 3, page_size: 2 }, () => ({ json: { items: vendors(5, 2) } }), {
      paging,
    })
    expect(last.outcome).toMatchObject({ data: [{ id: '5' }, { id: '6' }], page: { has_next: false } })
  })

  test('that the ERP always answers whole is cut into pages here', async () => {
    const { outcome } = await asked(open, LIST, { page: 2, page_size: 2 }, () => ({ json: { items: vendors(1, 5) } }))
    expect(outcome).toMatchObject({
      data: [{ id: '3' }, { id: '4' }],
      page: { total_count: 5, page: 2, page_size: 2, has_next: true },
    })
  })

  test('an error of kind empty is an empty list', async () => {
    const errors = [{ pointer: '/faultcode', matches: '5113$', kind: 'empty' as const }]
    const answer = { status: 500, json: { faultcode: 'SOAP-ENV:Client-5113' } }
    const { outcome } = await asked(open, LIST, { page: 1, page_size: 20 }, () => answer, { errors })
    expect(outcome).toMatchObject({
      kind: 'done',
      data: [],
      page: { total_count: 0, page: 1, page_size: 20, has_next: false },
    })
    const many = await asked(open, { ...LIST, answerKind: 'many' }, {}, () => answer, { errors })
    expect(many.outcome).toMatchObject({ kind: 'done', data: [] })
  })

  test('an answer without its list cannot be read', async () => {
    const { outcome } = await asked(open, LIST, {}, () => ({ json: { rows: [] } }))
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'unreadable_answer' } })
  })

  test('of many without pages is read page by page to its end', async () => {
    const paging = { p: { style: 'page' as const, page: { to: '/p' }, size: { to: '/s' }, max: 2, pages: '/pages' } }
    const of = { ...LIST, answerKind: 'many' as const, paging: 'p' }
    const { outcome, seen } = await asked(
      open,
      of,
      {},
      (n) => ({ json: { items: vendors(n * 2 - 1, n === 3 ? 1 : 2), pages: 3 } }),
      { paging },
    )
    expect(outcome).toMatchObject({
      data: [{ id: '1' }, { id: '2' }, { id: '3' }, { id: '4' }, { id: '5' }],
      page: { total_count: 5 },
    })
    expect(seen.map(({ body }) => body)).toEqual([
      { p: 1, s: 2 },
      { p: 2, s: 2 },
      { p: 3, s: 2 },
    ])
  })

  test('of many that never ends is refused', async () => {
    const paging = { p: { style: 'page' as const, page: { to: '/p' }, size: { to: '/s' }, max: 2, pages: '/pages' } }
    const of = { ...LIST, answerKind: 'many' as const, paging: 'p' }
    const { outcome, seen } = await asked(open, of, {}, () => ({ json: { items: vendors(1, 2), pages: 999 } }), {
      paging,
    })
    expect(outcome).toMatchObject({ kind: 'failed', error: { kind: 'validation' } })
    expect(seen).toHaveLength(20)
  })
})

test('a write that answers nothing has one record per element of its argument', async () => {
  const of = write({
    answerKind: 'many',
    args: [{ each: '/ids', as: 'integer', to: '/0' }],
    answer: { record: 'approved', itemsArg: '/ids' },
  })
  const server = open.add(await erpServer(() => ({ text: '{"result":null}' })))
  const approved = {
    record: 'written',
    fields: { '/id': { from: '' }, '/reference': { arg: '/reference' } },
    sensitive: {},
  }
  const base = catalogue(erp(server.url, { request: { method: 'POST', result: '/result' } }), of)
  const one = open.add(client({ ...base, records: { approved } }))
  expect(await one.call(call(of, { ids: ['4', '5'], reference: 'R' }))).toMatchObject({
    kind: 'done',
    data: [
      { id: '4', reference: 'R' },
      { id: '5', reference: 'R' },
    ],
    answer: null,
  })
  expect(server.seen[0]?.body).toEqual([[4, 5]])
})
