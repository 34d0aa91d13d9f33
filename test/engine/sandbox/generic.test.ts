// What the stand-in that a file describes does: records that stay, errors, pages, a rate, recordings.
import { describe, expect, test } from 'vitest'
import type { Erp } from '../../../engine/contract/erp.ts'
import type { StandInFile } from '../../../engine/contract/stand-in.ts'
import { ERP, FILE, received, records, start } from './generic-call.ts'

describe('records', () => {
  test('are made, read, changed, replaced, archived and deleted, and stay so', async () => {
    const ask = await start()
    const [, made] = await ask('POST', '/customers', { body: { name: 'New', at: { city: 'Natal', uf: 'RN' } } })
    expect(made).toEqual({ code: 'c1001' })
    expect((await ask('PUT', '/customers/c1001', { body: { id: 'other', at: { city: 'Olinda' } } }))[0]).toBe(200)
    const changed = { id: 'c1001', name: 'New', at: { city: 'Olinda', uf: 'RN' }, active: true }
    expect((await ask('GET', '/customers/c1001'))[1]).toEqual({ data: changed })
    await ask('POST', '/customers/c1001/archive')
    expect((await ask('GET', '/customers/c1001'))[1]).toEqual({ data: { ...changed, active: false } })
    await ask('PUT', '/customers/c1001/whole', { body: { name: 'Bare' } })
    expect((await ask('GET', '/customers/c1001'))[1]).toEqual({ data: { id: 'c1001', name: 'Bare' } })
    expect((await ask('DELETE', '/customers/c1001')).slice(0, 2)).toEqual([204, null])
    expect((await ask('GET', '/customers/c1001'))[0]).toBe(404)
    expect((await ask('POST', '/customers', { body: { name: 'Next' } }))[1]).toEqual({ code: 'c1002' })
  })

  test('come in pages, and narrowed', async () => {
    const ask = await start()
    const first = { id: 'c1', name: 'Name 1', document: 'd1', at: { city: 'Recife', uf: 'PE' } }
    expect((await ask('GET', '/customers?page=1&size=1'))[1]).toEqual({ items: [first], n: 3, pages: 3 })
    expect((await ask('GET', '/customers?page=4&size=1'))[1]).toEqual({ items: [], n: 3, pages: 3 })
    expect((await ask('GET', '/customers?name=E%203'))[1]).toMatchObject({ items: [{ id: 'c3' }], n: 1 })
    expect((await ask('GET', '/rest?skip=1&top=3'))[1]).toMatchObject([{ id: 'c2' }, { id: 'c3' }])
    for (const query of ['page=0', 'size=11', 'page=x']) expect((await ask('GET', `/customers?${query}`))[0]).toBe(422)
  })

  test('of one company are not those of another', async () => {
    const ask = await start({ ...FILE, companies: ['12345678000195', '11222333000181'] })
    await ask('DELETE', '/customers/c1')
    expect(records().length).toBe(2)
    expect(records('11222333000181').length).toBe(3)
  })
})

describe('errors', () => {
  test('tell what was wrong: no record, wrong arguments, a value taken, no JSON, nothing that serves it', async () => {
    const ask = await start()
    expect((await ask('GET', '/customers/none')).slice(0, 2)).toEqual([
      404,
      { error: 'not_found', message: 'there is no such record' },
    ])
    const wrong = await ask('POST', '/customers', { body: { name: 'much too long' } })
    expect(wrong.slice(0, 2)).toEqual([
      422,
      { error: 'validation', message: '/name must NOT have more than 9 characters' },
    ])
    expect((await ask('POST', '/customers', { body: { name: 'New', document: 'd1' } }))[0]).toBe(409)
    expect((await ask('POST', '/customers', { body: '{' }))[0]).toBe(422)
    expect((await ask('GET', '/nothing'))[0]).toBe(501)
    expect(records().length).toBe(3)
  })

  test('are in the words of the file', async () => {
    const body = { fault: { text: { $message: true }, code: 7 } }
    const ask = await start({ ...FILE, errors: { not_found: { status: 200, headers: { 'x-fault': '1' }, body } } })
    const [status, said, headers] = await ask('GET', '/customers/none')
    expect([status, said, headers.get('x-fault')]).toEqual([
      200,
      { fault: { text: 'there is no such record', code: 7 } },
      '1',
    ])
  })

  test('a call above the rate waits as long as it is told', async () => {
    let now = 0
    const ask = await start({ ...FILE, rate: { max: 2, perMs: 3_000 } }, ERP, { now: () => now })
    const statuses = [await ask('GET', '/customers'), await ask('GET', '/customers'), await ask('GET', '/customers')]
    expect(statuses.map(([status]) => status)).toEqual([200, 200, 429])
    expect(statuses[2]?.[2].get('retry-after')).toBe('3')
    now = 3_000
    expect((await ask('GET', '/customers'))[0]).toBe(200)
  })
})

describe('an envelope', () => {
  const rpc: Erp = {
    ...ERP,
    request: { method: 'POST', body: { call: { $native: 'call' }, param: [{ $args: true }] }, result: '/result' },
  }
  const routes: StandInFile['routes'] = [
    { method: 'POST', path: '/rpc', when: { '/call': 'Get' }, does: 'get', of: 'customers', id: { to: '/code' } },
    { method: 'POST', path: '/rpc', when: { '/call': 'Make' }, does: 'create', of: 'customers' },
  ]

  test('holds the arguments, and what is answered stands where erp.yaml looks for it', async () => {
    const ask = await start({ ...FILE, routes }, rpc)
    const call = async (name: string, args: unknown): Promise<unknown> =>
      (await ask('POST', '/rpc', { body: { call: name, param: [args] } }))[1]
    expect(await call('Get', { code: 'c2' })).toMatchObject({ result: { id: 'c2', name: 'Name 2' } })
    expect(await call('Make', { name: 'New' })).toEqual({ result: { id: 'c1001', name: 'New' } })
    expect(received().map(({ operation }) => operation)).toEqual(['POST /rpc Get', 'POST /rpc Make'])
  })
})

test('recorded exchanges are played by method, path, query and body; equal ones in their order', async () => {
  const body = { a: 1, b: [2] }
  const ask = await start({
    exchanges: [
      { method: 'GET', path: '/x/1', status: 200, answer: { state: 'there' } },
      {
        method: 'POST',
        path: '/x',
        body,
        query: { q: '1', p: '2' },
        status: 201,
        headers: { 'x-a': 'b' },
        answer: { done: true },
      },
      { method: 'GET', path: '/x/1', status: 404 },
    ],
  })
  const posted = await ask('POST', '/x?p=2&q=1', { body: { b: [2], a: 1 } })
  expect([posted[0], posted[2].get('x-a')]).toEqual([201, 'b'])
  expect((await ask('POST', '/x?p=2&q=1', { body: { a: 1 } }))[0]).toBe(501)
  expect((await ask('POST', '/x?p=2', { body }))[0]).toBe(501)
  expect((await ask('GET', '/x/1'))[1]).toEqual({ state: 'there' })
  expect((await ask('GET', '/x/1'))[0]).toBe(404)
  expect((await ask('GET', '/x/1'))[0]).toBe(404)
})
