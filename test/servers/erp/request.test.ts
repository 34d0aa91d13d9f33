import { describe, expect, test } from 'vitest'
import type { FilterStyle } from '../../../engine/contract/erp.ts'
import type { ArgumentMap, Native } from '../../../engine/contract/tool.ts'
import { ErpFailure } from '../../../servers/erp/outcome.ts'
import { dropAll, placeAll } from '../../../servers/erp/place.ts'
import { buildRequest } from '../../../servers/erp/request.ts'
import { type ErpChange, erp } from './erp-on-loopback.ts'

const BASE = 'https://127.0.0.1/api/v1'

function built(
  args: ArgumentMap[],
  values: Record<string, unknown>,
  native: Native = { path: '/x' },
  change: ErpChange = {},
) {
  const source = {
    args: values,
    resolved: { payable: { vendor_id: '77' } },
    credential: (name: string) => (name === 'company_id' ? '3' : `<${name}>`),
  }
  const request = buildRequest(erp(BASE, change), native, args, { baseUrl: BASE, source })
  return { ...request, json: request.body === undefined ? undefined : JSON.parse(request.body) }
}

function refusal(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    if (error instanceof ErpFailure) return { kind: error.error.kind, notDone: error.notDone }
    throw error
  }
  return 'accepted'
}

describe('the body', () => {
  test('is built by places, in objects and lists, and holes are null', () => {
    const { json } = built(
      [
        { from: '/name', to: '/0/0/name' },
        { const: 'create', to: '/0/0/identifiers/0/0' },
        { from: '/document', as: 'alnum', to: '/0/0/identifiers/0/1/0/code' },
        { credential: 'company_id', as: 'integer', to: '/2/company' },
      ],
      { name: 'A', document: '12ABC34501DE35' },
    )
    expect(json).toEqual([
      [{ name: 'A', identifiers: [['create', [{ code: '12ABC34501DE35' }]]] }],
      null,
      { company: 3 },
    ])
  })

  test('has an envelope, and an argument can be no part of it', () => {
    const evil = '","app_key":"x","call":"ExcluirCliente'
    const { json } = built(
      [{ from: '/name', to: '/razao_social' }],
      { name: evil },
      { path: '/geral/clientes/', call: 'IncluirCliente' },
      {
        connection: { auth: [{ in: 'body', pointer: '/app_key', credential: 'key' }] },
        request: {
          method: 'POST',
          body: { call: { $native: 'call' }, param: [{ $args: true }], by: { $credential: 'user' } },
        },
      },
    )
    expect(json).toEqual({ call: 'IncluirCliente', param: [{ razao_social: evil }], by: '<user>', app_key: '<key>' })
  })

  test('takes defaults, constants, maps, lists, resolved facts, and leaves out what is not there', () => {
    const args: ArgumentMap[] = [
      { from: '/status', map: { open: 'EMABERTO', paid: 'PAGO' }, to: '/status' },
      { from: '/inactive', as: 'sn', default: false, to: '/inativo' },
      { const: 100, to: '/pct', when: '/cost_center_id' },
      { const: 1, to: '/always' },
      { fact: '/resolved/payable/vendor_id', as: 'integer', to: '/vendor' },
      { each: '/ids', as: 'integer', to: '/ids' },
      { from: '/missing', as: 'decimal', to: '/missing' },
    ]
    expect(built(args, { status: 'open', ids: ['1', '2'] }).json).toEqual({
      status: 'EMABERTO',
      inativo: 'N',
      always: 1,
      vendor: 77,
      ids: [1, 2],
    })
  })

  test('writes money with two decimals and long ids whole', () => {
    const args: ArgumentMap[] = [
      { from: '/amount', as: 'decimal', to: '/valor' },
      { from: '/id', as: 'integer', to: '/id' },
    ]
    expect(built(args, { amount: 1500, id: '9007199254740993' }).body).toBe('{"valor":1500.00,"id":9007199254740993}')
  })

  test('is refused when a value cannot be written, before anything is sent', () => {
    expect(refusal(() => built([{ from: '/id', as: 'integer', to: '/id' }], { id: 'x' }))).toEqual({
      kind: 'validation',
      notDone: true,
    })
    expect(refusal(() => built([{ from: '/s', map: { a: 1 }, to: '/s' }], { s: 'toString' }))).toEqual({
      kind: 'validation',
      notDone: true,
    })
    expect(refusal(() => built([{ each: '/ids', to: '/ids' }], { ids: '1' }))).toEqual({
      kind: 'validation',
      notDone: true,
    })
  })

  test('never reaches a prototype, and a constant of the catalogue stays as it is', () => {
    const shared = { a: {} }
    expect(refusal(() => placeAll([{ pointer: '/__proto__/x', value: 1 }]))).toMatchObject({ kind: 'internal' })
    expect(
      placeAll([
        { pointer: '/c', value: shared },
        { pointer: '/c/a/b', value: 1 },
      ]),
    ).toEqual({ c: { a: { b: 1 } } })
    expect(shared).toEqual({ a: {} })
    expect(
      refusal(() =>
        placeAll([
          { pointer: '/0', value: 1 },
          { pointer: '/x', value: 1 },
        ]),
      ),
    ).toMatchObject({ kind: 'internal' })
    expect(refusal(() => placeAll([{ pointer: '/99999999', value: 1 }]))).toMatchObject({ kind: 'internal' })
  })

  test('a GET has none, a DELETE only with something to say', () => {
    expect(built([{ from: '/id', to: '/id' }], { id: '1' }, { path: '/x', method: 'GET' }).body).toBeUndefined()
    expect(built([], {}, { path: '/x', method: 'DELETE' }).body).toBeUndefined()
    expect(built([{ from: '/id', to: '/id' }], { id: '1' }, { path: '/x', method: 'DELETE' }).json).toEqual({ id: '1' })
  })
})

describe('the address', () => {
  const native: Native = { path: '/schedules/debit/{id}/payments', method: 'GET', query: { $orderby: 'scheduleId' } }
  const id: ArgumentMap[] = [{ from: '/id', path: 'id' }]

  test('has its places filled percent-encoded', () => {
    const { url } = built([...id, { from: '/q', query: 'q' }], { id: 'a/b?c#d%2e ç', q: 'x&y=z' }, native)
    expect(url.pathname).toBe('/api/v1/schedules/debit/a%2Fb%3Fc%23d%252e%20%C3%A7/payments')
    expect([...url.searchParams]).toEqual([
      ['$orderby', 'scheduleId'],
      ['q', 'x&y=z'],
    ])
  })

  test.each(['', '.', '..'])('a value %o cannot change the path', (value) => {
    expect(refusal(() => built(id, { id: value }, native))).toEqual({ kind: 'validation', notDone: true })
  })

  test('a place without a value is refused', () => {
    expect(refusal(() => built(id, {}, native))).toEqual({ kind: 'validation', notDone: true })
  })

  test('a path of the catalogue that is not what it looks like is refused', () => {
    expect(refusal(() => built([], {}, { path: '/a/../b' }))).toMatchObject({ kind: 'internal' })
  })

  test('takes a credential as query where the ERP wants it so', () => {
    const auth = [{ in: 'query' as const, name: 'apitoken', credential: 'key' }]
    expect(built([], {}, native && { path: '/x' }, { connection: { auth } }).url.search).toBe('?apitoken=%3Ckey%3E')
  })
})

describe('headers', () => {
  test('carry arguments, fixed values, tokens with a scheme and basic credentials', () => {
    const auth = [
      { in: 'header' as const, name: 'X-Token', credential: 'key', scheme: 'Bearer' },
      { in: 'basic' as const, user: 'user', password: 'password' },
    ]
    const request = { method: 'POST' as const, headers: { 'x-fixed': '1' } }
    expect(
      built([{ from: '/r', header: 'X-Ref' }], { r: 'PG-1' }, { path: '/x' }, { connection: { auth }, request })
        .headers,
    ).toMatchObject({
      'x-ref': 'PG-1',
      'x-fixed': '1',
      'x-token': 'Bearer <key>',
      authorization: `Basic ${Buffer.from('<user>:<password>').toString('base64')}`,
    })
  })

  test.each(['a\r\nx-evil: 1', 'a\u0000', 'ç'])('a value %o cannot stand in one', (value) => {
    expect(refusal(() => built([{ from: '/r', header: 'X-Ref' }], { r: value }))).toEqual({
      kind: 'validation',
      notDone: true,
    })
  })
})

describe('filters', () => {
  const odata: FilterStyle = { style: 'odata', query: '$filter' }
  const domain: FilterStyle = { style: 'domain', to: '/0' }
  const get: Native = { path: '/x', method: 'GET' }

  test('OData: literals by type, quotes doubled, GUIDs, numbers, dates and booleans bare', () => {
    const args: ArgumentMap[] = [
      { const: false, filter: { field: 'isPaid', op: 'eq' } },
      { from: '/name', filter: { field: 'stakeholder/name', op: 'contains' } },
      { from: '/document', filter: { field: 'document/number', op: 'eq' } },
      { from: '/id', as: 'guid', filter: { field: 'stakeholder/id', op: 'eq' } },
      { from: '/from', as: 'date_iso', filter: { field: 'dueDate', op: 'ge' } },
      { from: '/to', as: 'date_iso', filter: { field: 'dueDate', op: 'le' } },
      { from: '/amount', as: 'decimal', filter: { field: 'value', op: 'gt' } },
      { const: ['Debit', 'Credit'], filter: { field: 'type', op: 'in' } },
    ]
    const values = {
      name: "D'Avila') or (1 eq 1",
      document: '11497110000127',
      id: '0f8fad5b-d9cb-469f-a165-70867728950e',
      from: '2026-08-01',
      amount: 10,
    }
    expect(built(args, values, get, { filters: odata }).url.searchParams.get('$filter')).toBe(
      "isPaid eq false and contains(stakeholder/name,'D''Avila'') or (1 eq 1') and document/number eq '11497110000127'" +
        ' and stakeholder/id eq 0f8fad5b-d9cb-469f-a165-70867728950e and dueDate ge 2026-08-01 and value gt 10.00' +
        " and (type eq 'Debit' or type eq 'Credit')",
    )
  })

  test('OData: without a condition there is no filter', () => {
    const args: ArgumentMap[] = [{ from: '/name', filter: { field: 'name', op: 'contains' } }]
    expect(built(args, {}, get, { filters: odata }).url.search).toBe('')
  })

  test('a Tryton domain is a list of conditions, empty when there are none', () => {
    const args: ArgumentMap[] = [
      { const: 1, filter: { field: 'categories', op: 'eq' } },
      { from: '/name', as: 'like', filter: { field: 'name', op: 'contains' } },
      { from: '/due', as: 'tryton_date', filter: { field: 'maturity_date', op: 'le' } },
      { const: [true, false], filter: { field: 'active', op: 'in' } },
      { const: 2, filter: { field: 'id', op: 'ne' } },
    ]
    expect(built(args, { name: "x' --", due: '2026-11-30' }, { path: '/' }, { filters: domain }).json).toEqual([
      [
        ['categories', '=', 1],
        ['name', 'ilike', "%x' --%"],
        ['maturity_date', '<=', { __class__: 'date', year: 2026, month: 11, day: 30 }],
        ['active', 'in', [true, false]],
        ['id', '!=', 2],
      ],
    ])
    const [, name] = args
    expect(built(name === undefined ? [] : [name], {}, { path: '/' }, { filters: domain }).json).toEqual([[]])
    expect(built([], {}, { path: '/' }, { filters: domain }).json).toEqual({})
  })
})

test('two requests that ask the same have one digest, others have another', () => {
  const args: ArgumentMap[] = [{ from: '/id', to: '/id' }]
  expect(built(args, { id: '1' }).digest).toBe(built(args, { id: '1' }).digest)
  expect(built(args, { id: '1' }).digest).not.toBe(built(args, { id: '2' }).digest)
})

test('fields are dropped from a record without touching it', () => {
  const record = { a: 1, b: { c: 2, d: [1, 2] } }
  expect(dropAll(record, ['/a', '/b/c', '/x/y', '/b/d/0'])).toEqual({ b: { d: [2] } })
  expect(record).toEqual({ a: 1, b: { c: 2, d: [1, 2] } })
})
