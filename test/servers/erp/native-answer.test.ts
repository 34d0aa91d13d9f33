// What differs between the calls of one ERP: PATCH, an answer whose content begins elsewhere, and an item that only
// counts as the record where something is absent.
import { afterEach, expect, test } from 'vitest'
import { asked, PAYABLE } from './asked.ts'
import { call, catalogue, client, closing, erp, erpServer, tool, write } from './erp-on-loopback.ts'

const open = closing()
afterEach(open.all)

test('a PATCH carries its arguments as a body', async () => {
  const state = write({
    name: 'update_vendor_inactive',
    effect: 'update',
    native: { path: '/vendors/{id}/state', method: 'PATCH' },
    args: [
      { from: '/id', path: 'id' },
      { const: 'I', to: '/state' },
    ],
  })
  const { outcome, seen } = await asked(open, state, { id: '7' }, () => ({ status: 204 }))
  expect(outcome).toMatchObject({ kind: 'done' })
  expect(seen.map(({ method, url, text }) => [method, url, text])).toEqual([
    ['PATCH', '/vendors/7/state', '{"state":"I"}'],
  ])
})

test('a call may answer elsewhere than the others do', async () => {
  const one = tool({ name: 'get_vendor_by_id' })
  const below = { request: { method: 'GET' as const, result: '/data' } }
  expect((await asked(open, one, { id: '1' }, () => ({ json: { data: { id: 7 } } }), below)).outcome).toMatchObject({
    data: { id: '7' },
  })
  expect((await asked(open, one, { id: '1' }, () => ({ json: { id: 7 } }), below)).outcome).toMatchObject({
    error: { kind: 'unreadable_answer' },
  })
  const bare = tool({ name: 'get_vendor_by_id', native: { path: '/vendors/1', method: 'GET', result: '' } })
  expect((await asked(open, bare, { id: '1' }, () => ({ json: { id: 7 } }), below)).outcome).toMatchObject({
    data: { id: '7' },
  })
})

test('an item is not the record where something stands that must be absent', async () => {
  const one = tool({
    name: 'get_account_payable_by_id',
    entity: 'account_payable',
    answer: { record: 'account_payable' },
  })
  const server = open.add(await erpServer((_, count) => ({ json: { codigo: 1, linhas: count === 1 ? [1] : [1, 2] } })))
  const base = catalogue(erp(server.url), one)
  const only = { pointer: '/linhas/1', absent: true } as const
  const lone = open.add(client({ ...base, records: { ...base.records, account_payable: { ...PAYABLE, only } } }))
  expect(await lone.call(call(one, { id: '1' }))).toMatchObject({ kind: 'done', data: { id: '1' } })
  expect(await lone.call(call(one, { id: '1' }))).toMatchObject({ kind: 'failed', error: { kind: 'not_found' } })
})
