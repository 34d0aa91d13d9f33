import { afterEach, expect, test } from 'vitest'
import { call, catalogue, client, closing, erp, erpServer, tool } from './erp-on-loopback.ts'

const NAMED = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const open = closing()
afterEach(() => open.all())

test.each([
  [true, NAMED],
  [false, undefined],
  [undefined, undefined],
])('an ERP whose description says traceparent %s gets %s', async (traceparent, expected) => {
  const server = open.add(await erpServer(() => ({ json: { id: 1, name: 'A' } })))
  const vendor = tool()
  const request = { method: 'POST' as const, ...(traceparent === undefined ? {} : { traceparent }) }
  const asked = open.add(client(catalogue(erp(server.url, { request }), vendor)))
  expect((await asked.call(call(vendor, { id: '1' }, { traceparent: NAMED }))).kind).toBe('done')
  expect(server.seen.map(({ headers }) => headers['traceparent'])).toEqual([expected])
})
